"""`crowdbroker marketplace deposit`."""

from __future__ import annotations

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import emit_json


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace deposit 500.00"""
)
@click.argument("amount")
@click.option("--requester", metavar="WHO", help="Id, access key or name; may be left out where there is one.")
@database_option
@format_options("table", "json")
def deposit(amount: str, requester: str | None, database: str | None, as_format: str) -> None:
    """Put money on a requester's account of your own marketplace."""
    from crowdbroker.cli.amounts import cents_of
    from crowdbroker.domain.money import dollars, to_wire
    from crowdbroker.marketplace.requesters import deposit_to

    cents = cents_of(amount, example="500.00")
    with opened_market(database) as market, refusals_told("--requester"):
        available = deposit_to(market, requester, cents)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/deposit/1", "deposited": to_wire(cents), "available": to_wire(available)})
    else:
        click.echo(f"{dollars(cents)} deposited at your own marketplace; {dollars(available)} available there.")
