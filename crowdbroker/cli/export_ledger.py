"""`crowdbroker export-ledger`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from crowdbroker.cli.options import any_batch_option, format_options, opened_app, out_option

COLUMNS = ("batch", "transfer", "account", "cents", "at")


@click.command(
    "export-ledger",
    epilog="""\b
Example:
  crowdbroker export-ledger --format beancount --out ledger.beancount""",
)
@any_batch_option
@out_option
@format_options("beancount", "csv", "json")
def export_ledger(batch: str | None, out: Path | None, as_format: str) -> None:
    """Write every line of the ledger, for another program to check."""
    from crowdbroker.cli.output import emit_json, emit_table
    from crowdbroker.formats.beancount import beancount_lines
    from crowdbroker.reports.ledger import ledger_batches, ledger_lines
    from crowdbroker.store.reads import all_batches, find_batch

    with opened_app() as app, app.store.read() as session:
        chosen = [find_batch(session, batch)] if batch else all_batches(session)
        lines = ledger_lines(session, chosen)
        names = {one.id: one.name for one in chosen}
        if as_format == "beancount":
            _write(beancount_lines(ledger_batches(session, chosen), lines), out)
            return
        rows = [(names[one.batch], one.transfer, one.account, one.cents, one.at.isoformat()) for one in lines]
    if as_format == "json":
        records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        emit_json({"schema": "crowdbroker/ledger/1", "currency": "USD", "entries": records}, out)
    else:
        emit_table(COLUMNS, rows, as_format, out)


def _write(lines: Iterable[str], out: Path | None) -> None:
    """Write line by line: a ledger may be larger than what one would hold in memory."""
    if out is None:
        for line in lines:
            click.echo(line)
        return
    from crowdbroker.formats.atomic import replace_files

    replace_files([(out, lambda sink: sink.writelines(f"{line}\n" for line in lines))])
