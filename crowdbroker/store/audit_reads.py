"""The audit trail as people read it: filtered, in pages, and as a whole for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.store.audit_tables import AuditRow

_AT_ONCE = 500


@dataclass(frozen=True)
class AuditFilter:
    """What of a Batch's trail is wanted; empty: all.

    Attributes:
        subject: a part of what it was about.
        since, until: moments, the first in and the last out.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def _which(batch_id: int, asked: AuditFilter) -> list[Any]:
    which: list[Any] = [col(AuditRow.batch_id) == batch_id]
    if asked.actor:
        which.append(col(AuditRow.actor) == asked.actor)
    if asked.action:
        which.append(col(AuditRow.action) == asked.action)
    if asked.subject:
        which.append(col(AuditRow.subject).contains(asked.subject, autoescape=True))
    if asked.since is not None:
        which.append(col(AuditRow.at) >= asked.since)
    if asked.until is not None:
        which.append(col(AuditRow.at) < asked.until)
    return which


def audit_page(
    session: Session, batch_id: int, asked: AuditFilter, *, before: int | None, limit: int
) -> list[AuditRow]:
    """Acts with a number below `before`, the newest first."""
    rows = select(AuditRow).where(*_which(batch_id, asked)).order_by(col(AuditRow.id).desc()).limit(limit)
    return list(session.exec(rows if before is None else rows.where(col(AuditRow.id) < before)))


def audit_count(session: Session, batch_id: int, asked: AuditFilter) -> int:
    """How many acts there are."""
    return session.exec(select(func.count()).select_from(AuditRow).where(*_which(batch_id, asked))).one()


def audit_rows(session: Session, batch_id: int, asked: AuditFilter) -> Iterator[AuditRow]:
    """All of them, the oldest first, a few at a time."""
    after = 0
    while True:
        rows = select(AuditRow).where(*_which(batch_id, asked), col(AuditRow.id) > after)
        some = session.exec(rows.order_by(col(AuditRow.id)).limit(_AT_ONCE)).all()
        yield from some
        if len(some) < _AT_ONCE:
            return
        after = some[-1].id or 0


def audit_counts(session: Session, batch_id: int) -> dict[tuple[str, str], int]:
    """(actor, action) -> how many acts of a Batch."""
    rows = (
        select(AuditRow.actor, AuditRow.action, func.count())
        .where(col(AuditRow.batch_id) == batch_id)
        .group_by(col(AuditRow.actor), col(AuditRow.action))
    )
    return {(actor, action): count for actor, action, count in session.exec(rows)}
