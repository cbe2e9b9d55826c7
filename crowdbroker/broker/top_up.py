"""`publish --top-up`: HITs that ended with too few usable Answers take work again, for the missing ones only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.publish import worst_case
from crowdbroker.broker.relay.changes import expiry, expiry_counts
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.domain.money import Tariff, dollars
from crowdbroker.errors import InputError, OverBudget
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.ledger import Account, Transfer, balances, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, HITItemRow, HITRow

_UNFINISHED = (EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT)
_TIER = 10
"""A HIT made with fewer places may not grow to this many (API reference, CreateAdditionalAssignmentsForHIT)."""


@dataclass(frozen=True)
class Deficit:
    """A closed HIT whose Items lack Answers.

    Attributes:
        missing: usable Assignments that lack to the overlap.
        empty: places that expired unused and are open again when the HIT is; the rest must be added.
    """

    hit: HITRow
    missing: int
    empty: int

    @property
    def added(self) -> int:
        """Places to add."""
        return max(0, self.missing - self.empty)

    @property
    def extensible(self) -> bool:
        """Whether the HIT itself may take them; else a sibling with the same Items is published.

        All its empty places open with it, so that it may have no more of them than are missing.
        """
        before = self.hit.max_assignments
        return self.empty <= self.missing and not before < _TIER <= before + self.added

    @property
    def cents(self) -> int:
        """Rewards and fees of what is missing, by the HIT's own price."""
        return self.missing * (self.hit.reward_cents + self.hit.fee_cents)


@dataclass(frozen=True)
class ToppedUp:
    """What a top-up prepared."""

    reopened: int
    siblings: int
    places: int
    cents: int


def deficits(session: Session, batch: BatchView) -> list[Deficit]:
    """Closed HITs with fewer usable Assignments than the Project's overlap.

    Refused work is not usable, nor what a Worker did a second time on a sibling. A HIT whose last top-up is still under
    way lacks nothing yet.
    """
    submitted, usable = _work(session, batch.id)
    changing = _changing(session, batch.id)
    families: dict[int, list[HITRow]] = {}
    for hit in session.exec(select(HITRow).where(col(HITRow.batch_id) == batch.id).order_by(col(HITRow.position))):
        families.setdefault(hit.sibling_of or hit.id or 0, []).append(hit)
    found = []
    for first, *siblings in families.values():
        if first.id in changing or any(hit.state != HITState.CLOSED for hit in (first, *siblings)):
            continue
        workers = set[int]().union(*(usable[hit.id or 0] for hit in (first, *siblings)))
        missing = batch.project.overlap - len(workers)
        if missing > 0:
            empty = first.max_assignments - submitted[first.id or 0]
            found.append(Deficit(first, missing, empty))
    return found


def more_places(session: Session, batch: BatchView, hits: Collection[int], places: int) -> list[Deficit]:
    """The HITs among these that are over and may take so many more Assignments than they had, as deficits."""
    submitted, _ = _work(session, batch.id)
    changing = _changing(session, batch.id)
    rows = select(HITRow).where(col(HITRow.id).in_(hits), col(HITRow.state) == HITState.CLOSED)
    return [
        Deficit(hit, places, hit.max_assignments - submitted[hit.id or 0])
        for hit in session.exec(rows.order_by(col(HITRow.position)))
        if hit.id not in changing
    ]


def _work(session: Session, batch_id: int) -> tuple[Counter[int], dict[int, set[int]]]:
    """HIT row -> submitted Assignments, and the Workers of those among them that were not refused."""
    rows = select(AssignmentRow.hit_row, AssignmentRow.worker_row, AssignmentRow.state).where(
        col(AssignmentRow.batch_id) == batch_id
    )
    submitted: Counter[int] = Counter()
    usable: dict[int, set[int]] = defaultdict(set)
    for hit, worker, state in session.exec(rows):
        submitted[hit] += 1
        if state != AssignmentState.REJECTED:
            usable[hit].add(worker)
    return submitted, usable


def _changing(session: Session, batch_id: int) -> set[int]:
    """HITs on whose places or end of life an Effect is under way."""
    rows = select(EffectRow.hit_row).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind).in_([EffectKind.EXTEND, EffectKind.EXPIRE]),
        col(EffectRow.state).in_(_UNFINISHED),
    )
    return {hit for hit in session.exec(rows) if hit is not None}


