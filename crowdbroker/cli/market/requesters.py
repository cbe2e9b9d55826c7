"""`crowdbroker marketplace add-requester`, `rotate-key`, `disable-requester`, `enable-requester` and `requesters`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import Cell, emit_json, emit_table, note

if TYPE_CHECKING:
    from crowdbroker.marketplace.requesters import NewKeys, Requester


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace add-requester 'Speech lab' --deposit 500.00"""
)
@click.argument("name")
@click.option("--deposit", metavar="AMOUNT", help="Money to begin with.")
@click.option("--adopt-default", is_flag=True, help="Give it what was published before there were keys.")
@database_option
@format_options("table", "json")
def add_requester(name: str, deposit: str | None, adopt_default: bool, database: str | None, as_format: str) -> None:
    """Make a requester with an access key; it is shown once."""
    from crowdbroker.cli.amounts import cents_of
    from crowdbroker.marketplace.requesters import add_requester as add

    cents = cents_of(deposit, example="500.00", field="--deposit") if deposit else 0
    with opened_market(database) as market, refusals_told("NAME"):
        keys = add(market, name, deposit_cents=cents, adopt_default=adopt_default)
    _show_keys(keys, as_format)
    note("From now on every call over HTTP needs a requester's keys: write these into a profile of the settings file.")


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace rotate-key 'Speech lab'"""
)
@click.argument("requester")
@database_option
@format_options("table", "json")
def rotate_key(requester: str, database: str | None, as_format: str) -> None:
    """Give a requester a new access key; the old one stops at once."""
    from crowdbroker.marketplace.requesters import rotate_key as rotate

    with opened_market(database) as market, refusals_told("REQUESTER"):
        keys = rotate(market, requester)
    _show_keys(keys, as_format)


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace disable-requester 'Speech lab'"""
)
@click.argument("requester")
@database_option
@format_options("table", "json")
def disable_requester(requester: str, database: str | None, as_format: str) -> None:
    """Close the MTurk API to a requester; its keys stay what they are."""
    from crowdbroker.marketplace.requesters import disable

    with opened_market(database) as market, refusals_told("REQUESTER"):
        now = disable(market, requester)
    _show_state(now, as_format)
    note("Its HITs stay open to workers, and what they submit is approved when its time comes.")


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace enable-requester 'Speech lab'"""
)
@click.argument("requester")
@database_option
@format_options("table", "json")
def enable_requester(requester: str, database: str | None, as_format: str) -> None:
    """Open the MTurk API to a requester again."""
    from crowdbroker.marketplace.requesters import enable

    with opened_market(database) as market, refusals_told("REQUESTER"):
        now = enable(market, requester)
    _show_state(now, as_format)


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace requesters"""
)
@database_option
@format_options("table", "csv", "json")
def requesters(database: str | None, as_format: str) -> None:
    """List the requesters and their money."""
    from crowdbroker.domain.money import to_wire
    from crowdbroker.marketplace.requesters import requesters as all_requesters

    with opened_market(database) as market:
        found = all_requesters(market)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/requesters/1", "requesters": [_document(one) for one in found]})
        return
    cells: list[list[Cell]] = [
        [
            one.id,
            one.name,
            one.access_key or "-",
            "disabled" if one.disabled_at else "active",
            to_wire(one.available_cents),
            to_wire(one.held_cents),
        ]
        for one in found
    ]
    emit_table(["id", "name", "access key", "state", "available", "on hold"], cells, as_format)


def _document(one: Requester) -> dict[str, str | None]:
    from crowdbroker.domain.money import to_wire

    return {
        "id": one.id,
        "name": one.name,
        "access_key": one.access_key,
        "created_at": one.created_at.isoformat(),
        "disabled_at": one.disabled_at.isoformat() if one.disabled_at else None,
        "available": to_wire(one.available_cents),
        "held": to_wire(one.held_cents),
    }


def _show_state(now: Requester, as_format: str) -> None:
    if as_format == "json":
        emit_json({"schema": "crowdbroker/requester/1", **_document(now)})
    else:
        click.echo(f"{now.name} is {'disabled' if now.disabled_at else 'enabled'}.")


def _show_keys(keys: NewKeys, as_format: str) -> None:
    if as_format == "json":
        shown = {"id": keys.requester_id, "name": keys.name}
        secrets = {"access_key": keys.access_key, "secret_key": keys.secret_key}
        emit_json({"schema": "crowdbroker/requester-keys/1", **shown, **secrets})
    else:
        rows = (("requester", keys.requester_id), ("access key", keys.access_key), ("secret key", keys.secret_key))
        for name, value in rows:
            click.echo(f"{name:<12}{value}")
    note("The secret key is shown only now. Keep it like a password.")
