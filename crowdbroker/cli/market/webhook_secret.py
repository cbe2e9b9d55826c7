"""`crowdbroker marketplace webhook-secret`."""

from __future__ import annotations

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import emit_json, note


@click.command(
    epilog="""\b
Examples:
  crowdbroker marketplace webhook-secret 'Speech lab'
  crowdbroker marketplace webhook-secret 'Speech lab' --rotate"""
)
@click.argument("requester", required=False)
@click.option("--rotate", is_flag=True, help="Make another one first; the old one signs nothing any more.")
@database_option
@format_options("table", "json")
def webhook_secret(requester: str | None, rotate: bool, database: str | None, as_format: str) -> None:
    """Show the secret that signs a requester's webhooks."""
    from crowdbroker.marketplace.notifications.secrets import rotate_webhook_secret
    from crowdbroker.marketplace.notifications.secrets import webhook_secret as secret_of
    from crowdbroker.marketplace.requesters import find

    with opened_market(database) as market, refusals_told("REQUESTER"):
        with market.read() as session:
            row = find(session, requester)
        secret = rotate_webhook_secret(market, row.id) if rotate else secret_of(market, row.id)
    if as_format == "json":
        document = {"schema": "crowdbroker/webhook-secret/1", "id": row.id, "name": row.name, "secret": secret}
        emit_json(document)
    else:
        click.echo(secret)
        if rotate:
            note("Give it to the receiver now; the old one signs nothing any more.")
        note("Keep it like a password: whoever has it can send your receiver messages as from this marketplace.")