def top_up(store: Store, batch: BatchView, tariff: Tariff, now: datetime) -> ToppedUp:
    """Reserve the money for what is missing and write the Effects; `publish` carries them out.

    Extending the HIT itself keeps its promise that nobody answers an Item twice. A sibling HIT, where the fee tier
    forbids that, cannot: a second Answer of a Worker is then paid and not counted.

    Raises:
        InputError: the Batch is closed or paused.
        OverBudget: the missing places, and what is planned already, pass what the Batch has left; nothing is done.
    """
    with store.write(batch.id) as session:
        return ask_for(session, batch, deficits(session, batch), tariff, now)


def ask_for(session: Session, batch: BatchView, found: Sequence[Deficit], tariff: Tariff, now: datetime) -> ToppedUp:
    """Reserve the money for what HITs lack and write the Effects, in the caller's transaction.

    Raises:
        InputError, OverBudget: as `top_up`.
    """
    _refuse_stopped(session, batch)
    extended = [one for one in found if one.extensible]
    siblings = [one for one in found if not one.extensible]
    sibling_cents = _add_siblings(session, batch, siblings, tariff)
    # The siblings' money is reserved when they are published, which must not fail after the others were sent.
    _refuse_over_budget(session, batch, sum(one.cents for one in extended))
    earlier = expiry_counts(session, batch.id)
    post(session, [_reservation(batch, one, earlier) for one in extended], now)
    intend(session, [intent for one in extended for intent in _intents(batch, one, earlier, now)], now)
    cents = sum(one.cents for one in extended) + sibling_cents
    return ToppedUp(len(extended), len(siblings), sum(one.missing for one in found), cents)


def _refuse_stopped(session: Session, batch: BatchView) -> None:
    row = session.get_one(BatchRow, batch.id)
    if row.closed_at is not None:
        raise InputError(f"the Batch {batch.name!r} is closed", field="--batch", remedy="Load the rows as a new Batch.")
    if row.paused_at is not None:
        raise InputError(
            f"the Batch {batch.name!r} is paused", field="--batch", remedy="Offer it again first: crowdbroker resume."
        )


def _refuse_over_budget(session: Session, batch: BatchView, cents: int) -> None:
    needed = cents + worst_case(session, batch.id).total_cents
    available = balances(session, batch.id)[Account.AVAILABLE]
    if needed > available:
        raise OverBudget(
            f"what is missing or planned costs at most {dollars(needed)} and the Batch has {dollars(available)} left",
            needed_cents=needed,
            available_cents=available,
            remedy="Raise `budget` in the Project and load again.",
        )


def _reservation(batch: BatchView, one: Deficit, earlier: dict[int, int]) -> Transfer:
    key = f"reserve:top_up:{batch.uid}:{one.hit.position}:{earlier.get(one.hit.id or 0, 0) + 1}"
    return Transfer(key, batch.id, {Account.AVAILABLE: -one.cents, Account.RESERVED: one.cents})


def _intents(batch: BatchView, one: Deficit, earlier: dict[int, int], now: datetime) -> Iterator[Intent]:
    hit, number = one.hit, earlier.get(one.hit.id or 0, 0)
    if one.added:
        request = {"hit_id": hit.hit_id, "before": hit.max_assignments, "places": one.added}
        # Numbered like the new end of life: one that was refused may be asked for again.
        key = f"{EffectKind.EXTEND}:{batch.uid}:{hit.position}:{number + 1}"
        yield Intent(key, EffectKind.EXTEND, batch.id, request, hit_row=hit.id)
    yield expiry(batch.uid, hit, number, now + timedelta(seconds=batch.project.lifetime_s), reopen=True)


def _add_siblings(session: Session, batch: BatchView, found: Sequence[Deficit], tariff: Tariff) -> int:
    """Plan the siblings and return what they cost at most, in cents."""
    last = session.exec(select(func.max(HITRow.position)).where(col(HITRow.batch_id) == batch.id)).one() or 0
    cents = 0
    for offset, one in enumerate(found, start=1):
        sibling = HITRow(
            batch_id=batch.id,
            position=last + offset,
            max_assignments=one.missing,
            reward_cents=one.hit.reward_cents,
            fee_cents=tariff.reward_fee(one.hit.reward_cents, places=one.missing, masters=batch.project.masters),
            state=HITState.PLANNED,
            sibling_of=one.hit.id,
        )
        session.add(sibling)
        session.flush()
        assert sibling.id is not None
        for item in session.exec(select(HITItemRow).where(col(HITItemRow.hit_id) == one.hit.id)).all():
            session.add(HITItemRow(hit_id=sibling.id, position=item.position, item_id=item.item_id))
        cents += sibling.max_assignments * (sibling.reward_cents + sibling.fee_cents)
    return cents
