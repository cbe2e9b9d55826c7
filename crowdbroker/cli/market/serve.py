"""`crowdbroker marketplace serve`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import database_option, opened_app
from crowdbroker.cli.output import note

if TYPE_CHECKING:
    from crowdbroker.marketplace import Marketplace

_HERE = ("127.0.0.1", "localhost", "::1")


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace serve --port 8642"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets people of your network in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8642, show_default=True, help="0 takes any free one.")
@database_option
def serve(host: str, port: int, database: str | None) -> None:
    """Serve the worker site and the MTurk API until Ctrl-C."""
    from crowdbroker.errors import CrowdbrokerError
    from crowdbroker.marketplace.invitations import has_invitations
    from crowdbroker.marketplace.server import serve as serve_http

    with opened_app() as app:
        settings, market = app.settings, app.open_own(database)
    public_url = settings.marketplace.public_url
    # A proxy on this machine lets in everybody whom it is reached by.
    at_home = host in _HERE and public_url is None
    # Whoever invites people does not mean to let in everybody else of the network.
    open_sign_up = at_home or not has_invitations(market)
    token = settings.marketplace.metrics_token

    def say(address: str) -> None:
        _say_where(market, address, public_url, at_home=at_home, open_sign_up=open_sign_up)

    try:
        serve_http(
            market,
            host,
            port,
            site_name=settings.marketplace.site_name,
            public_url=public_url,
            open_sign_up=open_sign_up,
            media_dir=settings.media_dir,
            metrics_token=token.get_secret_value() if token else None,
            on_ready=say,
        )
    except OSError as error:
        # What Python adds to the system's words says nothing to a person; a wrong host name has words of its own.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise CrowdbrokerError(
            f"--host {host} --port {port} cannot be served: {reason}",
            remedy="End the program that has it, or choose another: --port 0 takes any free one.",
        ) from error
    finally:
        market.close()


def _say_where(market: Marketplace, address: str, public_url: str | None, *, at_home: bool, open_sign_up: bool) -> None:
    click.echo(address)
    port = address.rpartition(":")[2]
    note("People sign in and work there, in a browser. Ctrl-C ends it; nothing is lost.")
    if not at_home:
        others = f"Others reach it by the name or IP address of this machine, at port {port}."
        note(f"Workers reach it at {public_url.rstrip('/')}" if public_url else others)
        invited = "People make accounts by invitation: crowdbroker marketplace invite NAME"
        note("Whoever reaches it may make an account." if open_sign_up else invited)
    _say_api(market, address if at_home else f"http://127.0.0.1:{port}", at_home=at_home)
    _say_admin(market, address, at_home=at_home)
    on = market.fidelity.on()
    if on:
        note(f"Warning: it misbehaves on purpose: {', '.join(on)}. End it: crowdbroker marketplace faults --off")


def _say_api(market: Marketplace, api: str, *, at_home: bool) -> None:
    from crowdbroker.marketplace.overview import overview

    note(f"The MTurk API: AWS_ENDPOINT_URL_MTURK={api} aws mturk list-hits --region us-east-1")
    if not at_home and not overview(market).keyed_requesters:
        note("Programs on other machines need a requester's keys: crowdbroker marketplace add-requester NAME")


def _say_admin(market: Marketplace, address: str, *, at_home: bool) -> None:
    if not at_home:
        # The link would stand in the log of a service, and lead nowhere without the machine's name.
        note("The admin page: crowdbroker marketplace admin-link")
        return
    from crowdbroker.marketplace.admin.access import new_link

    note(f"The admin page, once and within the hour: {address}{new_link(market).path}")
