"""All checks, over the store first and then against the marketplace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crowdbroker.broker.compare import Compared, compare
from crowdbroker.broker.doctor import decisions, money, places, records, waiting
from crowdbroker.broker.finding import Finding, StoreCheck
from crowdbroker.broker.orphans import orphan_findings, orphans
from crowdbroker.broker.reconcile import reconcile
from crowdbroker.errors import MarketError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store

STORE_CHECKS: tuple[StoreCheck, ...] = (
    waiting.decisions_come_in_time,
    waiting.decisions_are_carried_out,
    waiting.nothing_is_in_doubt,
    money.balances_are_folded,
    money.transfers_sum_to_zero,
    money.budget_is_kept,
    money.accounts_hold_what_the_work_says,
    decisions.work_is_booked_once,
    decisions.effects_are_booked_once,
    decisions.done_decisions_are_states,
    places.places_are_not_overfilled,
    places.nobody_answers_a_hit_twice,
    places.hits_have_their_effects,
    records.raw_answers_are_unchanged,
    records.requests_are_unchanged,
    records.answers_have_their_assignment,
    records.answers_belong_to_their_page,
)


@dataclass
class Examined:
    """What was looked at, and what was found.

    Attributes:
        elsewhere: Batches that another marketplace has, by name; only the store was checked for them.
        compared: what was compared with the marketplace one by one.
    """

    batches: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    compared: Compared = field(default_factory=Compared)

    @property
    def wrong(self) -> list[Finding]:
        """The findings that are more than a note."""
        return [one for one in self.findings if not one.note]


def check_store(store: Store, batch: BatchView, now: datetime) -> list[Finding]:
    """Everything that the store alone can prove, of one Batch, in one snapshot."""
    with store.read() as session:
        return [found for check in STORE_CHECKS for found in check(session, batch, now)]


def examine(
    store: Store,
    market: MTurk | None,
    batches: Sequence[BatchView],
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> Examined:
    """Check Batches, each HIT, Assignment and bonus of them at the marketplace too.

    Args:
        market: None: the store alone is checked.
        marketplace: where the market is; Batches of another one are not compared.
        progress: told how many HITs were compared so far.
    """
    found = Examined([batch.name for batch in batches])
    for batch in batches:
        found.findings += check_store(store, batch, clock())
    if market is not None:
        published = [batch for batch in batches if batch.row.endpoint is not None]
        found.elsewhere = [batch.name for batch in published if batch.row.endpoint != marketplace]
        here = [batch for batch in published if batch.row.endpoint == marketplace]
        try:
            _at_the_marketplace(store, market, here, found, progress)
        except MarketError as error:
            found.findings.append(
                Finding("marketplace", "", marketplace, f"the comparison stopped: {error.message}", error.remedy)
            )
    return found


def _at_the_marketplace(
    store: Store, market: MTurk, here: Sequence[BatchView], found: Examined, progress: Callable[[int], None]
) -> None:
    listed = list(market.list_hits())
    with store.read() as session:
        found.findings += orphan_findings(orphans(session, listed))
    names = frozenset(hit.hit_id for hit in listed)
    for batch in here:
        found.findings += reconcile(store, market, batch, listed)
        found.findings += compare(store, market, batch, names, found.compared, progress)
