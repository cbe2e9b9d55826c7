"""`crowdbroker marketplace`."""

from __future__ import annotations

import os

import click

from crowdbroker.cli.invite import invite
from crowdbroker.cli.options import database_option, format_options, opened_app
from crowdbroker.cli.output import emit_json, note


@click.group()
def marketplace() -> None:
    """Run the MTurk-compatible marketplace."""


@marketplace.command(
    epilog="""\b
Example:
  crowdbroker marketplace serve --port 8642"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets people of your network in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8642, show_default=True, help="0 takes any free one.")
@database_option
def serve(host: str, port: int, database: str | None) -> None:
    """Serve the worker site and the MTurk API until Ctrl-C."""
    from crowdbroker.app import open_marketplace
    from crowdbroker.errors import CrowdbrokerError
    from crowdbroker.marketplace.invitations import has_invitations
    from crowdbroker.marketplace.server import serve as serve_http

    with opened_app() as app:
        market = open_marketplace(database or app.settings.marketplace_url)
    at_home = host in ("127.0.0.1", "localhost", "::1")
    # Whoever invites people does not mean to let in everybody else of the network.
    open_sign_up = at_home or not has_invitations(market)

    def say_where(address: str) -> None:
        _say_where(address, at_home=at_home, open_sign_up=open_sign_up)

    try:
        serve_http(market, host, port, open_sign_up=open_sign_up, media_dir=app.settings.media_dir, on_ready=say_where)
    except OSError as error:
        # What Python adds to the system's words says nothing to a person; a wrong host name has words of its own.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise CrowdbrokerError(
            f"--host {host} --port {port} cannot be served: {reason}",
            remedy="End the program that has it, or choose another: --port 0 takes any free one.",
        ) from error
    finally:
        market.close()


def _say_where(address: str, *, at_home: bool, open_sign_up: bool) -> None:
    click.echo(address)
    port = address.rpartition(":")[2]
    note("People sign in and work there, in a browser. Ctrl-C ends it; nothing is lost.")
    if not at_home:
        note(f"Others reach it by the name or IP address of this machine, at port {port}.")
        invited = "People make accounts by invitation: crowdbroker marketplace invite NAME"
        note("Whoever reaches it may make an account." if open_sign_up else invited)
    api = address if at_home else f"http://127.0.0.1:{port}"
    note(f"The MTurk API: AWS_ENDPOINT_URL_MTURK={api} aws mturk list-hits --region us-east-1")


marketplace.add_command(invite)


@marketplace.command(
    epilog="""\b
Example:
  crowdbroker marketplace deposit 500.00"""
)
@click.argument("amount")
@database_option
@format_options("table", "json")
def deposit(amount: str, database: str | None, as_format: str) -> None:
    """Put money on the requester's account of your own marketplace."""
    from crowdbroker.app import open_marketplace
    from crowdbroker.cli.amounts import cents_of
    from crowdbroker.domain.money import dollars, to_wire
    from crowdbroker.marketplace.requesters import deposit_default

    cents = cents_of(amount, example="500.00")
    with opened_app() as app:
        market = open_marketplace(database or app.settings.marketplace_url)
    try:
        available = deposit_default(market, cents)
    finally:
        market.close()
    if as_format == "json":
        emit_json({"schema": "crowdbroker/deposit/1", "deposited": to_wire(cents), "available": to_wire(available)})
    else:
        click.echo(f"{dollars(cents)} deposited at your own marketplace; {dollars(available)} available there.")
