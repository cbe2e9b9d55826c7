"""Reconciliation as a step of `run`: at its start, every hour, and once more before it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crowdbroker.broker.collect import collect
from crowdbroker.broker.doctor.waiting import decisions_come_in_time
from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.broker.late import lately_ended
from crowdbroker.broker.reconcile import reconcile
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store

EVERY = timedelta(hours=1)


class Hourly:
    """Looks at a Batch now and then; what came late is collected, what differs otherwise is told."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def look(
        self,
        store: Store,
        market: MTurk,
        batch: BatchView,
        clock: Callable[[], datetime],
        *,
        marketplace: str,
        ending: bool,
    ) -> list[Finding]:
        """The differences, and the decisions that silence is about to take; empty where it is not time yet.

        Args:
            ending: whether nothing more will happen by itself, so that this is the last chance to see late work.
        """
        now = clock()
        if self._last is not None and not ending and timedelta() <= now - self._last < EVERY:
            return []
        self._last = now
        found = reconcile(store, market, batch, list(market.list_hits()))
        late = [one.subject for one in found if one.repair is Repair.COLLECT]
        with store.read() as session:
            late += lately_ended(session, batch.id, now)
            urgent = list(decisions_come_in_time(session, batch, now))
        if late:
            collect(store, market, batch, clock, marketplace=marketplace, late=late)
        return [*urgent, *(one for one in found if one.repair is not Repair.COLLECT)]
