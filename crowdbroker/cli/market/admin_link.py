"""`crowdbroker marketplace admin-link`."""

from __future__ import annotations

import click

from crowdbroker.cli.market.invite import address_option, checked_address
from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import emit_json, note


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace admin-link --address http://127.0.0.1:8642"""
)
@address_option
@database_option
@format_options("table", "json")
def admin_link(address: str, database: str | None, as_format: str) -> None:
    """Make a link that opens the admin page once."""
    from crowdbroker.marketplace.admin.access import new_link

    base = checked_address(address)
    with opened_market(database) as market:
        link = new_link(market)
    shown = f"{base}{link.path}"
    if as_format == "json":
        expires = link.expires_at.isoformat()
        emit_json({"schema": "crowdbroker/admin-link/1", "link": shown, "expires_at": expires})
    else:
        click.echo(shown)
    note(f"It opens the admin page in one browser, until {link.expires_at:%H:%M} UTC. Whoever has it is the operator.")
