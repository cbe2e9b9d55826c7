"""One Worker's work in one Batch: what was submitted, what gold says, what was decided and paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.answer_kinds import AnswerKind, agrees
from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.store.review_tables import WorkerNoteRow
from crowdbroker.store.tables import (
    AnswerRow,
    AssignmentRow,
    BatchRow,
    EffectRow,
    ExclusionRow,
    HITItemRow,
    HITRow,
    ItemRow,
    LabelRow,
    WorkerRow,
)


@dataclass(frozen=True)
class Submission:
    """An Assignment without its answers' document, which may be large.

    Attributes:
        effect: the state of the call that carries its decision out; None: none is written.
        reversal: the state of the latest call that takes its refusal back.
    """

    row: int
    assignment_id: str
    worker: int
    state: str
    accepted_at: datetime
    submitted_at: datetime
    auto_approval_at: datetime
    verdict: str | None
    reason: str
    evidence: dict[str, Any]
    judged_at: datetime | None
    reward_cents: int
    fee_cents: int
    hit_row: int
    effect: str | None = None
    reversal: str | None = None


@dataclass(frozen=True)
class GoldAnswer:
    """A Worker's first Answer to a gold Item; `said` is None where it was left out."""

    item: int
    key: str
    accepted: list[str]
    said: str | None
    right: bool
    at: datetime


def worker_in(session: Session, batch_id: int, worker: int) -> WorkerRow | None:
    """The Worker, where it has to do with the Batch."""
    has_work = select(AssignmentRow.id).where(
        col(AssignmentRow.worker_row) == worker, col(AssignmentRow.batch_id) == batch_id
    )
    known = session.exec(has_work).first() or session.get(ExclusionRow, (batch_id, worker))
    return session.get(WorkerRow, worker) if known else None


_COLUMNS: Any = (
    AssignmentRow.id,
    AssignmentRow.assignment_id,
    AssignmentRow.worker_row,
    AssignmentRow.state,
    AssignmentRow.accepted_at,
    AssignmentRow.submitted_at,
    AssignmentRow.auto_approval_at,
    AssignmentRow.verdict,
    AssignmentRow.reason,
    AssignmentRow.evidence,
    AssignmentRow.judged_at,
    HITRow.reward_cents,
    HITRow.fee_cents,
    AssignmentRow.hit_row,
)


def submissions(
    session: Session, *which: Any, order: Any = None, limit: int | None = None, offset: int = 0
) -> list[Submission]:
    """Assignments that meet conditions on them, the newest first unless another order is given."""
    rows = select(*_COLUMNS).where(col(AssignmentRow.hit_row) == col(HITRow.id), *which)
    rows = rows.order_by(*(order or (col(AssignmentRow.submitted_at).desc(), col(AssignmentRow.id).desc())))
    found = session.exec(rows.offset(offset).limit(limit)).all()
    calls = _calls(session, [row[0] for row in found])
    values: list[tuple[Any, ...]] = [(*row, *calls.get(row[0], (None, None))) for row in found]
    return [Submission(*each) for each in values]


def _calls(session: Session, rows: list[int]) -> dict[int, tuple[str | None, str | None]]:
    """The states of the calls about these Assignments: the decision's and the reversal's."""
    wanted = (
        select(EffectRow.assignment_row, EffectRow.kind, EffectRow.state)
        .where(col(EffectRow.assignment_row).in_(rows))
        .order_by(col(EffectRow.id))
    )
    found: dict[int, tuple[str | None, str | None]] = {}
    for row, kind, state in session.exec(wanted):
        assert row is not None
        decision, reversal = found.get(row, (None, None))
        found[row] = (decision, state) if kind == "reverse" else (state, reversal)
    return found


def submission(session: Session, batch_id: int, row: int) -> Submission | None:
    """One Assignment of a Batch by its row."""
    found = submissions(session, col(AssignmentRow.id) == row, col(AssignmentRow.batch_id) == batch_id)
    return found[0] if found else None


