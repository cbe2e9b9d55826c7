"""What the marketplace will pay by itself before anybody has decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.domain.quality import Decision
from crowdbroker.store.tables import AssignmentRow, WorkerRow

NEAR = timedelta(hours=24)
"""How long before its automatic approval an Assignment is warned of."""


@dataclass(frozen=True)
class Deadline:
    """An Assignment that a person holds, or that is to be refused, and the moment that decides without them."""

    assignment_id: str
    worker: str
    state: str
    verdict: str | None
    at: datetime


def near_deadlines(session: Session, batch_id: int, now: datetime) -> list[Deadline]:
    """Held or to be refused, and paid by itself within a day or already; the most urgent first.

    What is to be approved needs no warning: silence does the same.
    """
    rows = (
        select(AssignmentRow, WorkerRow.name)
        .where(
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.batch_id) == batch_id,
            col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
            col(AssignmentRow.verdict).in_([Decision.HOLD, Decision.REJECT]),
            col(AssignmentRow.auto_approval_at) <= now + NEAR,
        )
        .order_by(col(AssignmentRow.auto_approval_at), col(AssignmentRow.id))
    )
    return [
        Deadline(row.assignment_id, name, row.state, row.verdict, row.auto_approval_at)
        for row, name in session.exec(rows)
    ]
