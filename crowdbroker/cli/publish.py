"""`crowdbroker publish`."""

from __future__ import annotations

from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import counted, emit_json, note
from crowdbroker.cli.spending import ask, ask_before_hosted, spending_box
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.publish import WorstCase
    from crowdbroker.cli.top_up import Missing
    from crowdbroker.store.reads import BatchView


@click.command(
    epilog="""\b
Example:
  crowdbroker publish --batch first --dry-run"""
)
@batch_option
@yes_option
@click.option("--dry-run", is_flag=True, help="Stop after saying what it would cost.")
@click.option("--top-up", is_flag=True, help="Also ask again for answers that ended HITs lack, and only for those.")
@format_options("table", "json")
def publish(batch: str | None, yes: bool, dry_run: bool, top_up: bool, as_format: str) -> int:
    """Reserve the money and publish the planned HITs."""
    from crowdbroker.broker.publish import publish as broker_publish
    from crowdbroker.cli.progress import progress_bar
    from crowdbroker.cli.relayed import say_relayed
    from crowdbroker.cli.top_up import Missing, show_missing
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        _refuse_stopped(chosen)
        cost = show_spending(app, chosen)
        missing = show_missing(app, chosen, reserved_before_cents=cost.total_cents) if top_up else Missing()
        if dry_run:
            _say_dry_run(cost, missing, as_format)
            return 0
        ask_before_hosted(app, yes=yes)
        if cost.hits or missing.places:
            ask("Reserve this and publish?", yes=yes)
        if missing.places:
            from crowdbroker.broker.top_up import top_up as broker_top_up

            broker_top_up(app.store, chosen, app.tariff, app.clock())
        with progress_bar("Publishing", cost.hits) as advance:
            report = broker_publish(
                app.store, app.market, chosen, app.clock, marketplace=app.marketplace, progress=advance, tell=note
            )
    return say_relayed("publish", report, as_format, after=f"Next: crowdbroker run --batch {quote(chosen.name)}")


def _refuse_stopped(batch: BatchView) -> None:
    name = batch.name
    if batch.row.closed_at is not None:
        raise InputError(
            f"the Batch {name!r} is closed", field="--batch", remedy="Load what is missing as a new Batch."
        )
    if batch.row.paused_at is not None:
        raise InputError(
            f"the Batch {name!r} is paused", field="--batch", remedy=f"crowdbroker resume --batch {quote(name)}"
        )


def show_spending(app: App, batch: BatchView) -> WorstCase:
    """What publishing the rest of a Batch costs, in a box on stderr where something is left to publish."""
    from crowdbroker.broker.publish import worst_case
    from crowdbroker.domain.money import dollars
    from crowdbroker.store.ledger import Account, balances

    with app.store.read() as session:
        cost = worst_case(session, batch.id)
        available = balances(session, batch.id)[Account.AVAILABLE]
    if cost.hits:
        lines = [
            ("Batch", batch.name),
            ("Publish", f"{counted(cost.hits, 'HIT')} with {counted(cost.assignments, 'place')}"),
            ("Rewards", dollars(cost.rewards_cents)),
            ("Fees", dollars(cost.fees_cents)),
            ("Worst case", f"{dollars(cost.total_cents)}, every place filled and paid"),
            ("Expected", f"{dollars(cost.total_cents)}; what is not filled or refused comes back"),
            ("Then left", f"{dollars(available - cost.total_cents)} of the Batch's budget"),
        ]
        spending_box(app, lines)
    return cost


def _say_dry_run(cost: WorstCase, missing: Missing, as_format: str) -> None:
    if as_format == "json":
        emit_json(
            {
                "schema": "crowdbroker/publish/1",
                "dry_run": True,
                "hits": cost.hits,
                "assignments": cost.assignments,
                "rewards_cents": cost.rewards_cents,
                "fees_cents": cost.fees_cents,
                "worst_case_cents": cost.total_cents,
                "top_up": asdict(missing),
            }
        )
    else:
        topped = f" and {missing.hits:,} topped up" if missing.hits else ""
        click.echo(f"{counted(cost.hits, 'HIT')} would be published{topped}; nothing was reserved or sent.")
