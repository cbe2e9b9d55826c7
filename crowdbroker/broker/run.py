"""`run`: all steps in a loop, until nothing more will happen by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from crowdbroker.broker.collect import Collected, collect
from crowdbroker.broker.finding import Finding
from crowdbroker.broker.hourly import Hourly
from crowdbroker.broker.inbox import Inbox
from crowdbroker.broker.judge import Judged, judge
from crowdbroker.broker.label import Labelled, label
from crowdbroker.broker.publish import publish
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.settle import settle
from crowdbroker.broker.sharing import turn
from crowdbroker.errors import InsufficientFunds, OverBudget, Refused
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.reads import BatchView, Progress, progress
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow


@dataclass(frozen=True)
class Round:
    """What one round of all steps did, and how far the Batch is after it.

    Attributes:
        differences: what a reconciliation found, in the rounds that had one.
        short: why something could not be published or paid for lack of money; all else was done.
    """

    published: RelayReport
    collected: Collected
    judged: Judged
    settled: RelayReport
    progress: Progress
    differences: list[Finding] = field(default_factory=list)
    short: OverBudget | InsufficientFunds | None = None

    @property
    def under_way(self) -> bool:
        """Whether work may still come in, or waits for its verdict."""
        reached = self.progress
        return bool(
            reached.hits["open"] > reached.over_hits or reached.assignments["submitted"] > reached.stuck_assignments
        )


def run_round(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    inbox: Inbox | None = None,
) -> Round:
    """Publish, collect, judge and settle once; each step may be killed and run again.

    Where another process has its turn at the Batch, this one only carries out Effects that are ready.

    Args:
        inbox: what events hint at; None: every HIT is listed in every round.

    Raises:
        OverBudget, InsufficientFunds: the money does not cover what is to be published; all else was done.
    """
    this = _round(store, market, batch, clock, marketplace, inbox)
    if this.short is not None:
        raise this.short
    return this


def _round(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    marketplace: str,
    inbox: Inbox | None,
) -> Round:
    with turn(store, batch.uid, clock) as ours:
        if not ours:
            return _lend_a_hand(store, market, batch, clock)
        # Whoever has worked is judged and paid, also where there is no money for more work.
        published, short = _unless_short(partial(publish, store, market, batch, clock, marketplace=marketplace))
        collected = _collect(store, market, batch, clock, marketplace, inbox)
        judged = judge(store, batch, clock())
        settled, still = _unless_short(partial(settle, store, market, batch, clock, marketplace=marketplace))
    return Round(published, collected, judged, settled, _reached(store, batch, clock()), short=short or still)


def _unless_short(step: Callable[..., RelayReport]) -> tuple[RelayReport, OverBudget | InsufficientFunds | None]:
    """What a step did, and what it lacked the money for."""
    done = 0

    def count(effects: int) -> None:
        nonlocal done
        done = effects

    try:
        return step(progress=count), None
    except (OverBudget, InsufficientFunds) as error:
        return RelayReport(done=done, problem=error.message), error


def _collect(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    marketplace: str,
    inbox: Inbox | None,
) -> Collected:
    if inbox is None:
        return collect(store, market, batch, clock, marketplace=marketplace)
    inbox.ask_for_events(market, batch)
    found = collect(store, market, batch, clock, marketplace=marketplace, only=inbox.hits(batch))
    inbox.done()
    return found


def _lend_a_hand(store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime]) -> Round:
    with store.read() as session:
        begun = session.get_one(BatchRow, batch.id).exclusion_type_id is not None
    # Whose turn it is waits for the qualification type that everything else needs, and makes it itself.
    done = relay(store, market, clock, batch_id=batch.id) if begun else RelayReport()
    return Round(RelayReport(), Collected(), Judged({}, 0, 0), done, _reached(store, batch, clock()))


def _reached(store: Store, batch: BatchView, now: datetime) -> Progress:
    with store.read() as session:
        return progress(session, batch.id, now)


def compared(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    this: Round,
    hourly: Hourly,
    *,
    marketplace: str,
) -> Round:
    """The round with what a reconciliation after it found, where it is time for one."""
    found = hourly.look(store, market, batch, clock, marketplace=marketplace, ending=this.progress.complete)
    return replace(this, differences=found, progress=_reached(store, batch, clock()))


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
    inbox: Inbox | None = None,
) -> Labelled:
    """Go round until nothing more will happen by itself, then label the Batch.

    Args:
        wait: what passes the time between rounds; a simulated crowd works in it.
        tell: is told of every round.
        inbox: what events hint at; None: every HIT is listed in every round.

    Raises:
        Refused: the marketplace refused a call; going on would only repeat it.
        OverBudget, InsufficientFunds: the money does not cover what is left, and no work is under way.
    """
    hourly = Hourly()
    while True:
        this = _round(store, market, batch, clock, marketplace, inbox)
        this = compared(store, market, batch, clock, this, hourly, marketplace=marketplace)
        tell(this)
        _stop_if_refused(this)
        if this.short is not None and not this.under_way:
            raise this.short
        if this.progress.complete:
            return label(store, batch, clock())
        wait()
