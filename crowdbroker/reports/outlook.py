"""Where a Batch is heading: what it will have cost, and when its last answer comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState, HITState
from crowdbroker.reports.forecast import moments, paid_of, time_for
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, HITRow

_LATEST = 1000
"""The pace is that of so many latest submissions: crowds grow and tire."""

REASONS = {
    "done": "no work is open",
    "unpublished": "nothing is published yet",
    "paused": "it is paused",
    "too_few": "too few answers have come to tell",
}
"""Why there is no forecast of the end."""


def outlook(session: Session, batch: BatchView, money: Mapping[str, int], now: datetime) -> dict[str, Any]:
    """The forecast of a Batch; cents and times each as expected, low and high, nine cases of ten lying between.

    Args:
        money: cents by account.
    """
    places, price = _open_places(session, batch)
    approved, refused, waiting = _decided(session, batch.id)
    spent = money["rewards"] + money["fees"] + money["bonuses"]
    paid = paid_of(places + waiting, approved, refused)
    each = (places * price + money["owed"]) / (places + waiting) if places + waiting else 0.0
    why_none, end = _end(session, batch, places, now)
    return {
        "batch": batch.name,
        "open_places": places,
        "undecided": waiting,
        "spend": {
            "expected": spent + round(paid.expected * each),
            "low": spent + round(paid.low * each),
            "high": spent + round(paid.high * each),
        },
        "completion": end,
        "why_no_completion": why_none,
        "hits_end_at": _hits_end_at(session, batch.id),
    }


def _open_places(session: Session, batch: BatchView) -> tuple[int, float]:
    """Places that may still be submitted, and the mean price of one in cents, its fee included."""
    states = [HITState.OPEN] if batch.row.closed_at is not None else [HITState.OPEN, HITState.PLANNED]
    of_batch = col(HITRow.batch_id) == batch.id, col(HITRow.state).in_(states)
    price = col(HITRow.reward_cents) + col(HITRow.fee_cents)
    offered = select(
        func.coalesce(func.sum(HITRow.max_assignments), 0),
        func.coalesce(func.sum(col(HITRow.max_assignments) * price), 0),
    ).where(*of_batch)
    taken = select(func.count()).where(col(AssignmentRow.hit_row) == col(HITRow.id), *of_batch)
    places, cents = session.exec(offered).one()
    left = int(places) - session.exec(taken).one()
    return max(left, 0), int(cents) / int(places) if places else 0.0


def _decided(session: Session, batch_id: int) -> tuple[int, int, int]:
    """How many Assignments are approved, refused, and neither."""
    rows = (
        select(AssignmentRow.state, func.count())
        .where(col(AssignmentRow.batch_id) == batch_id)
        .group_by(col(AssignmentRow.state))
    )
    counts = {AssignmentState(state): count for state, count in session.exec(rows)}
    approved, refused = counts.pop(AssignmentState.APPROVED, 0), counts.pop(AssignmentState.REJECTED, 0)
    return approved, refused, sum(counts.values())


def _end(session: Session, batch: BatchView, places: int, now: datetime) -> tuple[str | None, dict[str, str] | None]:
    """Why there is no forecast of the end, or the forecast."""
    if not places:
        return "done", None
    if batch.row.published_at is None:
        return "unpublished", None
    if batch.row.paused_at is not None:
        return "paused", None
    latest = (
        select(AssignmentRow.submitted_at)
        .where(col(AssignmentRow.batch_id) == batch.id)
        .order_by(col(AssignmentRow.submitted_at).desc())
        .limit(_LATEST)
    )
    seconds = time_for(places, session.exec(latest).all(), now)
    return ("too_few", None) if seconds is None else (None, moments(now, seconds))


def _hits_end_at(session: Session, batch_id: int) -> str | None:
    """When the last open HIT expires: what is not answered by then stays unanswered."""
    ends = select(func.max(HITRow.expires_at)).where(
        col(HITRow.batch_id) == batch_id, col(HITRow.state) == HITState.OPEN
    )
    at = session.exec(ends).one()
    return at.isoformat() if at else None
