"""`crowdbroker compensate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import printable
from crowdbroker.cli.spending import ask, ask_before_hosted, spending_box

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.store.reads import BatchView


@click.command(
    epilog="""\b
Example:
  crowdbroker compensate A2MARIA 1.50 --batch first --reason "The page froze; thank you for writing."
"""
)
@click.argument("worker")
@click.argument("amount")
@click.option("--reason", required=True, help="What the Worker reads; the same one is never paid twice.")
@batch_option
@yes_option
@format_options("table", "json")
def compensate(worker: str, amount: str, reason: str, batch: str | None, yes: bool, as_format: str) -> int:
    """Pay a named Worker a bonus, once for each reason."""
    from crowdbroker.broker.compensate import compensate as broker_compensate
    from crowdbroker.cli.amounts import cents_of
    from crowdbroker.cli.relayed import say_relayed
    from crowdbroker.domain.money import dollars
    from crowdbroker.store.reads import find_batch

    cents = cents_of(amount, example="1.50")
    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        _show(app, chosen, worker, cents, reason)
        ask_before_hosted(app, yes=yes)
        ask("Pay this?", yes=yes)
        report = broker_compensate(
            app.store,
            app.market,
            chosen,
            app.clock,
            worker=worker,
            cents=cents,
            reason=reason,
            tariff=app.tariff,
            marketplace=app.marketplace,
        )
    paid = f"{dollars(cents)} paid to {printable(worker)}"
    if not report.done:
        paid = f"{printable(worker)} had this amount for this reason before, and nothing more was paid"
    after = "The Worker sees it with the reason beside the reward."
    return say_relayed("compensate", report, as_format, after=after, done=paid)


def _show(app: App, batch: BatchView, worker: str, cents: int, reason: str) -> None:
    from crowdbroker.domain.money import dollars
    from crowdbroker.store.ledger import Account, balances

    with app.store.read() as session:
        available = balances(session, batch.id)[Account.AVAILABLE]
    fee = app.tariff.bonus_fee(cents)
    lines = [
        ("Batch", batch.name),
        ("Worker", printable(worker)),
        ("Reason", printable(reason)),
        ("Bonus", dollars(cents)),
        ("Fees", dollars(fee)),
        ("Then left", f"{dollars(available - cents - fee)} of the Batch's budget, unless it was paid before"),
    ]
    spending_box(app, lines)
