"""Queries that more than one step or face asks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.answer_kinds import AnswerKind, agrees
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
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
class BatchView:
    """A Batch with its Project read back."""

    id: int
    uid: str
    name: str
    project: Project
    row: BatchRow


def view(row: BatchRow) -> BatchView:
    """The view of a Batch's row."""
    assert row.id is not None
    return BatchView(row.id, row.uid, row.name, Project.model_validate_json(row.project_json), row)


def find_batch(session: Session, name: str | None = None) -> BatchView:
    """The Batch of that name, or the only one.

    Raises:
        InputError: there is none of that name, none at all, or several and no name.
    """
    rows = session.exec(select(BatchRow).order_by(col(BatchRow.id))).all()
    names = ", ".join(row.name for row in rows)
    if name is not None:
        found = [row for row in rows if row.name == name]
        if not found:
            raise InputError(
                f"there is no Batch {name!r}", field="--batch", remedy=f"There are: {names or 'none yet; load one'}."
            )
        return view(found[0])
    if not rows:
        raise InputError("there is no Batch yet", remedy="Load one: crowdbroker load PROJECT DATA.")
    if len(rows) > 1:
        raise InputError("there are several Batches", field="--batch", remedy=f"Name one of: {names}.")
    return view(rows[0])


def all_batches(session: Session) -> list[BatchView]:
    """All Batches, oldest first."""
    return [view(row) for row in session.exec(select(BatchRow).order_by(col(BatchRow.id)))]


@dataclass(frozen=True)
class Progress:
    """How far a Batch is: counts by state, derived anew each time.

    Attributes:
        answers_wanted: places x Items of all HITs, gold included.
        waiting_effects, in_doubt: Effects that are not ended, and those that wait for a person.
        stuck_hits, stuck_assignments: planned HITs and undecided Assignments whose Effect was refused or is in doubt.
        ended: whether the Batch was closed early; what is still planned is then never published.
        over_hits: open HITs that take no more work, and whose new places are in doubt.
    """

    items: int
    gold: int
    mixed_in: int
    hits: dict[str, int]
    places: int
    assignments: dict[str, int]
    answers: int
    answers_wanted: int
    labels: int
    workers: int
    excluded: int
    waiting_effects: int
    in_doubt: int
    stuck_hits: int
    stuck_assignments: int
    ended: bool
    over_hits: int = 0

    @property
    def complete(self) -> bool:
        """Nothing more will happen by itself; what is held, refused or in doubt waits for a person."""
        planned = 0 if self.ended else self.hits[HITState.PLANNED] - self.stuck_hits
        undecided = self.assignments[AssignmentState.SUBMITTED] - self.stuck_assignments
        on_offer = self.hits[HITState.OPEN] - self.over_hits
        return not (planned or on_offer or self.waiting_effects or undecided)


def progress(session: Session, batch_id: int, now: datetime | None = None) -> Progress:
    """The progress of a Batch.

    Args:
        now: tells which HITs are over; None: `over_hits` is 0.
    """
    hits = _count_by(session, HITRow.state, HITRow.batch_id, batch_id)
    assignments = _count_by(session, AssignmentRow.state, AssignmentRow.batch_id, batch_id)
    effects = _count_by(session, EffectRow.state, EffectRow.batch_id, batch_id)
    gold = select(func.count()).where(col(ItemRow.batch_id) == batch_id, func.json_array_length(ItemRow.accepted) > 0)
    mixed_in = select(func.count()).where(col(ItemRow.batch_id) == batch_id, col(ItemRow.mixed_in))
    wanted = select(func.coalesce(func.sum(HITRow.max_assignments), 0)).where(
        col(HITItemRow.hit_id) == col(HITRow.id), col(HITRow.batch_id) == batch_id
    )
    answers = select(func.count()).where(
        col(AnswerRow.assignment_row) == col(AssignmentRow.id), col(AssignmentRow.batch_id) == batch_id
    )
    places = select(func.coalesce(func.sum(HITRow.max_assignments), 0)).where(col(HITRow.batch_id) == batch_id)
    workers = select(func.count(func.distinct(AssignmentRow.worker_row))).where(col(AssignmentRow.batch_id) == batch_id)
    return Progress(
        items=_count(session, ItemRow.batch_id, batch_id),
        gold=session.exec(gold).one(),
        mixed_in=session.exec(mixed_in).one(),
        hits={state.value: hits[state] for state in HITState},
        places=int(session.exec(places).one()),
        assignments={state.value: assignments[state] for state in AssignmentState},
        answers=session.exec(answers).one(),
        answers_wanted=int(session.exec(wanted).one()),
        labels=_count(session, LabelRow.batch_id, batch_id),
        workers=session.exec(workers).one(),
        excluded=_count(session, ExclusionRow.batch_id, batch_id),
        waiting_effects=effects[EffectState.READY] + effects[EffectState.SENT],
        in_doubt=effects[EffectState.IN_DOUBT],
        stuck_hits=_stuck(session, HITRow, EffectRow.hit_row, [EffectState.IN_DOUBT], HITState.PLANNED, batch_id),
        stuck_assignments=_stuck(
            session,
            AssignmentRow,
            EffectRow.assignment_row,
            [EffectState.IN_DOUBT, EffectState.FAILED],
            AssignmentState.SUBMITTED,
            batch_id,
        ),
        ended=session.get_one(BatchRow, batch_id).closed_at is not None,
        over_hits=_over_hits(session, batch_id, now) if now and effects[EffectState.IN_DOUBT] else 0,
    )


