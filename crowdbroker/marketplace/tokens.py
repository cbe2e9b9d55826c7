"""The memory of idempotency tokens: exactly 24 hours, each requester and scope for itself."""

from __future__ import annotations

from sqlmodel import Session

from crowdbroker.marketplace.tables import TokenRow
from crowdbroker.marketplace.times import DAY_MS

MEMORY_MS = DAY_MS


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
    """Remember a token that `recall` does not know, and what its call made, from now on."""
    session.add(TokenRow(requester_id=requester_id, scope=scope, token=token, made=made, used_ms=now_ms))
