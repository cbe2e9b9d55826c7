"""What each Worker did in each Batch, read once for the reports on Workers and on fairness."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.reports.scope import Scope
from crowdbroker.store.tables import AnswerRow, AssignmentRow, EffectRow, HITItemRow, HITRow, WorkerRow

_LONGEST = 3
"""A page that was open for longer than so many times the Worker's median counts as that long: people walk away."""


@dataclass
class Work:
    """The Assignments of one Worker in one Batch, or the sum of several such.

    Attributes:
        states: Assignments by their state.
        seconds, items: of each Assignment, from its acceptance to its submission, and its page's Items, gold included.
        paid_cents: rewards of what is approved.
        due_cents: rewards of what is not decided yet.
        bonus_cents: bonuses that were paid.
        reversed: Assignments that were refused and paid later.
    """

    states: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    paid_cents: int = 0
    due_cents: int = 0
    bonus_cents: int = 0
    answers: int = 0
    reversed: int = 0

    @property
    def assignments(self) -> int:
        """All that were submitted."""
        return sum(self.states.values())

    @property
    def hours(self) -> float:
        """The time that the work took, in hours."""
        usual = median(self.seconds) if self.seconds else 0.0
        return sum(min(one, _LONGEST * usual) for one in self.seconds) / 3600

    @property
    def hourly_cents(self) -> int | None:
        """What an hour pays, rounded down: all that was paid or is due, over the time; None without any time."""
        return int((self.paid_cents + self.due_cents + self.bonus_cents) / self.hours) if self.hours else None

    @property
    def seconds_per_item(self) -> float | None:
        """The median over Assignments."""
        paces = [taken / items for taken, items in zip(self.seconds, self.items, strict=True) if items]
        return round(median(paces), 2) if paces else None


def work_by_worker(session: Session, scope: Scope) -> dict[tuple[int, int], Work]:
    """(Batch row, Worker row) -> what was submitted from `scope.since` on, in the order of the rows."""
    found: dict[tuple[int, int], Work] = defaultdict(Work)
    sizes = _sizes(session, scope)
    for batch, worker, state, began, ended, reward, hit in session.exec(_assignments(scope)):
        one = found[batch, worker]
        one.states[state] += 1
        one.seconds.append((ended - began).total_seconds())
        one.items.append(sizes.get(hit, 0))
        if state == AssignmentState.APPROVED:
            one.paid_cents += reward
        elif state != AssignmentState.REJECTED:
            one.due_cents += reward
    for batch, worker, count in session.exec(_answers(scope)):
        found[batch, worker].answers = count
    for batch, worker, count in session.exec(_reversals(scope)):
        found[batch, worker].reversed = count
    for batch, worker, cents in session.exec(_bonuses(scope)):
        found[batch, worker].bonus_cents = int(cents)
    return {key: found[key] for key in sorted(found)}


def summed(parts: Iterable[Work]) -> Work:
    """The work of one Worker over several Batches."""
    every = Work()
    for one in parts:
        every.states.update(one.states)
        every.seconds += one.seconds
        every.items += one.items
        for name in ("paid_cents", "due_cents", "bonus_cents", "answers", "reversed"):
            setattr(every, name, getattr(every, name) + getattr(one, name))
    return every


def _submitted(scope: Scope) -> list[Any]:
    """What makes an Assignment one of the scope's."""
    asked: list[Any] = [col(AssignmentRow.batch_id).in_(scope.ids)]
    if scope.since_at is not None:
        asked.append(col(AssignmentRow.submitted_at) >= scope.since_at)
    return asked


def _assignments(scope: Scope) -> Any:
    columns: Any = (
        AssignmentRow.batch_id,
        AssignmentRow.worker_row,
        AssignmentRow.state,
        AssignmentRow.accepted_at,
        AssignmentRow.submitted_at,
        HITRow.reward_cents,
        AssignmentRow.hit_row,
    )
    return select(*columns).where(col(AssignmentRow.hit_row) == col(HITRow.id), *_submitted(scope))


def _sizes(session: Session, scope: Scope) -> dict[int, int]:
    rows = (
        select(HITItemRow.hit_id, func.count())
        .where(col(HITItemRow.hit_id) == col(HITRow.id), col(HITRow.batch_id).in_(scope.ids))
        .group_by(col(HITItemRow.hit_id))
    )
    return dict(session.exec(rows).all())


def _answers(scope: Scope) -> Any:
    return (
        select(AssignmentRow.batch_id, AssignmentRow.worker_row, func.count())
        .where(col(AnswerRow.assignment_row) == col(AssignmentRow.id), *_submitted(scope))
        .group_by(col(AssignmentRow.batch_id), col(AssignmentRow.worker_row))
    )


def _reversals(scope: Scope) -> Any:
    """A refusal that the marketplace carried out, on work that is paid now."""
    return (
        select(AssignmentRow.batch_id, AssignmentRow.worker_row, func.count(func.distinct(AssignmentRow.id)))
        .where(
            col(EffectRow.assignment_row) == col(AssignmentRow.id),
            col(EffectRow.kind) == "reject",
            col(EffectRow.state) == EffectState.DONE,
            col(EffectRow.receipt)["status"].as_string() == "Rejected",
            col(AssignmentRow.state) == AssignmentState.APPROVED,
            *_submitted(scope),
        )
        .group_by(col(AssignmentRow.batch_id), col(AssignmentRow.worker_row))
    )


def _bonuses(scope: Scope) -> Any:
    asked: list[Any] = [
        col(EffectRow.batch_id).in_(scope.ids),
        col(EffectRow.kind) == "bonus",
        col(EffectRow.state) == EffectState.DONE,
        col(WorkerRow.worker_id) == col(EffectRow.request)["worker_id"].as_string(),
    ]
    if scope.since_at is not None:
        asked.append(col(EffectRow.ended_at) >= scope.since_at)
    cents: Any = func.sum(col(EffectRow.request)["cents"].as_integer())
    return (
        select(EffectRow.batch_id, WorkerRow.id, cents)
        .where(*asked)
        .group_by(col(EffectRow.batch_id), col(WorkerRow.id))
    )
