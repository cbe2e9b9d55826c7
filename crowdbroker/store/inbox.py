"""What a marketplace has hinted at: each event once, until its HIT was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from crowdbroker.store.bulk import insert_many
from crowdbroker.store.process_tables import InboxRow
from crowdbroker.store.tables import HITRow

KEPT = timedelta(days=14)
"""How long an event is remembered after it was looked at: longer than a queue repeats one."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Hint:
    """One event; `key` is the same for every repeat."""

    key: str
    kind: str
    hit_id: str | None
    assignment_id: str | None
    happened_at: datetime


def remember(session: Session, hints: Sequence[Hint], now: datetime) -> int:
    """Store what is new and return how many were; repeats change nothing."""
    rows = {
        hint.key: {
            "key": hint.key,
            "kind": hint.kind,
            "hit_id": hint.hit_id,
            "assignment_id": hint.assignment_id,
            "happened_at": hint.happened_at,
            "received_at": now,
        }
        for hint in hints
    }
    if not rows:
        return 0
    # In one order, so that two who store the same ones never wait for each other.
    return len(insert_many(session, InboxRow, [rows[key] for key in sorted(rows)], ("key",)))


def waiting(session: Session, batch_id: int) -> dict[str, list[str]]:
    """HITId -> keys of the events that nobody has followed yet, on HITs of a Batch, oldest first."""
    rows = (
        select(InboxRow.hit_id, InboxRow.key)
        .where(
            col(InboxRow.done_at).is_(None),
            col(InboxRow.hit_id) == col(HITRow.hit_id),
            col(HITRow.batch_id) == batch_id,
        )
        .order_by(col(InboxRow.received_at), col(InboxRow.key))
        .limit(_AT_ONCE)
    )
    found: dict[str, list[str]] = {}
    for hit_id, key in session.exec(rows):
        found.setdefault(str(hit_id), []).append(key)
    return found


def followed(session: Session, keys: Iterable[str], now: datetime) -> None:
    """These events were followed; old ones are forgotten, and so are those on HITs that are not ours."""
    session.exec(update(InboxRow).where(col(InboxRow.key).in_(sorted(keys))).values(done_at=now))
    session.exec(delete(InboxRow).where(col(InboxRow.done_at) < now - KEPT))
    session.exec(delete(InboxRow).where(col(InboxRow.done_at).is_(None), col(InboxRow.received_at) < now - KEPT))
