"""What time alone does: HITs expire, Assignments run out or are approved, finished HITs are disposed of.

Nothing runs in the background. Every operation and every worker's action first calls `catch_up`, which costs two index
look-ups while nothing is due; so a clock that is moved by hand is all that a test or a simulation needs.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session, col, select

from crowdbroker.marketplace import lifecycle, review_policies
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import AssignmentRow, HitRow

# One transaction carries at most this many, so that other writers get their turn.
BATCH = 200

ANYTHING_DUE = (
    "(EXISTS (SELECT 1 FROM assignment WHERE due_ms <= :now) OR EXISTS (SELECT 1 FROM hit WHERE due_ms <= :now))"
)
"""Whether anything has come due by the moment `:now`: SQL for whoever asks the database something anyway."""
_IS_ANYTHING_DUE = text(f"SELECT {ANYTHING_DUE}")


def catch_up(market: Marketplace, now_ms: int) -> None:
    """Do everything that has come due by `now_ms`."""
    with market.read() as session:
        due = bool(session.execute(_IS_ANYTHING_DUE, {"now": now_ms}).scalar_one())
    if due:
        do_what_is_due(market, now_ms)


def do_what_is_due(market: Marketplace, now_ms: int) -> None:
    """Do everything that has come due by `now_ms`, for whoever knows that there is something."""
    due = True
    while due:
        with market.write() as session:
            due = sweep(session, now_ms) > 0


def sweep(session: Session, now_ms: int) -> int:
    """Do some of what has come due by `now_ms` and return how much it was; 0 says that nothing is left."""
    assignments = _due_assignments(session, now_ms, BATCH)
    for assignment_id in assignments:
        _end_assignment(session, assignment_id, now_ms)
    # Places are settled first: what a HIT's end does depends on who still holds one.
    hits = [] if len(assignments) == BATCH else _due_hits(session, now_ms, BATCH)
    for hit_id in hits:
        _end_hit(session, hit_id, now_ms)
    return len(assignments) + len(hits)


def _due_assignments(session: Session, now_ms: int, limit: int) -> list[str]:
    due = col(AssignmentRow.due_ms)
    return list(session.exec(select(AssignmentRow.id).where(due <= now_ms).order_by(due).limit(limit)).all())


def _due_hits(session: Session, now_ms: int, limit: int) -> list[str]:
    due = col(HitRow.due_ms)
    return list(session.exec(select(HitRow.id).where(due <= now_ms).order_by(due).limit(limit)).all())


def _end_assignment(session: Session, assignment_id: str, now_ms: int) -> None:
    hit_id = session.exec(select(AssignmentRow.hit_id).where(AssignmentRow.id == assignment_id)).one()
    hit = lifecycle.locked_hit(session, hit_id)
    place = lifecycle.locked_assignment(session, assignment_id)
    assert hit is not None
    assert place is not None
    if place.due_ms is None or place.due_ms > now_ms:
        return  # another process was faster
    if place.status == lifecycle.HELD:
        with review_policies.when_reviewable(session, hit, now_ms):
            if _has_ended(hit, now_ms):
                # Its last place given up would make it Reviewable, and nobody would be told that it expired.
                lifecycle.expire(session, hit, hit.expires_ms, now_ms)
            lifecycle.free(session, hit, place, now_ms, late=True)
    else:
        lifecycle.approve(session, hit, place, place.due_ms)


def _end_hit(session: Session, hit_id: str, now_ms: int) -> None:
    hit = lifecycle.locked_hit(session, hit_id)
    assert hit is not None
    if hit.due_ms is None or hit.due_ms > now_ms:
        return
    if _has_ended(hit, now_ms):
        with review_policies.when_reviewable(session, hit, now_ms):
            lifecycle.expire(session, hit, hit.expires_ms, now_ms)
    elif hit.submitted:
        # Undecided work keeps it until the automatic approval, which is at most 30 days away.
        hit.due_ms = now_ms + lifecycle.KEPT_AFTER_END_MS
    else:
        lifecycle.dispose(session, hit, now_ms)


def _has_ended(hit: HitRow, now_ms: int) -> bool:
    return hit.status in lifecycle.LIVE and hit.due_ms is not None and hit.due_ms <= now_ms
