"""The figures of a Batch that need a look at all its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from sqlmodel import Session

from crowdbroker.broker.publish import worst_case
from crowdbroker.domain.lifecycle import HITState
from crowdbroker.review.crowd import Crowd, look_at_crowd
from crowdbroker.review.estimate import Estimate
from crowdbroker.review.kept import Kept
from crowdbroker.store.ledger import Account, balances
from crowdbroker.store.reads import BatchView, Progress, progress, view
from crowdbroker.store.review_reads import Certainty, bases, certainty, latest_pace, review_counts
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

_Z = 1.96
_SPENT = (Account.REWARDS, Account.FEES, Account.BONUSES)


@dataclass
class BatchFacts:
    """The figures of one Batch.

    Attributes:
        at: when they were found out.
        reviews: Labels by the decision that holds; the empty text counts those that wait for review.
        right: the share of Labels that are right, if confidences are what they say; None without Labels.
        bases: what the confidences were calibrated on.
        spent_cents: rewards, fees and bonuses that are paid.
        bound_cents: what accepted and open work costs on top of that, if all of it is done and paid.
        planned_cents: what planned HITs cost at most.
        ends_at: when the open work is done, at the pace of the latest submissions; None: nothing says.
    """

    at: datetime
    progress: Progress
    reviews: Counter[str]
    right: Estimate | None
    bases: list[str]
    money: dict[Account, int]
    spent_cents: int
    bound_cents: int
    planned_cents: int
    ends_at: datetime | None

    @property
    def forecast_cents(self) -> int:
        """What the Batch costs in the end, if all work is done and paid."""
        return self.spent_cents + self.bound_cents + self.planned_cents

    @property
    def running(self) -> bool:
        """Whether more comes by itself."""
        return bool(self.progress.hits[HITState.OPEN] or self.progress.waiting_effects)

    @property
    def decided(self) -> int:
        """Labels that a person decided on."""
        return sum(count for kind, count in self.reviews.items() if kind not in ("", "more"))


class Facts:
    """The figures of Batches, each kept fresh in the background once somebody has looked at it.

    Args:
        background: False: made in the request that asks.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], *, background: bool = False) -> None:
        self._store = store
        self._clock = clock
        self._background = background
        self._kept = Kept(self._find_out, background=background)
        self._crowds = Kept(self._look_at_crowd, background=background)
        self._crowd_of: dict[int, tuple[tuple[int, int], Crowd]] = {}
        self._others: dict[str, Kept[Any]] = {}

    def keep(self, name: str, make: Callable[[Any], Any]) -> Kept[Any]:
        """Figures of somebody else's making, by their own keys; the same name gives the same ones."""
        return self._others.setdefault(name, Kept(make, background=self._background))

    def of(self, batch: BatchView) -> BatchFacts:
        """The figures of a Batch, a few seconds old at most while somebody looks."""
        return self._kept.get(batch.id)

    def crowd(self, batch: BatchView) -> Crowd | None:
        """How Workers answer, as a model of them says; None while the first fit is under way."""
        return self._crowds.get_if_there(batch.id)

    def _look_at_crowd(self, batch_id: int) -> Crowd:
        with self._store.read() as session:
            batch = view(session.get_one(BatchRow, batch_id))
        facts = self.of(batch)
        stamp = facts.progress.answers, facts.progress.labels
        known = self._crowd_of.get(batch_id)
        if known is None or known[0] != stamp:
            # A fit takes seconds on a large Batch, and without new Answers it says the same again.
            known = self._crowd_of[batch_id] = stamp, look_at_crowd(self._store, batch)
        return known[1]

    def decided(self, batch_id: int, was: str, becomes: str) -> None:
        """A Label's decision changed: the counts follow at once."""

        def move(facts: BatchFacts) -> None:
            facts.reviews[was] -= 1
            facts.reviews[becomes] += 1

        self._kept.change(batch_id, move)

    def _find_out(self, batch_id: int) -> BatchFacts:
        now = self._clock()
        with self._store.read() as session:
            reached, money = progress(session, batch_id), balances(session, batch_id)
            return BatchFacts(
                at=now,
                progress=reached,
                reviews=review_counts(session, batch_id),
                right=_share_right(certainty(session, batch_id)),
                bases=bases(session, batch_id),
                money=money,
                spent_cents=sum(money[account] for account in _SPENT),
                bound_cents=money[Account.RESERVED] + money[Account.OWED],
                planned_cents=0 if reached.ended else worst_case(session, batch_id).total_cents,
                ends_at=_ends_at(session, batch_id, reached, now),
            )


def _share_right(sums: Certainty) -> Estimate | None:
    if not sums.labels:
        return None
    share, spread = sums.expected / sums.labels, _Z * sqrt(sums.variance) / sums.labels
    return Estimate(share, max(0.0, share - spread), min(1.0, share + spread))


def _ends_at(session: Session, batch_id: int, reached: Progress, now: datetime) -> datetime | None:
    left = reached.places - sum(reached.assignments.values())
    pace = latest_pace(session, batch_id)
    if left <= 0 or not reached.hits[HITState.OPEN] or pace is None or pace[1] >= now:
        return None
    count, since = pace
    return now + timedelta(seconds=left * (now - since).total_seconds() / count)
