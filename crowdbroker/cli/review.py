"""`crowdbroker review`: its commands, each imported when it runs."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crowdbroker.cli.group import LazyGroup

_ROOM = "crowdbroker.cli.reviewing"

COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": (f"{_ROOM}.serve:serve", "Serve the review application until Ctrl-C."),
    "add-user": (f"{_ROOM}.people:add_user", "Let a person in, and make the link with which they choose a password."),
    "link": (f"{_ROOM}.people:link", "Make a new link: for a lost password, or for you alone at this machine."),
    "remove-user": (f"{_ROOM}.people:remove_user", "Let a person in no more; what they decided stays."),
    "users": (f"{_ROOM}.people:users", "List who may enter, and as what."),
}
"""Command -> (module:attribute, the sentence that its help begins with)."""


@click.group(cls=LazyGroup, commands_table=COMMANDS)
def review() -> None:
    """Look at Labels, Workers, decisions and money in a browser."""
