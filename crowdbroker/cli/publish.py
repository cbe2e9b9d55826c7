"""`crowdbroker publish`."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import counted, emit_json, note
from crowdbroker.cli.spending import ask, ask_before_hosted, spending_box

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.publish import WorstCase
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
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        cost = show_spending(app, chosen)
        missing = _show_missing(app, chosen) if top_up else 0
        if dry_run:
            _say_dry_run(cost, as_format)
            return 0
        ask_before_hosted(app, yes=yes)
        if cost.hits or missing:
            ask("Reserve this and publish?", yes=yes)
        if missing:
            from crowdbroker.broker.top_up import top_up as broker_top_up

            broker_top_up(app.store, chosen, app.tariff, app.clock())
        with progress_bar("Publishing", cost.hits) as advance:
            report = broker_publish(
                app.store, app.market, chosen, app.clock, marketplace=app.marketplace, progress=advance
            )
    return say_relayed("publish", report, as_format, after=f"Next: crowdbroker run --batch {quote(chosen.name)}")


def _show_missing(app: App, batch: BatchView) -> int:
    """How many places a top-up asks for again, said with their cost on stderr."""
    from crowdbroker.broker.top_up import deficits
    from crowdbroker.domain.money import dollars

    with app.store.read() as session:
        found = deficits(session, batch)
        cents = sum(one.missing * (one.hit.reward_cents + one.hit.fee_cents) for one in found)
    places = sum(one.missing for one in found)
    note(f"{counted(len(found), 'HIT')} lack {counted(places, 'answer sheet')}: at most {dollars(cents)} with fees")
    return places


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


def _say_dry_run(cost: WorstCase, as_format: str) -> None:
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
            }
        )
    else:
        click.echo(f"{counted(cost.hits, 'HIT')} would be published; nothing was reserved or sent.")
