"""`crowdbroker env`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import database_option, format_options, opened_app
from crowdbroker.cli.output import emit_json, note
from crowdbroker.errors import SettingsError

if TYPE_CHECKING:
    from crowdbroker.app import App

HERE = "http://127.0.0.1:8642"
ANY_KEY = "local"
"""A marketplace without requesters' keys takes any key from its own machine; the SDK wants one."""


@click.command(
    epilog="""\b
Example:
  crowdbroker env --address http://127.0.0.1:8642"""
)
@click.option("--address", metavar="URL", help=f"Of the marketplace; left out: the profile's, else {HERE}.")
@database_option
@format_options("sh", "json")
def env(address: str | None, database: str | None, as_format: str) -> None:
    """Print the environment with which unmodified MTurk programs talk to your marketplace."""
    from crowdbroker.cli.install_model import is_known, write_model
    from crowdbroker.cli.market.invite import checked_address

    with opened_app() as app:
        endpoint = checked_address(address or app.profile.endpoint_url or HERE)
        access_key, secret_key = _keys(app, database)
        models = app.settings.data_dir / "models"
    found = {
        "AWS_ENDPOINT_URL_MTURK": endpoint,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    if not is_known():
        write_model(models)
        found["AWS_DATA_PATH"] = str(models.resolve())
    if as_format == "json":
        emit_json({"schema": "crowdbroker/env/1", "environment": found})
        return
    for name, value in found.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    # A token of another account would be sent along with these keys.
    click.echo("unset AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    note("Use it in this shell: eval $(crowdbroker env). An endpoint_url written into a program goes before it.")


def _keys(app: App, database: str | None) -> tuple[str, str]:
    profile = app.profile
    if profile.access_key and profile.secret_key:
        return profile.access_key.get_secret_value(), profile.secret_key.get_secret_value()
    if _wants_keys(app, database):
        raise SettingsError(
            f"the marketplace wants a requester's keys, and profile {app.settings.profile!r} has none",
            remedy="Write access_key and secret_key, as `marketplace add-requester` shows them, into the profile.",
        )
    return ANY_KEY, ANY_KEY


def _wants_keys(app: App, database: str | None) -> bool:
    from crowdbroker.marketplace.requesters import requesters

    market = app.open_own(database)
    try:
        return any(one.access_key for one in requesters(market))
    finally:
        market.close()
