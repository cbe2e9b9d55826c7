"""The events that wait: taking them up under a lease, and writing down what became of them.

Any number of processes may empty one outbox. A claim moves an event's `due_ms` to the end of its lease; when the
process dies, the event is simply due again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, func, or_, update
from sqlmodel import Session, col, select

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.times import DAY_MS, SECOND_MS

BATCH = 50
LEASE_MS = 60 * SECOND_MS
KEPT_MS = 7 * DAY_MS
MOST_TRIES = 30
LONGEST_PAUSE_S = 3600
LONGEST_PROBLEM = 500

DELIVERED = "Delivered"
FAILED = "Failed"
DROPPED = "Dropped"


@dataclass(frozen=True)
class Waiting:
    """How full the outbox is: events that wait, events given up within the last week, when the oldest happened."""

    waiting: int
    failed: int
    oldest_ms: int | None


def anything_to_do(session: Session, now_ms: int) -> bool:
    """Tell whether an event is due or old enough to be forgotten."""
    due = exists().where(col(EventRow.due_ms) <= now_ms)
    old = exists().where(col(EventRow.ended_ms) <= now_ms - KEPT_MS)
    return bool(session.execute(select(or_(due, old))).scalar_one())


def claim(session: Session, now_ms: int) -> list[EventRow]:
    """Take up at most `BATCH` events that are due, the longest due first; they are ours until the lease ends."""
    due = select(EventRow.seq).where(col(EventRow.due_ms) <= now_ms)
    some = due.order_by(col(EventRow.due_ms), col(EventRow.seq)).limit(BATCH).with_for_update(skip_locked=True)
    taken = (
        update(EventRow)
        .where(col(EventRow.seq).in_(some))
        .values(claim=secrets.token_hex(8), due_ms=now_ms + LEASE_MS, tries=col(EventRow.tries) + 1)
        .returning(EventRow)
    )
    rows = session.execute(taken, execution_options={"synchronize_session": False}).scalars()
    return sorted(rows, key=lambda row: row.seq or 0)


def end(session: Session, event: EventRow, outcome: str, now_ms: int) -> None:
    """Write down that there is nothing left to do for a claimed event."""
    _settle(session, event, due_ms=None, outcome=outcome, ended_ms=now_ms, problem=None)


def put_off(session: Session, event: EventRow, pause_ms: int, now_ms: int) -> None:
    """Give a claimed event back, due again after a pause."""
    _settle(session, event, due_ms=now_ms + pause_ms)


def fail(session: Session, event: EventRow, problem: str, now_ms: int) -> None:
    """Write down why a claimed event was refused; it is due again after a pause, and given up at `MOST_TRIES`."""
    told = problem[:LONGEST_PROBLEM]
    if event.tries >= MOST_TRIES:
        _settle(session, event, due_ms=None, outcome=FAILED, ended_ms=now_ms, problem=told)
    else:
        _settle(session, event, due_ms=now_ms + pause_ms(event), problem=told)


def pause_ms(event: EventRow) -> int:
    """Return how long a claimed event waits for its next try, longer each time and at most an hour."""
    return min(1 << min(event.tries, 20), LONGEST_PAUSE_S) * SECOND_MS


def forget(session: Session, now_ms: int) -> None:
    """Remove what ended a week ago."""
    session.execute(delete(EventRow).where(col(EventRow.ended_ms) <= now_ms - KEPT_MS))


def waiting(session: Session) -> Waiting:
    """Return how full the outbox is."""
    rows = select(func.count(), func.min(EventRow.at_ms)).where(col(EventRow.due_ms).is_not(None))
    count, oldest_ms = session.exec(rows).one()
    failed = session.exec(select(func.count()).where(EventRow.outcome == FAILED)).one()
    return Waiting(count, failed, oldest_ms)


def recent(session: Session, limit: int) -> Sequence[EventRow]:
    """Return the latest events, newest first."""
    return session.exec(select(EventRow).order_by(col(EventRow.seq).desc()).limit(limit)).all()


def _settle(session: Session, event: EventRow, **values: Any) -> None:
    # Only while the claim holds: whoever took the event up after our lease has the say.
    ours = col(EventRow.seq) == event.seq, col(EventRow.claim) == event.claim
    session.execute(update(EventRow).where(*ours).values(claim=None, **values))
