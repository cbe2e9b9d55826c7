"""How far a worker has come, and how long the work of a group takes people, from stored times alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median

from sqlalchemy import ColumnElement, case, func
from sqlmodel import col, select

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.times import SECOND_MS, epoch_ms
from crowdbroker.marketplace.workers import known

# Of the latest submissions only: a group's pace changes while it runs, and a page must not read all of a large one.
LATEST = 200
FEWEST = 3


@dataclass(frozen=True)
class Progress:
    """How many Assignments a worker has submitted, in periods and by what became of them."""

    today: int
    this_week: int
    approved: int
    waiting: int
    refused: int

    @property
    def submitted(self) -> int:
        """All that was ever submitted."""
        return self.approved + self.waiting + self.refused


@dataclass(frozen=True)
class Pace:
    """How long people take from accepting to submitting.

    Attributes:
        submissions: what it was measured on, at most `LATEST`.
        median_s: at least one second.
    """

    submissions: int
    median_s: float

    def hourly_cents(self, reward_cents: int) -> int:
        """Return what a reward is an hour at this pace, in cents, rounded."""
        return round(reward_cents * 3600 / self.median_s)


def progress(market: Marketplace, worker_id: str, *, now: datetime) -> Progress:
    """Return what the worker has done.

    Args:
        now: aware; the day and the week (from Monday) are those of its own time zone.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    catch_up(market, market.now_ms())
    day_ms, week_ms = (epoch_ms(moment) for moment in _starts(now))
    rows = (
        select(AssignmentRow.status, func.count(), _count_since(day_ms), _count_since(week_ms))
        .where(AssignmentRow.worker_id == worker_id, col(AssignmentRow.status).in_(lifecycle.VISIBLE))
        .group_by(col(AssignmentRow.status))
    )
    with market.read() as session:
        known(session, worker_id)
        found = {status: (count, int(day), int(week)) for status, count, day, week in session.exec(rows).all()}
    by_status = {status: found.get(status, (0, 0, 0))[0] for status in lifecycle.VISIBLE}
    return Progress(
        today=sum(day for _, day, _ in found.values()),
        this_week=sum(week for _, _, week in found.values()),
        approved=by_status[lifecycle.APPROVED],
        waiting=by_status[lifecycle.SUBMITTED],
        refused=by_status[lifecycle.REJECTED],
    )


def done_by_type(market: Marketplace, worker_id: str) -> dict[str, int]:
    """Return how many Assignments of each HIT type the worker has submitted; types without one are left out."""
    rows = (
        select(HitRow.hit_type_id, func.count())
        .join(AssignmentRow, col(AssignmentRow.hit_id) == col(HitRow.id))
        .where(AssignmentRow.worker_id == worker_id, col(AssignmentRow.status).in_(lifecycle.VISIBLE))
        .group_by(col(HitRow.hit_type_id))
    )
    with market.read() as session:
        return dict(session.exec(rows).all())


def paces(market: Marketplace, hit_type_ids: Sequence[str]) -> dict[str, Pace]:
    """Return the pace of each HIT type that has at least `FEWEST` submissions, by all workers."""
    newest_first = func.row_number().over(
        partition_by=col(HitRow.hit_type_id), order_by=col(AssignmentRow.submitted_ms).desc()
    )
    numbered = (
        select(
            col(HitRow.hit_type_id).label("kind"),
            (col(AssignmentRow.submitted_ms) - col(AssignmentRow.accepted_ms)).label("took_ms"),
            newest_first.label("place"),
        )
        .join(AssignmentRow, col(AssignmentRow.hit_id) == col(HitRow.id))
        .where(col(HitRow.hit_type_id).in_(hit_type_ids), col(AssignmentRow.status).in_(lifecycle.VISIBLE))
        .subquery()
    )
    took_by_type: dict[str, list[int]] = {}
    with market.read() as session:
        for kind, took_ms in session.exec(
            select(numbered.c.kind, numbered.c.took_ms).where(numbered.c.place <= LATEST)
        ):
            took_by_type.setdefault(kind, []).append(took_ms)
    return {kind: _pace(took) for kind, took in took_by_type.items() if len(took) >= FEWEST}


def _pace(took_ms: list[int]) -> Pace:
    return Pace(len(took_ms), max(median(took_ms) / SECOND_MS, 1.0))


def _count_since(start_ms: int) -> ColumnElement[int]:
    return func.sum(case((col(AssignmentRow.submitted_ms) >= start_ms, 1), else_=0))


def _starts(now: datetime) -> tuple[datetime, datetime]:
    """Return when the day and the week of `now` began."""
    day = datetime.combine(now.date(), time(), now.tzinfo)
    return day, day - timedelta(days=now.weekday())
