"""What the pages on Workers tell: all Workers of a Batch in a line each, and one with all there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.domain.quality import wilson_interval
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.spending import FORGOTTEN
from crowdbroker.reports.work import Work, work_by_worker
from crowdbroker.review.estimate import Estimate
from crowdbroker.store.reads import gold_outcomes, view, worker_names
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, ExclusionRow
from crowdbroker.store.worker_reads import GoldAnswer, Submission

WIDTH, HEIGHT = 600, 120
"""Of the gold timeline, in its own units."""


@dataclass(frozen=True)
class Line:
    """One Worker in the list of a Batch."""

    row: int
    name: str
    work: Work
    right: int
    seen: int
    excluded: bool

    @property
    def accuracy(self) -> Estimate | None:
        """The share of right gold Answers with its interval; None without gold."""
        return accuracy(self.right, self.seen)


def accuracy(right: int, seen: int) -> Estimate | None:
    """A share with Wilson's interval."""
    return Estimate(right / seen, *wilson_interval(right, seen)) if seen else None


def all_lines(store: Store, batch_id: int, now: datetime) -> tuple[datetime, list[Line]]:
    """Every Worker of a Batch; seconds on half a million Answers."""
    with store.read() as session:
        batch = view(session.get_one(BatchRow, batch_id))
        work = work_by_worker(session, Scope(batch.name, [batch], None, now))
        gold = gold_outcomes(session, batch_id, batch.project.kind)
        names, out = worker_names(session), excluded(session, batch_id)
    lines = []
    for (_, row), one in work.items():
        outcomes = gold.get(row, [])
        lines.append(Line(row, names[row] or FORGOTTEN, one, sum(outcomes), len(outcomes), row in out))
    return now, lines


def excluded(session: Session, batch_id: int) -> set[int]:
    """Rows of the Workers who get no more of a Batch."""
    return set(session.exec(select(ExclusionRow.worker_row).where(col(ExclusionRow.batch_id) == batch_id)))


def work_of(done: Sequence[Submission], sizes: Mapping[int, int], bonus_cents: int) -> Work:
    """What the submissions of one Worker come to, as the reports count it."""
    every = Work(bonus_cents=bonus_cents)
    for one in done:
        every.states[one.state] += 1
        every.seconds.append((one.submitted_at - one.accepted_at).total_seconds())
        every.items.append(sizes.get(one.hit_row, 0))
        if one.state == "approved":
            every.paid_cents += one.reward_cents
        elif one.state != "rejected":
            every.due_cents += one.reward_cents
    return every


@dataclass(frozen=True)
class Timeline:
    """A line of the share of right gold Answers so far, in a picture of WIDTH by HEIGHT.

    Attributes:
        share, band: points of the line, and of the area of its 95% interval.
        marks: x, and whether the Answer was right.
        bar_y: where the Project's bar is.
    """

    share: str
    band: str
    marks: list[tuple[float, bool]]
    bar_y: float


def timeline(gold: Sequence[GoldAnswer], bar: float) -> Timeline:
    """The picture of gold Answers in the order in which they came."""
    step = WIDTH / max(len(gold), 1)
    right, shares, lows, highs, marks = 0, [], [], [], []
    for place, one in enumerate(gold):
        right += one.right
        x = (place + 0.5) * step
        low, high = wilson_interval(right, place + 1)
        shares.append((x, right / (place + 1)))
        lows.append((x, low))
        highs.append((x, high))
        marks.append((round(x, 1), one.right))
    return Timeline(_points(shares), _points([*highs, *reversed(lows)]), marks, _y(bar))


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{_y(share)}" for x, share in places)


def _y(share: float) -> float:
    return round(HEIGHT * (1 - share), 1)
