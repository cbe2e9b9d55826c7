"""Links that open one door once: to choose a password, or to enter as the one person of this machine."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, delete, select, update

from crowdbroker.errors import CrowdbrokerError
from crowdbroker.review.sessions import close_sessions_of, hash_of
from crowdbroker.store.audit import record
from crowdbroker.store.review_tables import ReviewerRow, ReviewLinkRow
from crowdbroker.store.store import Store

LinkKind = Literal["password", "sign_in"]
LIVES = {"password": timedelta(days=3), "sign_in": timedelta(hours=1)}


class LinkOver(CrowdbrokerError):
    """The link was used, has run out, or never was one."""

    def __init__(self) -> None:
        super().__init__(
            "This link has been used or has run out.", remedy="Ask for a new one: crowdbroker review link."
        )


@dataclass(frozen=True)
class Link:
    """A link that still opens its door."""

    person: int
    name: str
    kind: LinkKind


def new_link(store: Store, person: int, kind: LinkKind, now: datetime) -> str:
    """The path of a new link; older links of the person open nothing any more."""
    token = secrets.token_urlsafe(32)
    with store.write() as session:
        over = (col(ReviewLinkRow.reviewer_id) == person) | (col(ReviewLinkRow.expires_at) <= now)
        session.exec(delete(ReviewLinkRow).where(over))
        expires_at = now + LIVES[kind]
        session.add(ReviewLinkRow(token_sha256=hash_of(token), reviewer_id=person, kind=kind, expires_at=expires_at))
    return f"/enter/{token}"


def look_at(store: Store, token: str, now: datetime) -> Link:
    """What a link opens, without using it. Raises LinkOver."""
    wanted = (
        select(ReviewerRow.id, ReviewerRow.name, ReviewLinkRow.kind)
        .join(ReviewLinkRow, col(ReviewLinkRow.reviewer_id) == col(ReviewerRow.id))
        .where(col(ReviewLinkRow.token_sha256) == hash_of(token), col(ReviewLinkRow.expires_at) > now)
        .where(col(ReviewerRow.disabled_at).is_(None))
    )
    with store.read() as session:
        found = session.exec(wanted).one_or_none()
    if found is None or found[0] is None:
        raise LinkOver
    return Link(found[0], found[1], "password" if found[2] == "password" else "sign_in")


def use(store: Store, token: str, now: datetime, *, password_hash: str | None = None) -> Link:
    """Open the door and lock it behind; a new password ends all sessions that the old one opened.

    Raises:
        LinkOver: another browser was first, or the link is over.
    """
    link = look_at(store, token, now)
    with store.write() as session:
        gone = session.exec(delete(ReviewLinkRow).where(col(ReviewLinkRow.token_sha256) == hash_of(token)))
        if gone.rowcount != 1:
            raise LinkOver
        if password_hash is not None:
            mine = col(ReviewerRow.id) == link.person
            session.exec(update(ReviewerRow).where(mine).values(password_hash=password_hash))
            close_sessions_of(session, link.person)
        action = "set_password" if password_hash else "sign_in_by_link"
        record(session, actor=link.name, action=action, subject=f"person:{link.name}", at=now)
    return link
