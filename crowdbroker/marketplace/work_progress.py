"""How far a worker has come, and how long the work of a group takes people, from stored times alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, case, func
from sqlmodel import col, select

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.measured_tables import PaceRow, RequesterRecordRow
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.times import SECOND_MS, epoch_ms
from crowdbroker.marketplace.workers import known

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
        submissions: what it was measured on, at most `measured.LATEST`.
        median_s: at least one second.
    """

    submissions: int
    median_s: float

    def hourly_cents(self, reward_cents: int) -> int:
        """Return what a reward is an hour at this pace, in cents, rounded."""
        return round(reward_cents * 3600 / self.median_s)


@dataclass(frozen=True)
class Refusals:
    """How much of the work that a requester has decided on was refused."""

    decided: int
    refused: int

    @property
    def percent(self) -> float:
        """The share that was refused, 0 to 100."""
        return 100 * self.refused / self.decided


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


def paces(market: Marketplace, hit_type_ids: Collection[str]) -> dict[str, Pace]:
    """Return the pace of each HIT type that has at least `FEWEST` submissions, by all workers."""
    wanted = col(PaceRow.hit_type_id).in_(hit_type_ids), PaceRow.submissions >= FEWEST
    rows = select(PaceRow.hit_type_id, PaceRow.submissions, PaceRow.median_ms).where(*wanted)
    with market.read() as session:
        return {kind: Pace(count, max(took_ms / SECOND_MS, 1.0)) for kind, count, took_ms in session.exec(rows)}


def refusals(market: Marketplace, requester_ids: Collection[str]) -> dict[str, Refusals]:
    """Return how often each requester has refused work; who has decided on none yet is left out."""
    row = RequesterRecordRow
    rows = select(row.requester_id, row.approved, row.rejected).where(
        col(row.requester_id).in_(requester_ids), row.approved + row.rejected > 0
    )
    with market.read() as session:
        return {who: Refusals(approved + rejected, rejected) for who, approved, rejected in session.exec(rows)}


def _count_since(start_ms: int) -> ColumnElement[int]:
    return func.sum(case((col(AssignmentRow.submitted_ms) >= start_ms, 1), else_=0))


def _starts(now: datetime) -> tuple[datetime, datetime]:
    """Return when the day and the week of `now` began."""
    day = datetime.combine(now.date(), time(), now.tzinfo)
    return day, day - timedelta(days=now.weekday())
