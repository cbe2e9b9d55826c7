"""`crowdbroker marketplace operations`: what of the MTurk API there is, read from the code that answers."""

from __future__ import annotations

import click

from crowdbroker.cli.options import format_options
from crowdbroker.cli.output import Cell, emit_json, emit_table


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace operations"""
)
@format_options("table", "json", "csv")
def operations(as_format: str) -> None:
    """List the operations of the MTurk API, and which of them this marketplace has."""
    from crowdbroker.marketplace.inputs import INPUTS
    from crowdbroker.marketplace.operations import OPERATIONS
    from crowdbroker.marketplace.shapes import Paged

    rows: list[list[Cell]] = []
    for name, asked in sorted(INPUTS.items()):
        done = OPERATIONS.get(name)
        does = "" if done is None else "changes" if done.writes else "reads"
        pages = "pages" if issubclass(asked, Paged) else ""
        rows.append([name, "yes" if done else "no", does, pages, len(asked.model_fields)])
    columns = ["operation", "there", "does", "pages", "members"]
    if as_format == "json":
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        emit_json({"schema": "crowdbroker/operations/1", "operations": found})
    else:
        emit_table(columns, rows, as_format)
