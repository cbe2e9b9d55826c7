"""Figures of a Batch that the review application asks of the store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.store.tables import AssignmentRow, BatchRow, LabelRow

_PACE_OF = 200


def batch_rows(session: Session, only: int | None = None) -> list[BatchRow]:
    """All Batches, the newest first; `only` is the row of a single one."""
    rows = select(BatchRow).order_by(col(BatchRow.id).desc())
    return list(session.exec(rows if only is None else rows.where(col(BatchRow.id) == only)))


def review_counts(session: Session, batch_id: int) -> Counter[str]:
    """Labels by the decision that holds; the empty text counts those that wait for review."""
    rows = select(LabelRow.review, func.count()).where(col(LabelRow.batch_id) == batch_id).group_by(LabelRow.review)
    return Counter(dict(session.exec(rows).all()))


@dataclass(frozen=True)
class Certainty:
    """What the confidences of a Batch's Labels sum to.

    Attributes:
        labels: how many Labels.
        expected: how many of them are right, if every confidence is the chance to be right.
        variance: of that number, the Labels being independent.
    """

    labels: int
    expected: float
    variance: float


def certainty(session: Session, batch_id: int) -> Certainty:
    """The sums over all Labels of a Batch."""
    chance = LabelRow.confidence
    rows = select(
        func.count(), func.coalesce(func.sum(chance), 0.0), func.coalesce(func.sum(chance * (1 - col(chance))), 0.0)
    ).where(col(LabelRow.batch_id) == batch_id)
    labels, expected, variance = session.exec(rows).one()
    return Certainty(labels, float(expected), float(variance))


def latest_pace(session: Session, batch_id: int) -> tuple[int, datetime] | None:
    """How many of the latest submissions there are, up to 200, and when the first of them came; None without any."""
    latest = (
        select(AssignmentRow.submitted_at)
        .where(col(AssignmentRow.batch_id) == batch_id)
        .order_by(col(AssignmentRow.submitted_at).desc())
        .limit(_PACE_OF)
    )
    found = session.exec(latest).all()
    return (len(found), found[-1]) if found else None


def bases(session: Session, batch_id: int) -> list[str]:
    """What the confidences of a Batch's Labels were calibrated on, the most frequent first."""
    rows = (
        select(LabelRow.basis)
        .where(col(LabelRow.batch_id) == batch_id)
        .group_by(LabelRow.basis)
        .order_by(func.count().desc())
    )
    return list(session.exec(rows))
