"""`crowdbroker report`: its commands, each imported when it runs."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crowdbroker.cli.group import LazyGroup

_ROOM = "crowdbroker.cli.report"

COMMANDS: Mapping[str, tuple[str, str]] = {
    "budget": (f"{_ROOM}.budget:budget", "Report what was deposited, where it is, and where it is heading."),
    "quality": (f"{_ROOM}.quality:quality", "Report how good the labels are, and how far that can be relied on."),
    "workers": (f"{_ROOM}.workers:workers", "Report what each Worker has done, and what was decided."),
    "fairness": (f"{_ROOM}.fairness:fairness", "Report what an hour paid, who was refused, and on what evidence."),
    "schema": (f"{_ROOM}.schema:schema", "Print the JSON Schema of a report."),
}


@click.group(cls=LazyGroup, commands_table=COMMANDS)
def report() -> None:
    """Report money, quality, Workers and fairness to people and machines."""
