"""`crowdbroker marketplace totals`."""

from __future__ import annotations

from pathlib import Path

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options, out_option, read_root_settings
from crowdbroker.cli.output import Cell, counted, emit_json, emit_table, note


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace totals --year 2026 --threshold 2000.00"""
)
@click.option("--year", type=click.IntRange(2000, 9998), metavar="YEAR", help="In UTC; left out: the current one.")
@click.option("--threshold", metavar="AMOUNT", help="Warn from this total on; left out: the setting yearly_threshold.")
@out_option
@database_option
@format_options("table", "csv", "json")
def totals(year: int | None, threshold: str | None, out: Path | None, database: str | None, as_format: str) -> None:
    """List what each worker was paid in a year."""
    from crowdbroker.cli.amounts import cents_of
    from crowdbroker.domain.money import dollars, to_wire
    from crowdbroker.marketplace.payout_totals import year_totals

    setting = read_root_settings().marketplace.yearly_threshold
    limit = cents_of(threshold or setting, example="2000.00", field="--threshold")
    with opened_market(database) as market:
        asked = year or market.clock().year
        with market.read() as session:
            found = year_totals(session, asked)
    over = [one for one in found if one.cents >= limit]
    if as_format == "json":
        rows = [
            {"worker": one.worker_id, "name": one.name, "payouts": one.payouts, "total": to_wire(one.cents)}
            for one in found
        ]
        reached = [one.worker_id for one in over]
        document = {"schema": "crowdbroker/year-totals/1", "year": asked, "threshold": to_wire(limit)}
        emit_json(document | {"reached": reached, "workers": rows}, out)
    else:
        cells: list[list[Cell]] = [[one.worker_id, one.name, one.payouts, to_wire(one.cents)] for one in found]
        emit_table(["worker", "name", "payouts", "total"], cells, as_format, out)
    if over:
        note(f"Warning: {counted(len(over), 'worker')} reached {dollars(limit)} in {asked}: see what you must report.")
