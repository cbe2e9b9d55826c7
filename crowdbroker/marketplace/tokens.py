"""The memory of idempotency tokens: exactly 24 hours, each requester and scope for itself."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, tuple_
from sqlmodel import Session, col, select

from crowdbroker.marketplace.tables import TokenRow
from crowdbroker.marketplace.times import DAY_MS

MEMORY_MS = DAY_MS
# How many forgotten tokens one new one takes along: more than one, so that they become fewer.
SWEPT = 8

_NAME = col(TokenRow.scope), col(TokenRow.token)
_OLD = (
    select(*_NAME)
    .where(col(TokenRow.requester_id) == bindparam("who"), col(TokenRow.used_ms) <= bindparam("until"))
    .order_by(col(TokenRow.used_ms))
    .limit(SWEPT)
    .with_for_update(skip_locked=True)
)
# Made once: every CreateHIT with a token runs it.
_SWEEP = (
    delete(TokenRow)
    .where(col(TokenRow.requester_id) == bindparam("who"), tuple_(*_NAME).in_(_OLD))
    .execution_options(synchronize_session=False)
)


def recall(session: Session, requester_id: str, scope: str, token: str, now_ms: int) -> str | None:
    """Return what the call that brought this token made, or None when no call did so within 24 hours.

    A token that is forgotten is removed, so that `remember` may store it anew.
    """
    known = session.get(TokenRow, (requester_id, scope, token))
    if known is None:
        return None
    if now_ms - known.used_ms >= MEMORY_MS:
        session.delete(known)
        session.flush()
        return None
    return known.made


def remember(session: Session, requester_id: str, scope: str, token: str, made: str, now_ms: int) -> None:
    """Remember a token that `recall` does not know, and what its call made, from now on.

    Some of the requester's forgotten tokens are removed in passing.
    """
    session.execute(_SWEEP, {"who": requester_id, "until": now_ms - MEMORY_MS})
    session.add(TokenRow(requester_id=requester_id, scope=scope, token=token, made=made, used_ms=now_ms))


def forget(session: Session, requester_id: str, scope: str, token: str) -> None:
    """Let a token go before its time, so that `remember` may store it anew."""
    session.delete(session.get_one(TokenRow, (requester_id, scope, token)))
    session.flush()
