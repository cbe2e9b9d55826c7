"""`crowdbroker marketplace`."""

from __future__ import annotations

import os

import click

from crowdbroker.cli.options import format_options, opened_app
from crowdbroker.cli.output import emit_json, emit_table, note


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
@click.option(
    "--database", metavar="URL", help="Another database than data_dir/marketplace.db, such as sqlite:///m.db."
)
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
    try:
        serve_http(market, host, port, open_sign_up=open_sign_up, media_dir=app.settings.media_dir, on_ready=_say_where)
    except OSError as error:
        # What Python adds to the system's words says nothing to a person; a wrong host name has words of its own.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise CrowdbrokerError(
            f"--host {host} --port {port} cannot be served: {reason}",
            remedy="End the program that has it, or choose another: --port 0 takes any free one.",
        ) from error
    finally:
        market.close()


def _say_where(address: str) -> None:
    click.echo(address)
    note("People sign in and work there, in a browser. Ctrl-C ends it; nothing is lost.")
    note(f"The MTurk API: AWS_ENDPOINT_URL_MTURK={address} aws mturk list-hits --region us-east-1")


@marketplace.command(
    epilog="""\b
Example:
  crowdbroker marketplace invite Ana Tomás --address http://192.168.1.20:8642"""
)
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--address",
    default="http://127.0.0.1:8642",
    show_default=True,
    metavar="URL",
    help="Where people reach `marketplace serve`.",
)
@format_options("table", "json", "csv")
def invite(names: tuple[str, ...], address: str, as_format: str) -> None:
    """Make a link for each person, with which they choose a password and work."""
    from crowdbroker.errors import InputError
    from crowdbroker.marketplace.accounts import AccountError
    from crowdbroker.marketplace.invitations import invite as make_invitation

    made = []
    with opened_app() as app:
        for name in names:
            try:
                made.append(make_invitation(app.embedded, name))
            except AccountError as error:
                raise InputError(str(error), field="NAMES", remedy="Choose another name.") from error
    links = [(one.name, f"{address.rstrip('/')}{one.path}", one.expires_at.isoformat()) for one in made]
    if as_format == "json":
        keys = ("name", "link", "expires_at")
        emit_json(
            {
                "schema": "crowdbroker/invitations/1",
                "invitations": [dict(zip(keys, one, strict=True)) for one in links],
            }
        )
    else:
        emit_table(["name", "link", "valid until"], links, as_format)
    note("Each link works once; it is shown only now.")


@marketplace.command(
    epilog="""\b
Example:
  crowdbroker marketplace deposit 500.00"""
)
@click.argument("amount")
@format_options("table", "json")
def deposit(amount: str, as_format: str) -> None:
    """Put money on the requester's account of your own marketplace."""
    from crowdbroker.domain.money import dollars, from_wire, to_wire
    from crowdbroker.errors import InputError
    from crowdbroker.marketplace.requesters import deposit_default

    try:
        cents = from_wire(amount)
    except ValueError as error:
        raise InputError(str(error), field="AMOUNT", remedy="Write it like 500.00.") from error
    with opened_app() as app:
        available = deposit_default(app.embedded, cents)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/deposit/1", "deposited": to_wire(cents), "available": to_wire(available)})
    else:
        click.echo(f"{dollars(cents)} deposited; {dollars(available)} available.")
