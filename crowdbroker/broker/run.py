"""`run`: all steps in a loop, until nothing more will happen by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crowdbroker.broker.collect import Collected, collect
from crowdbroker.broker.judge import Judged, judge
from crowdbroker.broker.label import Labelled, label
from crowdbroker.broker.publish import publish
from crowdbroker.broker.relay import RelayReport
from crowdbroker.broker.settle import settle
from crowdbroker.errors import Refused
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.reads import BatchView, Progress, progress
from crowdbroker.store.store import Store


@dataclass(frozen=True)
class Round:
    """What one round of all steps did, and how far the Batch is after it."""

    published: RelayReport
    collected: Collected
    judged: Judged
    settled: RelayReport
    progress: Progress


def run_round(
    store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime], *, marketplace: str
) -> Round:
    """Publish, collect, judge and settle once; each step may be killed and run again."""
    published = publish(store, market, batch, clock, marketplace=marketplace)
    collected = collect(store, market, batch, clock, marketplace=marketplace)
    judged = judge(store, batch, clock())
    settled = settle(store, market, batch, clock, marketplace=marketplace)
    with store.read() as session:
        reached = progress(session, batch.id)
    return Round(published, collected, judged, settled, reached)


def _stop_if_refused(this: Round) -> None:
    for report, what in ((this.published, "HITs"), (this.settled, "decisions")):
        if report.failed:
            raise Refused(
                f"the marketplace refused {report.failed} {what}: {report.problem}",
                code="Refused",
                remedy="`crowdbroker status` shows what is left; correct the cause and run again.",
            )


def run(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    wait: Callable[[], None],
    tell: Callable[[Round], None],
) -> Labelled:
    """Go round until nothing more will happen by itself, then label the Batch.

    Args:
        wait: what passes the time between rounds; a simulated crowd works in it.
        tell: is told of every round.

    Raises:
        Refused: the marketplace refused a call; going on would only repeat it.
    """
    while True:
        this = run_round(store, market, batch, clock, marketplace=marketplace)
        tell(this)
        _stop_if_refused(this)
        if this.progress.complete:
            return label(store, batch, clock())
        wait()
