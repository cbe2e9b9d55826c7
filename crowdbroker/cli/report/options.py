"""The options that every report takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from crowdbroker.cli.options import any_batch_option, format_options, out_option

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv", "html", "md", "prometheus")

_since_option = click.option("--since", metavar="DAY", help="Only what happened from this UTC day on: 2026-03-02.")
_plots_option = click.option(
    "--plots",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the report's charts there too, as SVG and PNG.",
)
_mark_option = click.option("--mark", is_flag=True, help="Remember the figures; later reports say what changed since.")
_webhook_option = click.option(
    "--webhook", metavar="URL", help="Send the JSON there too, signed with the secret in CROWDBROKER_WEBHOOK_SECRET."
)


def report_options(*by: str) -> Callable[[Command], Command]:
    """Batch, time, rows, format and where the report goes."""

    def decorate(command: Command) -> Command:
        for add in (format_options(*FORMATS), _webhook_option, _mark_option, _plots_option, out_option):
            command = add(command)
        if by:
            command = click.option(
                "--by",
                type=click.Choice(by),
                default=by[0],
                show_default=True,
                help="What a row of table and CSV is; the other formats hold all of them.",
            )(command)
        return any_batch_option(_since_option(command))

    return decorate
