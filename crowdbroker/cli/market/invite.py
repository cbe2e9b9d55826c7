"""`crowdbroker marketplace invite`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import counted, emit_json, emit_table, note
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from crowdbroker.marketplace import Marketplace
    from crowdbroker.marketplace.invitations import Invitation, Invited

_HERE = ("127.0.0.1", "localhost", "::1")


class Shown(NamedTuple):
    """One invitation of the list; `worker` is the WorkerId of the account that it made."""

    name: str
    state: str
    made_at: datetime
    expires_at: datetime
    worker: str


address_option = click.option(
    "--address",
    default="http://127.0.0.1:8642",
    show_default=True,
    metavar="URL",
    help="Where people reach `marketplace serve`.",
)


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace invite Ana Tomás --address http://192.168.1.20:8642"""
)
@click.argument("names", nargs=-1)
@address_option
@click.option("--list", "list_them", is_flag=True, help="Say who was invited and came.")
@click.option("--revoke", is_flag=True, help="Withdraw the open invitations of these people; accounts stay.")
@database_option
@format_options("table", "json", "csv")
def invite(
    names: tuple[str, ...], address: str, list_them: bool, revoke: bool, database: str | None, as_format: str
) -> None:
    """Make a link for each person, with which they choose a password and work."""
    if list_them == bool(names):
        raise InputError(
            "give names or --list, and not both", field="NAMES", remedy="crowdbroker marketplace invite Ana"
        )
    base = checked_address(address)
    with opened_market(database) as market:
        if list_them:
            _list(market, as_format)
        elif revoke:
            _revoke(market, names, as_format)
        else:
            _invite(market, names, base, as_format)


def checked_address(address: str) -> str:
    """The address of a site without a slash at its end.

    Raises:
        InputError: it is none.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        sound = sound and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if not sound:
        raise InputError(
            f"{address!r} is no address of a site",
            field="--address",
            remedy="Write it like http://192.168.1.20:8642.",
        )
    return address.rstrip("/")


def _invite(market: Marketplace, names: tuple[str, ...], base: str, as_format: str) -> None:
    links = [(one.name, f"{base}{one.path}", one.expires_at) for one in _all_or_none(market, names)]
    if as_format == "json":
        made = [{"name": name, "link": link, "expires_at": until.isoformat()} for name, link, until in links]
        emit_json({"schema": "crowdbroker/invitations/1", "invitations": made})
    else:
        rows = [(name, link, _shown(until)) for name, link, until in links]
        emit_table(["name", "link", "valid until"], rows, as_format)
    say_about_links(base)


def say_about_links(base: str) -> None:
    """Say once what links are, and when they lead to this machine alone."""
    note("Each link is for one person and works once; it is shown only now.")
    if urlsplit(base).hostname in _HERE:
        note("They work on this machine alone. For other machines: --address http://NAME-OF-THIS-MACHINE:8642")


def _all_or_none(market: Marketplace, names: tuple[str, ...]) -> list[Invitation]:
    from crowdbroker.marketplace.accounts import AccountError
    from crowdbroker.marketplace.invitations import AlreadyInvited, revoke
    from crowdbroker.marketplace.invitations import invite as make_invitation

    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise InputError(f"{twice!r} comes twice", field="NAMES", remedy="Nobody was invited. Name each person once.")
    made: list[Invitation] = []
    for name in names:
        try:
            made.append(make_invitation(market, name))
        except AccountError as error:
            # Nobody has seen the links that were made just now.
            for one in made:
                revoke(market, one.name)
            again = isinstance(error, AlreadyInvited)
            remedy = f"crowdbroker marketplace invite --revoke {name}" if again else "Choose another name."
            told = str(error) if name in str(error) else f"{name!r}: {error}"
            raise InputError(told, field="NAMES", remedy=f"Nobody was invited. {remedy}") from error
    return made


def _revoke(market: Marketplace, names: tuple[str, ...], as_format: str) -> None:
    from crowdbroker.marketplace.accounts import name_key
    from crowdbroker.marketplace.invitations import revoke

    invited = {name_key(one.name) for one in _invitations(market) if one.state == "open"}
    unknown = [name for name in names if name_key(name) not in invited]
    if unknown:
        raise InputError(
            f"{unknown[0]!r} has no open invitation",
            field="NAMES",
            remedy="Nothing was withdrawn. See who has: crowdbroker marketplace invite --list",
        )
    withdrawn = [name for name in dict.fromkeys(names) if revoke(market, name)]
    if as_format == "json":
        emit_json({"schema": "crowdbroker/invitations-revoked/1", "revoked": withdrawn})
    else:
        click.echo(f"{counted(len(withdrawn), 'invitation')} withdrawn: {', '.join(withdrawn)}.")


def _list(market: Marketplace, as_format: str) -> None:
    found = _invitations(market)
    if as_format == "json":
        rows = [
            one._asdict() | {"made_at": one.made_at.isoformat(), "expires_at": one.expires_at.isoformat()}
            for one in found
        ]
        emit_json({"schema": "crowdbroker/invited/1", "invitations": rows})
        return
    emit_table(
        ["name", "invitation", "made", "valid until", "worker"],
        [(one.name, one.state, _shown(one.made_at), _shown(one.expires_at), one.worker) for one in found],
        as_format,
    )
    if not found:
        note("Nobody was invited yet: crowdbroker marketplace invite NAME")


def _invitations(market: Marketplace) -> list[Shown]:
    from crowdbroker.marketplace.invitations import invitations

    return [
        Shown(one.name, _state(one, market.clock()), one.made_at, one.expires_at, one.used_by or "")
        for one in invitations(market)
    ]


def _state(one: Invited, now: datetime) -> str:
    if one.used_at is not None:
        return "used"
    if one.revoked_at is not None:
        return "withdrawn"
    return "open" if one.expires_at > now else "run out"


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
