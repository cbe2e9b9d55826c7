"""`crowdbroker marketplace payouts` and `reverse-payout`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options, out_option, yes_option
from crowdbroker.cli.output import Cell, counted, emit_json, emit_table, note

if TYPE_CHECKING:
    from datetime import datetime

    from crowdbroker.marketplace import Marketplace
    from crowdbroker.marketplace.payouts import Run

COLUMNS = ("worker", "name", "amount", "since", "until")


@click.command(
    epilog="""\b
Examples:
  crowdbroker marketplace payouts --run-id 2026-11 --out payouts-2026-11.csv --yes
  crowdbroker marketplace payouts --list"""
)
@click.option(
    "--run-id",
    metavar="ID",
    help="The same id gives the same run, once, without lines that were reversed since (--json has them, with "
    "reversed_at); left out: the date of today (UTC).",
)
@click.option("--minimum", default="0.01", show_default=True, metavar="AMOUNT", help="Who is owed less waits.")
@click.option("--list", "list_them", is_flag=True, help="List the runs made so far.")
@click.option("--dry-run", is_flag=True, help="Say what a run would pay, and post nothing.")
@out_option
@yes_option
@database_option
@format_options("csv", "table", "json")
def payouts(
    run_id: str | None,
    minimum: str,
    list_them: bool,
    dry_run: bool,
    out: Path | None,
    yes: bool,
    database: str | None,
    as_format: str,
) -> None:
    """Post what workers are owed as paid out, and write who gets what."""
    from crowdbroker.cli.amounts import cents_of

    least = cents_of(minimum, example="5.00", field="--minimum")
    with opened_market(database) as market, refusals_told("--run-id"):
        if list_them:
            _list(market, as_format, out)
            return
        name = run_id or market.clock().strftime("%Y-%m-%d")
        run = _planned(market, name, least) if dry_run else _posted(market, name, least, yes=yes)
    _write(run, as_format, out)
    _say(run, dry_run=dry_run)


def _posted(market: Marketplace, name: str, least: int, *, yes: bool) -> Run:
    from crowdbroker.cli.spending import ask
    from crowdbroker.domain.money import dollars
    from crowdbroker.marketplace.payouts import pay_out

    planned = _planned(market, name, least)
    if planned.is_new and planned.lines:
        payments = counted(len(planned.lines), "payment")
        # What comes due between the question and the answer is posted as well.
        ask(f"Post {payments}, {dollars(planned.cents)}, as run {name}?", yes=yes)
    return pay_out(market, name, minimum_cents=least)


def _planned(market: Marketplace, name: str, least: int) -> Run:
    """The run of this name where there is one, else what it would be."""
    from crowdbroker.marketplace.payouts import plan_run

    return plan_run(market, name, minimum_cents=least)


def _write(run: Run, as_format: str, out: Path | None) -> None:
    from crowdbroker.domain.money import to_wire

    if as_format == "json":
        lines = [
            {
                "worker": line.worker_id,
                "name": line.name,
                "amount": to_wire(line.cents),
                "since": line.since.isoformat(),
                "until": line.until.isoformat(),
                "reversed_at": line.reversed_at.isoformat() if line.reversed_at else None,
            }
            for line in run.lines
        ]
        sums = {"total": to_wire(run.cents), "to_pay": to_wire(run.to_pay_cents)}
        emit_json({"schema": "crowdbroker/payouts/1", "run_id": run.run_id, **sums, "payments": lines}, out)
        return
    rows: list[list[Cell]] = [
        [line.worker_id, line.name, to_wire(line.cents), _shown(line.since), _shown(line.until)]
        for line in run.lines
        if line.reversed_at is None
    ]
    emit_table(COLUMNS, rows, as_format, out)


def _say(run: Run, *, dry_run: bool) -> None:
    from crowdbroker.domain.money import dollars

    what = f"{counted(len(run.lines), 'payment')}, {dollars(run.cents)}"
    if not run.lines:
        note("Nobody is owed that much; nothing was posted.")
    elif not run.is_new:
        note(f"Run {run.run_id} was posted on {_shown(run.made_at)}: {what}. This is the same again; nothing moved.")
    elif dry_run:
        note(f"Run {run.run_id} would post {what}. Nothing was posted.")
    else:
        note(f"Run {run.run_id} is posted: {what}. The books say paid; now pay them.")
    back = [line.worker_id for line in run.lines if line.reversed_at is not None]
    if back:
        note(f"Warning: left out, because it was reversed and is owed again: {', '.join(back)}.")


def _list(market: Marketplace, as_format: str, out: Path | None) -> None:
    from crowdbroker.domain.money import to_wire
    from crowdbroker.marketplace.payouts import runs

    with market.read() as session:
        found = runs(session)
    if as_format == "json":
        shown = [
            one.__dict__ | {"made_at": one.made_at.isoformat(), "cents": None, "total": to_wire(one.cents)}
            for one in found
        ]
        for each in shown:
            del each["cents"]
        emit_json({"schema": "crowdbroker/payout-runs/1", "runs": shown}, out)
        return
    rows: list[list[Cell]] = [
        [one.run_id, _shown(one.made_at), one.workers, to_wire(one.cents), one.reversed_lines] for one in found
    ]
    emit_table(["run", "posted", "payments", "total", "reversed"], rows, as_format, out)


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace reverse-payout 2026-11 A2EXAMPLEWORKER --reason 'The bank sent it back.'"""
)
@click.argument("run_id")
@click.argument("worker")
@click.option("--reason", required=True, metavar="TEXT", help="Kept with the payout and shown to the worker.")
@database_option
@format_options("table", "json")
def reverse_payout(run_id: str, worker: str, reason: str, database: str | None, as_format: str) -> None:
    """Put a payout that came back on the worker's balance again."""
    from crowdbroker.domain.money import dollars, to_wire
    from crowdbroker.marketplace.payouts import reverse

    with opened_market(database) as market, refusals_told("RUN_ID WORKER"):
        line = reverse(market, run_id, worker, reason)
    if as_format == "json":
        amount = to_wire(line.cents)
        emit_json({"schema": "crowdbroker/payout-reversed/1", "run_id": run_id, "worker": worker, "amount": amount})
    else:
        click.echo(f"{dollars(line.cents)} of {line.name} ({worker}) is owed again; the next run pays it.")


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
