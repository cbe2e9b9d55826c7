"""`crowdbroker settle`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import counted, emit_json
from crowdbroker.cli.spending import ask, ask_before_hosted, spending_box

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.settle import Due
    from crowdbroker.store.reads import BatchView


@click.command(
    epilog="""\b
Example:
  crowdbroker settle --batch first --dry-run"""
)
@batch_option
@yes_option
@click.option("--dry-run", is_flag=True, help="Stop after saying what would be paid and refused.")
@format_options("table", "json")
def settle(batch: str | None, yes: bool, dry_run: bool, as_format: str) -> int:
    """Pay, refuse and exclude as judged."""
    from crowdbroker.broker.settle import settle as broker_settle
    from crowdbroker.cli.progress import progress_bar
    from crowdbroker.cli.relayed import say_relayed
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        work = _show_due(app, chosen)
        if dry_run:
            _say_dry_run(work, as_format)
            return 0
        ask_before_hosted(app, yes=yes)
        decisions = work.approvals + work.refusals
        if decisions:
            ask("Carry this out?", yes=yes)
        with progress_bar("Settling", decisions) as advance:
            report = broker_settle(
                app.store, app.market, chosen, app.clock, marketplace=app.marketplace, progress=advance
            )
    return say_relayed("settle", report, as_format, after="Next: crowdbroker status")


def _show_due(app: App, batch: BatchView) -> Due:
    from crowdbroker.broker.settle import due
    from crowdbroker.domain.money import dollars
    from crowdbroker.store.ledger import Account, balances

    with app.store.read() as session:
        work = due(session, batch.id)
        available = balances(session, batch.id)[Account.AVAILABLE]
    if work.approvals or work.refusals:
        lines = [
            ("Batch", batch.name),
            ("Pay", counted(work.approvals, "Assignment")),
            ("Refuse", counted(work.refusals, "Assignment")),
            ("Cost", f"{dollars(work.cents)} with fees, which is reserved already"),
            ("Left", f"{dollars(available)} of the Batch's budget, and what is refused"),
        ]
        spending_box(app, lines)
    return work


def _say_dry_run(work: Due, as_format: str) -> None:
    if as_format == "json":
        emit_json({"schema": "crowdbroker/settle/1", "dry_run": True, **asdict(work)})
    else:
        click.echo(
            f"{counted(work.approvals, 'Assignment')} would be paid and {work.refusals:,} refused; nothing was sent."
        )
