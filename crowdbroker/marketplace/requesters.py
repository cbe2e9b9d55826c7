"""Requesters and their keys, for the operator: add, rotate, disable, list, give money."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, and_, col, or_, select

from crowdbroker.marketplace import ledger, requester_rows
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER, insert_requester
from crowdbroker.marketplace.tables import HitRow, RequesterRow
from crowdbroker.marketplace.times import from_ms, maybe_from_ms

NAME_LENGTHS = range(1, 81)
_ACCESS_KEY = re.compile(r"[A-Za-z0-9]{4,128}")
_SECRET_LENGTHS = range(8, 257)
_BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class RequesterRefused(Exception):
    """What the operator asked for a requester cannot be done; one sentence says why."""


class NoSuchRequester(RequesterRefused):
    """Nobody has this id, access key or name."""


@dataclass(frozen=True)
class NewKeys:
    """Keys that were just given; the secret is shown this once and can never be read again."""

    requester_id: str
    name: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class Requester:
    """One requester as the operator sees it.

    Attributes:
        access_key: None for the default requester while it has no key.
        disabled_at: since when its key opens nothing; None while it does.
    """

    id: str
    name: str
    access_key: str | None
    created_at: datetime
    disabled_at: datetime | None
    available_cents: int
    held_cents: int


def add_requester(
    market: Marketplace,
    name: str,
    *,
    deposit_cents: int = 0,
    adopt_default: bool = False,
    access_key: str | None = None,
    secret_key: str | None = None,
) -> NewKeys:
    """Return the keys of a new requester. From the first one on, every call over the network must be signed.

    Args:
        name: what workers read, 1 to 80 printable characters, nobody else's.
        deposit_cents: money from outside that it begins with.
        adopt_default: give the keys to the default requester, and so its HITs, types and money to whoever has them.
        access_key, secret_key: keys that its scripts already have; None draws new ones.

    Raises:
        RequesterRefused: the name or the access key is taken or cannot be used, or the default requester has a key.
        SealUnusable: there is no master key.
    """
    shown = _shown_name(name)
    keys = _keys(access_key, secret_key)
    sealed = market.seal.close(keys[1], keys[0])
    now_ms = market.now_ms()
    try:
        with market.write() as session:
            row = _adopted(session) if adopt_default else None
            _refuse_taken_name(session, shown, row)
            row = row or insert_requester(session, market.ids.person(), shown, at_ms=now_ms)
            row.name, row.access_key, row.secret_key = shown, keys[0], sealed
            requester_rows.deposit(session, row.id, deposit_cents, at_ms=now_ms)
    except IntegrityError:
        raise RequesterRefused(f"The access key {keys[0]} is another requester's.") from None
    return NewKeys(row.id, shown, *keys)


def rotate_key(market: Marketplace, who: str) -> NewKeys:
    """Return new keys of a requester; the old ones open nothing any more.

    Args:
        who: its id, access key or name.

    Raises:
        RequesterRefused: there is no such requester, or it has no key yet.
        SealUnusable: there is no master key.
    """
    keys = _keys(None, None)
    sealed = market.seal.close(keys[1], keys[0])
    with market.write() as session:
        row = find(session, who)
        if row.access_key is None:
            raise RequesterRefused(f"{row.name} has no key; give it one by adding a requester that adopts it.")
        row.access_key, row.secret_key = keys[0], sealed
    return NewKeys(row.id, row.name, *keys)


def disable(market: Marketplace, who: str) -> Requester:
    """Close the API to a requester; its HITs stay where they are. Raises NoSuchRequester."""
    return _switch(market, who, market.now_ms())


def enable(market: Marketplace, who: str) -> Requester:
    """Open the API to a requester again. Raises NoSuchRequester."""
    return _switch(market, who, None)


def requesters(market: Marketplace) -> list[Requester]:
    """Return every requester, the oldest first."""
    with market.read() as session:
        rows = session.exec(select(RequesterRow).order_by(col(RequesterRow.created_ms), col(RequesterRow.id)))
        return [_shown(session, row) for row in rows.all()]


def deposit_to(market: Marketplace, who: str | None, cents: int) -> int:
    """Give a requester money from outside and return what it has available then, in cents.

    Args:
        who: its id, access key or name; None: the only one that there is. The default one counts while nobody has a
            key, and as long as HITs are its own.

    Raises:
        RequesterRefused: there is no such requester, or None could mean several.
    """
    with market.write() as session:
        row = find(session, who)
        requester_rows.deposit(session, row.id, cents, at_ms=market.now_ms())
        return ledger.balance_cents(session, ledger.available(row.id))


def find(session: Session, who: str | None) -> RequesterRow:
    """Return the requester with this id, access key or name; for None as `deposit_to`.

    Raises:
        NoSuchRequester: nobody is called so.
        RequesterRefused: None could mean several.
    """
    if who is None:
        return _only_one(session)
    wanted = or_(RequesterRow.id == who, RequesterRow.access_key == who, RequesterRow.name == who)
    row = session.exec(select(RequesterRow).where(wanted)).first()
    if row is None:
        raise NoSuchRequester(f"No requester has the id, access key or name {who!r}.")
    return row


def _only_one(session: Session) -> RequesterRow:
    at_work = exists().where(col(HitRow.requester_id) == DEFAULT_REQUESTER)
    counts = or_(col(RequesterRow.access_key).is_not(None), and_(RequesterRow.id == DEFAULT_REQUESTER, at_work))
    found = session.exec(select(RequesterRow).where(counts).limit(2)).all()
    if len(found) > 1:
        raise RequesterRefused("There are several requesters; say which one is meant.")
    return found[0] if found else session.get_one(RequesterRow, DEFAULT_REQUESTER)


def _adopted(session: Session) -> RequesterRow:
    row = session.get_one(RequesterRow, DEFAULT_REQUESTER, with_for_update=True)
    if row.access_key is not None:
        raise RequesterRefused(f"The default requester's work has been adopted by {row.name}.")
    return row


def _refuse_taken_name(session: Session, name: str, row: RequesterRow | None) -> None:
    same = select(RequesterRow.id).where(RequesterRow.name == name)
    others = [found for found in session.exec(same).all() if row is None or found != row.id]
    if others:
        raise RequesterRefused(f"Another requester is called {name}.")


def _switch(market: Marketplace, who: str, disabled_ms: int | None) -> Requester:
    with market.write() as session:
        row = find(session, who)
        row.disabled_ms = disabled_ms
        session.flush()
        return _shown(session, row)


def _shown(session: Session, row: RequesterRow) -> Requester:
    return Requester(
        row.id,
        row.name,
        row.access_key,
        from_ms(row.created_ms),
        maybe_from_ms(row.disabled_ms),
        ledger.balance_cents(session, ledger.available(row.id)),
        ledger.balance_cents(session, ledger.held(row.id)),
    )


def _shown_name(name: str) -> str:
    shown = " ".join(unicodedata.normalize("NFKC", name).split())
    if len(shown) not in NAME_LENGTHS or not shown.isprintable():
        raise RequesterRefused(f"A requester's name has {NAME_LENGTHS[0]} to {NAME_LENGTHS[-1]} printable characters.")
    return shown


def _keys(access_key: str | None, secret_key: str | None) -> tuple[str, str]:
    """Return a pair of keys in AWS's shapes, or the pair that was given."""
    if (access_key is None) != (secret_key is None):
        raise RequesterRefused("Give both an access key and a secret key, or neither.")
    if access_key is None or secret_key is None:
        return "AKIA" + "".join(secrets.choice(_BASE_32) for _ in range(16)), secrets.token_urlsafe(30)
    if not _ACCESS_KEY.fullmatch(access_key):
        raise RequesterRefused("An access key has 4 to 128 letters and digits.")
    if len(secret_key) not in _SECRET_LENGTHS or not (secret_key.isascii() and secret_key.isprintable()):
        raise RequesterRefused("A secret key has 8 to 256 printable ASCII characters.")
    return access_key, secret_key
