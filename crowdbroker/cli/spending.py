"""Before money moves: a box that says where, what and how much; then a question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crowdbroker.errors import CrowdbrokerError

if TYPE_CHECKING:
    from crowdbroker.app import App

CLOSED = (
    "Amazon closed Mechanical Turk on 30 September 2026. The profile {profile!r} would still send to {endpoint}; "
    "expect that nobody answers. Your own marketplace is the profile embedded or local."
)


def ask_before_hosted(app: App, *, yes: bool) -> None:
    """Where the profile is Amazon's own service: say that it is closed, and ask before anything is sent."""
    profile = app.profile
    if not profile.hosted:
        return
    click.echo(CLOSED.format(profile=app.settings.profile, endpoint=profile.endpoint_url), err=True)
    ask("Send to it all the same?", yes=yes)


def spending_box(app: App, lines: Sequence[tuple[str, str]]) -> None:
    """Names and values in a box on stderr, under the profile and its endpoint."""
    from rich.box import SQUARE
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    width = max(len(name) for name, _ in lines)
    body = Text("\n".join(f"{name:<{width}}  {value}" for name, value in lines))
    where = app.profile.endpoint_url or "the marketplace inside this process"
    title = Text(f"{app.settings.profile.upper()} · {where}")
    console = Console(stderr=True, highlight=False)
    console.print(Panel(body, title=title, title_align="left", box=SQUARE, expand=False))


def ask(question: str, *, yes: bool) -> None:
    """Ask, unless `--yes` was given; no answer is a no.

    Raises:
        CrowdbrokerError: the answer was no, or nobody is there to answer.
    """
    if yes:
        return
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        agreed = False
    if not agreed:
        raise CrowdbrokerError("not confirmed, so nothing was sent", remedy="Answer with y, or give --yes.")
