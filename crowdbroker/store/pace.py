"""How long an Item takes, by the submissions of a Project's Batches."""

from __future__ import annotations

from statistics import median

from sqlalchemy import func
from sqlmodel import col, select

from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, HITItemRow

ENOUGH = 10
"""Submissions below which a measured time says too little."""

_LATEST = 1000


def measured_seconds(store: Store, project: str) -> tuple[float | None, int]:
    """The median seconds an Item of the Project's latest submissions, and how many they are; None below ten."""
    size = (
        select(func.count())
        .where(col(HITItemRow.hit_id) == col(AssignmentRow.hit_row))
        .correlate(AssignmentRow)
        .scalar_subquery()
    )
    rows = (
        select(AssignmentRow.accepted_at, AssignmentRow.submitted_at, size)
        .where(col(AssignmentRow.batch_id) == col(BatchRow.id), col(BatchRow.project) == project)
        .order_by(col(AssignmentRow.submitted_at).desc())
        .limit(_LATEST)
    )
    with store.read() as session:
        paces = [(ended - began).total_seconds() / items for began, ended, items in session.exec(rows)]
    return (round(median(paces), 1), len(paces)) if len(paces) >= ENOUGH else (None, len(paces))