def gold_answers(session: Session, batch_id: int, worker: int, kind: AnswerKind) -> list[GoldAnswer]:
    """A Worker's first Answers to gold Items, oldest first; judged as `reads.gold_outcomes` does."""
    answer = (col(AnswerRow.assignment_row) == col(AssignmentRow.id)) & (
        col(AnswerRow.item_id) == col(HITItemRow.item_id)
    )
    columns: Any = (ItemRow.id, ItemRow.key, ItemRow.accepted, AnswerRow.label, AssignmentRow.submitted_at)
    rows = (
        select(*columns)
        .select_from(AssignmentRow)
        .join(HITItemRow, col(HITItemRow.hit_id) == col(AssignmentRow.hit_row))
        .join(ItemRow, col(ItemRow.id) == col(HITItemRow.item_id))
        .join(AnswerRow, answer, isouter=True)
        .where(
            col(AssignmentRow.worker_row) == worker,
            col(AssignmentRow.batch_id) == batch_id,
            func.json_array_length(ItemRow.accepted) > 0,
        )
        .order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id), col(HITItemRow.item_id))
    )
    found: dict[int, GoldAnswer] = {}
    for item, key, accepted, said, at in session.exec(rows):
        if item not in found:
            right = said is not None and agrees(kind, said, tuple(accepted))
            found[item] = GoldAnswer(item, key, accepted, said, right, at)
    return list(found.values())


@dataclass(frozen=True)
class Said:
    """An Answer beside what is known of its Item; `label` is None where there is no Label yet."""

    item: int
    key: str
    accepted: list[str]
    said: str | None
    label: str | None
    confidence: float | None


def answers_of(session: Session, submission: Submission) -> list[Said]:
    """What one Assignment says, Item by Item in the order of the page."""
    answer = (col(AnswerRow.assignment_row) == submission.row) & (col(AnswerRow.item_id) == col(HITItemRow.item_id))
    columns: Any = (ItemRow.id, ItemRow.key, ItemRow.accepted, AnswerRow.label, LabelRow.label, LabelRow.confidence)
    rows = (
        select(*columns)
        .select_from(HITItemRow)
        .join(ItemRow, col(ItemRow.id) == col(HITItemRow.item_id))
        .join(AnswerRow, answer, isouter=True)
        .join(LabelRow, col(LabelRow.item_id) == col(ItemRow.id), isouter=True)
        .where(col(HITItemRow.hit_id) == submission.hit_row)
        .order_by(col(HITItemRow.position))
    )
    return [Said(*row) for row in session.exec(rows).all()]


def bonuses_of(session: Session, batch_id: int, worker_id: str) -> list[EffectRow]:
    """The bonuses that were promised to a Worker in a Batch, the newest first."""
    rows = select(EffectRow).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind) == "bonus",
        col(EffectRow.state) != EffectState.FAILED,
        col(EffectRow.request)["worker_id"].as_string() == worker_id,
    )
    return list(session.exec(rows.order_by(col(EffectRow.id).desc())))


def notes_on(session: Session, worker: int) -> list[WorkerNoteRow]:
    """What people wrote about a Worker, the newest first."""
    rows = select(WorkerNoteRow).where(col(WorkerNoteRow.worker_row) == worker)
    return list(session.exec(rows.order_by(col(WorkerNoteRow.id).desc())))


def page_sizes(session: Session, batch_id: int, worker: int) -> dict[int, int]:
    """HIT row -> its Items, gold included, of the HITs that a Worker submitted."""
    rows = (
        select(HITItemRow.hit_id, func.count())
        .where(
            col(HITItemRow.hit_id) == col(AssignmentRow.hit_row),
            col(AssignmentRow.worker_row) == worker,
            col(AssignmentRow.batch_id) == batch_id,
        )
        .group_by(col(HITItemRow.hit_id))
    )
    return dict(session.exec(rows).all())


def other_batches(session: Session, batch_id: int, worker: int) -> list[tuple[int, str]]:
    """Row and name of the other Batches in which a Worker has submitted."""
    rows = (
        select(BatchRow.id, BatchRow.name)
        .where(
            col(BatchRow.id) == col(AssignmentRow.batch_id),
            col(AssignmentRow.worker_row) == worker,
            col(BatchRow.id) != batch_id,
        )
        .distinct()
        .order_by(col(BatchRow.id))
    )
    return [(row, name) for row, name in session.exec(rows) if row is not None]
