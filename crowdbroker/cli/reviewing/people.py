"""`crowdbroker review add-user`, `link`, `remove-user` and `users`."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from crowdbroker.cli.options import format_options, opened_app
from crowdbroker.cli.output import emit_json, emit_table, note
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App

_ROLES = ("viewer", "reviewer", "payer", "admin")

_address = click.option(
    "--address",
    default="http://127.0.0.1:8643",
    show_default=True,
    metavar="URL",
    help="Where the person reaches `crowdbroker review serve`.",
)


@click.command(
    epilog="""\b
Example:
  crowdbroker review add-user ann --role reviewer"""
)
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="reviewer", show_default=True, help="What they may do.")
@click.option("--cap", metavar="USD", help="The most that they may commit a day, such as 20.00; no bound if left out.")
@_address
@format_options("table", "json")
def add_user(name: str, role: str, cap: str | None, address: str, as_format: str) -> None:
    """Let a person in, and make the link with which they choose a password."""
    from crowdbroker.review.people import add_person
    from crowdbroker.review.roles import Role

    base = _checked(address)
    with opened_app() as app:
        row = add_person(app.store, name, Role(role), app.clock(), cap_cents=_cents(cap), actor=_operator())
        shown = _new_link(app, row, base)
    _say(shown, as_format)


@click.command(
    epilog="""\b
Example:
  crowdbroker review link ann"""
)
@click.argument("name", required=False)
@_address
@format_options("table", "json")
def link(name: str | None, address: str, as_format: str) -> None:
    """Make a new link: for a lost password, or for you alone at this machine."""
    from crowdbroker.review.people import find_person, owner_row

    base = _checked(address)
    with opened_app() as app:
        row = find_person(app.store, name) if name else owner_row(app.store, app.clock())
        if row is None:
            raise InputError(
                "accounts were made, so say whose link it is", field="NAME", remedy="crowdbroker review users"
            )
        shown = _new_link(app, row, base, signs_in=not name)
    _say(shown, as_format)


@click.command(
    epilog="""\b
Example:
  crowdbroker review remove-user ann"""
)
@click.argument("name")
@format_options("table", "json")
def remove_user(name: str, as_format: str) -> None:
    """Let a person in no more; what they decided stays."""
    from crowdbroker.review.people import disable_person

    with opened_app() as app:
        disable_person(app.store, name, app.clock(), actor=_operator())
    if as_format == "json":
        emit_json({"schema": "crowdbroker/removed-reviewer/1", "name": name})
        return
    note(f"{name} is signed out everywhere and cannot enter any more.")


@click.command(
    epilog="""\b
Example:
  crowdbroker review users"""
)
@format_options("table", "csv", "json")
def users(as_format: str) -> None:
    """List who may enter, and as what."""
    from crowdbroker.domain.money import to_wire
    from crowdbroker.review.people import all_people

    with opened_app() as app:
        people = all_people(app.store)
    rows = [
        [one.name, one.role, "no" if one.disabled_at else "yes", "yes" if one.password_hash else "no",
         to_wire(one.cap_cents) if one.cap_cents is not None else ""]
        for one in people
    ]  # fmt: skip
    columns = ["name", "role", "may_enter", "has_password", "cap_a_day"]
    if as_format == "json":
        emit_json(
            {"schema": "crowdbroker/review-users/1", "users": [dict(zip(columns, row, strict=True)) for row in rows]}
        )
    else:
        emit_table(columns, rows, as_format)


def _new_link(app: App, row: int, base: str, *, signs_in: bool = False) -> str:
    from crowdbroker.review.links import new_link

    return base + new_link(app.store, row, "sign_in" if signs_in else "password", app.clock())


def _say(shown: str, as_format: str) -> None:
    if as_format == "json":
        emit_json({"schema": "crowdbroker/review-link/1", "link": shown})
    else:
        click.echo(shown)
    note("Whoever has this link becomes that person, once. Send it by a way that only they read.")


def _checked(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise InputError(
            f"{address!r} is no address of a server",
            field="--address",
            remedy="Write it like https://review.lab.example.",
        )
    return address.rstrip("/")


def _cents(cap: str | None) -> int | None:
    from crowdbroker.domain.money import from_wire

    if cap is None:
        return None
    try:
        return from_wire(cap)
    except ValueError as error:
        raise InputError(f"{cap!r} is no amount: {error}", field="--cap", remedy="Write it like 20.00.") from error


def _operator() -> str:
    """Who types, for the audit trail."""
    try:
        return f"operator {getpass.getuser()}"
    except (OSError, KeyError):
        return "operator"
