"""`crowdbroker compensate`."""

from __future__ import annotations

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.spending import ask, ask_before_hosted


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
    from crowdbroker.cli.output import note
    from crowdbroker.cli.relayed import say_relayed
    from crowdbroker.domain.money import dollars, from_wire
    from crowdbroker.errors import InputError
    from crowdbroker.store.reads import find_batch

    try:
        cents = from_wire(amount)
    except ValueError as error:
        raise InputError(str(error), field="AMOUNT", remedy="Write it like 1.50.") from error
    if not cents:
        raise InputError("0.00 is no bonus", field="AMOUNT", remedy="Write it like 1.50.")
    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        fee = app.tariff.bonus_fee(cents)
        note(f"{app.settings.profile.upper()}: pay {dollars(cents)} to {worker}, and {dollars(fee)} in fees")
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
    return say_relayed("compensate", report, as_format, after="The Worker sees it beside the reward.")
