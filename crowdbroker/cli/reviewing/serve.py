"""`crowdbroker review serve`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import opened_app
from crowdbroker.cli.output import note

if TYPE_CHECKING:
    from crowdbroker.app import App

_HERE = ("127.0.0.1", "localhost", "::1")


@click.command(
    epilog="""\b
Example:
  crowdbroker review serve --port 8643"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets people of your network in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8643, show_default=True, help="0 takes any free one.")
@click.option("--batch", metavar="NAME", help="Show this Batch alone; all where left out.")
def serve(host: str, port: int, batch: str | None) -> None:
    """Serve the review application until Ctrl-C."""
    from crowdbroker.errors import CrowdbrokerError
    from crowdbroker.review.facts import Facts
    from crowdbroker.review.people import has_accounts
    from crowdbroker.review.server import build_app
    from crowdbroker.review.server import serve as serve_http
    from crowdbroker.store.reads import find_batch

    at_home = host in _HERE
    with opened_app() as app:
        only = None
        if batch is not None:
            with app.store.read() as session:
                only = find_batch(session, batch).id
        if not at_home and not has_accounts(app.store):
            raise CrowdbrokerError(
                f"--host {host} lets others reach it, and nobody has an account yet",
                remedy="Make one first: crowdbroker review add-user NAME --role admin",
            )
        facts = Facts(app.store, app.clock, background=True)
        made = build_app(
            app.store,
            app.clock,
            app.tariff,
            only=only,
            at_home=at_home,
            facts=facts,
            market=lambda: app.market,
            marketplace=app.marketplace,
        )
        try:
            serve_http(made, host, port, on_ready=lambda address: _say_where(app, address, at_home=at_home))
        except OSError as error:
            # What Python adds to the system's words says nothing to a person.
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
            raise CrowdbrokerError(
                f"--host {host} --port {port} cannot be served: {reason}",
                remedy="End the program that has it, or choose another: --port 0 takes any free one.",
            ) from error


def _say_where(app: App, address: str, *, at_home: bool) -> None:
    from crowdbroker.review.links import new_link
    from crowdbroker.review.people import owner_row

    click.echo(address)
    if not at_home:
        note(f"Others reach it by the name or IP address of this machine, at port {address.rpartition(':')[2]}.")
        note("It speaks plain HTTP: put a proxy with TLS before it where the network is not yours alone.")
    owner = owner_row(app.store, app.clock()) if at_home else None
    if owner is None:
        note("People sign in with their name and password. Ctrl-C ends it; nothing is lost.")
    else:
        link = new_link(app.store, owner, "sign_in", app.clock())
        note(f"Open this link; it signs you in, once and within the hour: {address}{link}")
        note("Ctrl-C ends it; nothing is lost. A new link: crowdbroker review link")
