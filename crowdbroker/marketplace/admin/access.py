"""Who may see the admin page: whoever was given a link on the server's own terminal, once.

There is no password to guess or to forget. A link is for one browser; a session ends after a night.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, and_, delete, insert, or_, update
from sqlmodel import Session, col, select

from crowdbroker.marketplace.accounts import hash_of
from crowdbroker.marketplace.admin_tables import AdminLinkRow, AdminSessionRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.times import from_ms

LINK_MS = 60 * 60_000
IDLE_MS = 2 * 60 * 60_000
ABSOLUTE_MS = 12 * 60 * 60_000
# Noting every request as "seen" would turn each page view into a database write.
SEEN_STEP_MS = 60_000


@dataclass(frozen=True)
class AdminLink:
    """A new link, shown this once; `path` is from the site's root."""

    token: str = field(repr=False)
    expires_at: datetime

    @property
    def path(self) -> str:
        """The page that it opens."""
        return f"/admin/enter/{self.token}"


def new_link(market: Marketplace) -> AdminLink:
    """Return a link that opens one session within the next hour."""
    token, now = secrets.token_urlsafe(32), market.now_ms()
    with market.write() as session:
        session.execute(delete(AdminLinkRow).where(col(AdminLinkRow.expires_ms) <= now))
        session.execute(insert(AdminLinkRow).values(token_hash=hash_of(token), expires_ms=now + LINK_MS))
    return AdminLink(token, from_ms(now + LINK_MS))


def is_open(market: Marketplace, token: str) -> bool:
    """Tell whether a link can still be used."""
    with market.read() as session:
        wanted = select(AdminLinkRow.token_hash).where(_good_link(token, market.now_ms()))
        return session.exec(wanted).first() is not None


def enter(market: Marketplace, token: str) -> str | None:
    """Return the token of a fresh session and use the link up; None when it cannot be used any more."""
    fresh, now = secrets.token_urlsafe(32), market.now_ms()
    with market.write() as session:
        if not _use(session, token, now):
            return None
        session.execute(delete(AdminSessionRow).where(_is_over(now)))
        row = {"token_hash": hash_of(fresh), "opened_ms": now, "seen_ms": now}
        session.execute(insert(AdminSessionRow).values(**row))
    return fresh


def leave(market: Marketplace, token: str) -> None:
    """End a session; an unknown token is no error."""
    with market.write() as session:
        session.execute(delete(AdminSessionRow).where(col(AdminSessionRow.token_hash) == hash_of(token)))


def is_inside(market: Marketplace, token: str) -> bool:
    """Tell whether a session token is good."""
    now, this = market.now_ms(), col(AdminSessionRow.token_hash) == hash_of(token)
    with market.read() as session:
        seen = session.exec(select(AdminSessionRow.seen_ms).where(this, ~_is_over(now))).first()
    if seen is not None and now - seen >= SEEN_STEP_MS:
        with market.write() as session:
            session.execute(update(AdminSessionRow).where(this).values(seen_ms=now))
    return seen is not None


def _use(session: Session, token: str, now_ms: int) -> bool:
    done = session.execute(update(AdminLinkRow).where(_good_link(token, now_ms)).values(used_ms=now_ms))
    return isinstance(done, CursorResult) and done.rowcount == 1


def _good_link(token: str, now_ms: int) -> ColumnElement[bool]:
    unused = and_(col(AdminLinkRow.used_ms).is_(None), col(AdminLinkRow.expires_ms) > now_ms)
    return and_(col(AdminLinkRow.token_hash) == hash_of(token), unused)


def _is_over(now_ms: int) -> ColumnElement[bool]:
    row = AdminSessionRow
    return or_(col(row.seen_ms) <= now_ms - IDLE_MS, col(row.opened_ms) <= now_ms - ABSOLUTE_MS)
