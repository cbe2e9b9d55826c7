"""Who sits at this browser: sessions that the database knows by their hash alone.

A session is a random 256-bit token that only the browser has. It ends after a time without use, at the latest after a
week, and with the password; every sign-in opens a new one, so that a token known before is worth nothing after.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, delete, select, update

from crowdbroker.errors import CrowdbrokerError
from crowdbroker.review.brakes import Brakes
from crowdbroker.review.people import folded, is_right
from crowdbroker.review.roles import Role
from crowdbroker.store.review_tables import ReviewerRow, ReviewSessionRow
from crowdbroker.store.store import Store

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
FRESH = timedelta(minutes=15)
# Noting every request as "seen" would turn each page view into a database write.
_SEEN_STEP = timedelta(minutes=5)


class SignInFailed(CrowdbrokerError):
    """Name and password do not belong together; which of the two is wrong is not told."""


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        cap_cents: what they may spend a day; None: nothing bounds it.
        fresh_at: when they last gave their password or came by a link.
        has_password: whether they can give one again.
    """

    row: int
    name: str
    role: Role
    cap_cents: int | None
    fresh_at: datetime
    has_password: bool

    def is_fresh(self, now: datetime) -> bool:
        """Whether the sign-in is recent enough to move money."""
        return now - self.fresh_at < FRESH


def hash_of(token: str) -> str:
    """What the database keeps of a secret token: its SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(store: Store, brakes: Brakes, name: str, password: str, *, peer: str, now: datetime) -> int:
    """The row of the person whom name and password belong to.

    Raises:
        SignInFailed: they belong to nobody.
        TooManyTries: the name or the peer has failed too often.
    """
    known = folded(name)
    brakes.count(known, peer, now)
    wanted = select(ReviewerRow.id, ReviewerRow.password_hash).where(
        col(ReviewerRow.name) == known, col(ReviewerRow.disabled_at).is_(None)
    )
    with store.read() as session:
        row, password_hash = session.exec(wanted).one_or_none() or (None, "")
    with brakes.hashing():
        right = is_right(password_hash, password)
    if not right or row is None:
        raise SignInFailed("This name and password do not belong together.", remedy="Try again.")
    brakes.forget(known, peer)
    return row


def open_session(store: Store, person: int, now: datetime, *, replaces: str | None = None) -> str:
    """A fresh session's token; the session of the token `replaces`, if any, ends in the same moment."""
    token = secrets.token_urlsafe(32)
    with store.write() as session:
        if replaces:
            session.exec(delete(ReviewSessionRow).where(col(ReviewSessionRow.token_sha256) == hash_of(replaces)))
        session.exec(delete(ReviewSessionRow).where(_is_over(now)))
        row = ReviewSessionRow(
            token_sha256=hash_of(token), reviewer_id=person, opened_at=now, seen_at=now, fresh_at=now
        )
        session.add(row)
    return token


def close_session(store: Store, token: str) -> None:
    """End the session of a token; an unknown token is no error."""
    with store.write() as session:
        session.exec(delete(ReviewSessionRow).where(col(ReviewSessionRow.token_sha256) == hash_of(token)))


def close_sessions_of(session: Session, person: int) -> None:
    """End every session of a person, on all their devices, in the caller's transaction."""
    session.exec(delete(ReviewSessionRow).where(col(ReviewSessionRow.reviewer_id) == person))


def person_of(store: Store, token: str, now: datetime, *, touch: bool = True) -> Person | None:
    """Who holds a session's token; None where it is unknown or has run out.

    Args:
        touch: whether this counts as a use of the session.
    """
    mine = col(ReviewSessionRow.token_sha256) == hash_of(token)
    wanted = (
        select(ReviewerRow, ReviewSessionRow)
        .join(ReviewSessionRow, col(ReviewSessionRow.reviewer_id) == col(ReviewerRow.id))
        .where(mine, ~_is_over(now), col(ReviewerRow.disabled_at).is_(None))
    )
    with store.read() as session:
        found = session.exec(wanted).one_or_none()
    if found is None:
        return None
    row, opened = found
    if touch and now - opened.seen_at >= _SEEN_STEP:
        with store.write() as session:
            session.exec(update(ReviewSessionRow).where(mine).values(seen_at=now))
    assert row.id is not None
    return Person(row.id, row.name, Role(row.role), row.cap_cents, opened.fresh_at, bool(row.password_hash))


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(col(ReviewSessionRow.seen_at) <= now - IDLE, col(ReviewSessionRow.opened_at) <= now - ABSOLUTE)
