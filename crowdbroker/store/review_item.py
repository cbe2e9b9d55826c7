"""One Item as a reviewer sees it: its Label, its Answers, and what people decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.store.reads import Vote
from crowdbroker.store.review_tables import ReviewDecisionRow
from crowdbroker.store.tables import AnswerRow, AssignmentRow, ItemRow, LabelRow, WorkerRow

MOST_ANSWERS = 200
"""A gold Item recurs in many HITs; of its Answers only the first are shown."""


@dataclass(frozen=True)
class GivenAnswer:
    """One Answer; `counts` says whether it is a vote: those of refused work and second ones of a Worker are none."""

    worker: int
    name: str
    label: str
    state: str
    seconds: float
    submitted_at: datetime
    counts: bool

    def vote(self, item: int) -> Vote:
        """The Answer as aggregation takes it."""
        return Vote(item, self.worker, self.label)


@dataclass(frozen=True)
class ReviewedItem:
    """An Item, its Label (None: it has none), its Answers in the order of submission, its decisions, newest first."""

    item: ItemRow
    label: LabelRow | None
    answers: list[GivenAnswer]
    decisions: list[ReviewDecisionRow]

    @property
    def version(self) -> int:
        """Of the decision that holds; 0: nobody decided yet."""
        return self.decisions[0].version if self.decisions else 0

    @property
    def votes(self) -> list[Vote]:
        """The Answers that count."""
        return [one.vote(self.item.id or 0) for one in self.answers if one.counts]


def reviewed_item(session: Session, batch_id: int, item_id: int) -> ReviewedItem | None:
    """An Item of a Batch with all that a reviewer needs; None where there is no such Item."""
    item = session.get(ItemRow, item_id)
    if item is None or item.batch_id != batch_id:
        return None
    decisions = select(ReviewDecisionRow).where(col(ReviewDecisionRow.item_id) == item_id)
    decided = session.exec(decisions.order_by(col(ReviewDecisionRow.version).desc())).all()
    return ReviewedItem(item, session.get(LabelRow, item_id), _answers(session, item_id), list(decided))


def _answers(session: Session, item_id: int) -> list[GivenAnswer]:
    rows = (
        sa.select(
            col(AnswerRow.worker_row),
            col(WorkerRow.name),
            col(AnswerRow.label),
            col(AssignmentRow.state),
            col(AssignmentRow.accepted_at),
            col(AssignmentRow.submitted_at),
        )
        .where(
            col(AnswerRow.item_id) == item_id,
            col(AnswerRow.assignment_row) == col(AssignmentRow.id),
            col(AnswerRow.worker_row) == col(WorkerRow.id),
        )
        .order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id))
        .limit(MOST_ANSWERS)
    )
    found: list[GivenAnswer] = []
    counted: set[int] = set()
    for worker, name, label, state, began, ended in session.connection().execute(rows):
        counts = state != AssignmentState.REJECTED and worker not in counted
        if counts:
            counted.add(worker)
        found.append(GivenAnswer(worker, name, label, state, (ended - began).total_seconds(), ended, counts))
    return found


def item_keys(session: Session, batch_id: int, items: Sequence[int]) -> dict[int, str]:
    """Item row -> the requester's id, of those among these Items that are of the Batch."""
    rows = select(ItemRow.id, ItemRow.key).where(col(ItemRow.id).in_(items), col(ItemRow.batch_id) == batch_id)
    return {item: key for item, key in session.exec(rows) if item is not None}
