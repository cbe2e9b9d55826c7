"""`crowdbroker export`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, out_option


@click.command(
    epilog="""\b
Example:
  crowdbroker export --batch first --what labels --out labels.csv"""
)
@batch_option
@click.option(
    "--what",
    type=click.Choice(["labels", "answers", "workers"]),
    default="labels",
    show_default=True,
    help="Labels of Items, every Answer, or what is known of Workers.",
)
@out_option
@format_options("csv", "json", "table")
def export(batch: str | None, what: str, out: Path | None, as_format: str) -> None:
    """Write labels, answers or workers as a table."""
    from crowdbroker.cli.output import counted, emit_json, emit_table, note
    from crowdbroker.reports.tables import TABLES
    from crowdbroker.store.reads import find_batch, progress

    with opened_app() as app, app.store.read() as session:
        chosen = find_batch(session, batch)
        columns, rows = TABLES[what](session, chosen)
        labels = progress(session, chosen.id).labels
    if as_format == "json":
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        emit_json({"schema": f"crowdbroker/{what}/1", what: records}, out)
    else:
        emit_table(columns, rows, as_format, out)
    if what == "labels" and not labels:
        note(f"No Item has a label yet: crowdbroker label --batch {quote(chosen.name)}")
    if out is not None:
        note(f"{counted(len(rows), 'row')} in {out}")