def _over_hits(session: Session, batch_id: int, now: datetime) -> int:
    """Open HITs with an Effect in doubt for which even who had accepted has no time left."""
    allotted = timedelta(seconds=view(session.get_one(BatchRow, batch_id)).project.time_allotted_s)
    in_doubt = select(EffectRow.hit_row).where(
        col(EffectRow.batch_id) == batch_id, col(EffectRow.state) == EffectState.IN_DOUBT
    )
    rows = select(func.count()).where(
        col(HITRow.batch_id) == batch_id,
        col(HITRow.state) == HITState.OPEN,
        col(HITRow.expires_at) < now - allotted,
        col(HITRow.id).in_(in_doubt),
    )
    return session.exec(rows).one()


def _stuck(session: Session, table: Any, link: Any, ends: list[EffectState], state: StrEnum, batch_id: int) -> int:
    """Rows in a state that an Effect was to end, and did not."""
    of_effect = select(link).where(col(EffectRow.batch_id) == batch_id, col(EffectRow.state).in_(ends))
    rows = select(func.count()).where(
        col(table.batch_id) == batch_id, col(table.state) == state, col(table.id).in_(of_effect)
    )
    return session.exec(rows).one()


def _count(session: Session, column: Any, batch_id: int) -> int:
    return session.exec(select(func.count()).where(col(column) == batch_id)).one()


def _count_by(session: Session, state: Any, batch: Any, batch_id: int) -> Counter[str]:
    rows = select(col(state), func.count()).where(col(batch) == batch_id).group_by(col(state))
    return Counter(dict(session.exec(rows).all()))


@dataclass(frozen=True)
class Held:
    """An Assignment that waits for a person; silence lets the marketplace approve it."""

    assignment_id: str
    worker: str
    reason: str
    auto_approval_at: datetime


def held(session: Session, batch_id: int) -> list[Held]:
    """The Assignments that wait for a person, the most urgent first."""
    rows = (
        select(AssignmentRow.assignment_id, WorkerRow.name, AssignmentRow.reason, AssignmentRow.auto_approval_at)
        .where(
            col(AssignmentRow.batch_id) == batch_id,
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.state) == AssignmentState.HELD,
        )
        .order_by(col(AssignmentRow.auto_approval_at), col(AssignmentRow.id))
    )
    return [Held(*row) for row in session.exec(rows)]


@dataclass(frozen=True)
class Vote:
    """One Answer as aggregation counts it."""

    item: int
    worker: int
    label: str


def votes(session: Session, batch_id: int) -> list[Vote]:
    """All Answers of a Batch, in the order of submission; those of refused Assignments are not used."""
    rows = (
        select(AnswerRow.item_id, AnswerRow.worker_row, AnswerRow.label)
        .where(
            col(AnswerRow.assignment_row) == col(AssignmentRow.id),
            col(AssignmentRow.batch_id) == batch_id,
            col(AssignmentRow.state) != AssignmentState.REJECTED,
        )
        .order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id), col(AnswerRow.item_id))
    )
    return [Vote(*row) for row in session.exec(rows)]


def gold_items(session: Session, batch_id: int) -> dict[int, tuple[str, ...]]:
    """Item row -> accepted labels, of the gold Items of a Batch."""
    rows = select(ItemRow.id, ItemRow.accepted).where(
        col(ItemRow.batch_id) == batch_id, func.json_array_length(ItemRow.accepted) > 0
    )
    return {item: tuple(accepted) for item, accepted in session.exec(rows) if item is not None}


def gold_outcomes(session: Session, batch_id: int, kind: AnswerKind = AnswerKind.CHOICE) -> dict[int, list[bool]]:
    """Worker row -> right or wrong, oldest first, of the first Answer to each gold Item.

    A gold Item of a submitted page that was left without an Answer counts as wrong: else nobody would be judged who
    leaves everything out.
    """
    accepted = gold_items(session, batch_id)
    answer = (col(AnswerRow.assignment_row) == col(AssignmentRow.id)) & (
        col(AnswerRow.item_id) == col(HITItemRow.item_id)
    )
    rows = (
        select(AssignmentRow.worker_row, HITItemRow.item_id, AnswerRow.label)
        .join(HITItemRow, col(HITItemRow.hit_id) == col(AssignmentRow.hit_row))
        .join(ItemRow, col(ItemRow.id) == col(HITItemRow.item_id))
        .join(AnswerRow, answer, isouter=True)
        .where(col(AssignmentRow.batch_id) == batch_id, func.json_array_length(ItemRow.accepted) > 0)
        .order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id), col(HITItemRow.item_id))
    )
    outcomes: dict[int, list[bool]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for worker, item, label in session.exec(rows):
        if (worker, item) not in seen:
            seen.add((worker, item))
            outcomes[worker].append(label is not None and agrees(kind, label, accepted[item]))
    return dict(outcomes)


def worker_names(session: Session) -> dict[int, str]:
    """Worker row -> the name that reports show."""
    return {row: name for row, name in session.exec(select(WorkerRow.id, WorkerRow.name)) if row is not None}
