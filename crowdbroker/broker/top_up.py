"""`publish --top-up`: HITs that ended with too few usable Answers take work again, for the missing ones only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, HITState
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, HITItemRow, HITRow

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
        """Whether the HIT itself may take them; else a sibling with the same Items is published."""
        before = self.hit.max_assignments
        return not before < _TIER <= before + self.added


@dataclass(frozen=True)
class ToppedUp:
    """What a top-up prepared."""

    reopened: int
    siblings: int
    places: int
    cents: int


def deficits(session: Session, batch: BatchView) -> list[Deficit]:
    """Closed HITs with fewer usable Assignments than the Project's overlap; refused work is not usable."""
    submitted, usable = _counts(session, batch.id)
    families: dict[int, list[HITRow]] = {}
    for hit in session.exec(select(HITRow).where(col(HITRow.batch_id) == batch.id).order_by(col(HITRow.position))):
        families.setdefault(hit.sibling_of or hit.id or 0, []).append(hit)
    found = []
    for first, *siblings in families.values():
        if any(hit.state != HITState.CLOSED for hit in (first, *siblings)):
            continue
        missing = batch.project.overlap - sum(usable[hit.id or 0] for hit in (first, *siblings))
        if missing > 0:
            empty = first.max_assignments - submitted[first.id or 0]
            found.append(Deficit(first, missing, empty))
    return found


def _counts(session: Session, batch_id: int) -> tuple[Counter[int], Counter[int]]:
    """HIT row -> submitted Assignments, and those among them that were not refused."""
    refused = col(AssignmentRow.state) == AssignmentState.REJECTED
    rows = (
        select(AssignmentRow.hit_row, func.count(), func.count().filter(~refused))
        .where(col(AssignmentRow.batch_id) == batch_id)
        .group_by(col(AssignmentRow.hit_row))
    )
    submitted: Counter[int] = Counter()
    usable: Counter[int] = Counter()
    for hit, count, good in session.exec(rows):
        submitted[hit], usable[hit] = count, good
    return submitted, usable


def top_up(store: Store, batch: BatchView, tariff: Tariff, now: datetime) -> ToppedUp:
    """Reserve the money for what is missing and write the Effects; `publish` carries them out.

    Extending the HIT itself keeps its promise that nobody answers an Item twice. A sibling HIT, where the fee tier
    forbids that, cannot: a second Answer of a Worker is then paid and not counted.

    Raises:
        InputError: the Batch is closed.
        OverBudget: the missing places pass what the Batch has left.
    """
    with store.write() as session:
        if session.get_one(BatchRow, batch.id).closed_at is not None:
            raise InputError(f"the Batch {batch.name!r} is closed", field="--batch", remedy="Load the rows anew.")
        found = deficits(session, batch)
        extended = [one for one in found if one.extensible]
        siblings = [one for one in found if not one.extensible]
        rounds = _rounds(session, batch.id)
        reservations = [_reservation(batch, one, rounds) for one in extended]
        post(session, reservations, now)
        intend(session, [intent for one in extended for intent in _intents(batch, one, rounds, now)], now)
        _add_siblings(session, batch, siblings, tariff)
        cents = sum(one.missing * (one.hit.reward_cents + one.hit.fee_cents) for one in found)
        return ToppedUp(len(extended), len(siblings), sum(one.missing for one in found), cents)


def _rounds(session: Session, batch_id: int) -> dict[int, int]:
    """HIT row -> earlier Effects on its end of life, which make the next keys new."""
    rows = (
        select(EffectRow.hit_row, func.count())
        .where(col(EffectRow.batch_id) == batch_id, col(EffectRow.kind) == EffectKind.EXPIRE)
        .group_by(col(EffectRow.hit_row))
    )
    return {hit: count for hit, count in session.exec(rows) if hit is not None}


def _round(one: Deficit, rounds: dict[int, int]) -> int:
    return rounds.get(one.hit.id or 0, 0) + 1


def _reservation(batch: BatchView, one: Deficit, rounds: dict[int, int]) -> Transfer:
    cents = one.missing * (one.hit.reward_cents + one.hit.fee_cents)
    key = f"reserve:top_up:{batch.uid}:{one.hit.position}:{_round(one, rounds)}"
    return Transfer(key, batch.id, {Account.AVAILABLE: -cents, Account.RESERVED: cents})


def _intents(batch: BatchView, one: Deficit, rounds: dict[int, int], now: datetime) -> Iterator[Intent]:
    hit, number = one.hit, _round(one, rounds)
    if one.added:
        request = {"hit_id": hit.hit_id, "before": hit.max_assignments, "places": one.added}
        key = f"{EffectKind.EXTEND}:{batch.uid}:{hit.position}:{hit.max_assignments}"
        yield Intent(key, EffectKind.EXTEND, batch.id, request, hit_row=hit.id)
    until = now + timedelta(seconds=batch.project.lifetime_s)
    request = {"hit_id": hit.hit_id, "expire_at": until.isoformat(), "reopen": True}
    key = f"{EffectKind.EXPIRE}:{batch.uid}:{hit.position}:{number}"
    yield Intent(key, EffectKind.EXPIRE, batch.id, request, hit_row=hit.id)


def _add_siblings(session: Session, batch: BatchView, found: Sequence[Deficit], tariff: Tariff) -> None:
    last = session.exec(select(func.max(HITRow.position)).where(col(HITRow.batch_id) == batch.id)).one() or 0
    for offset, one in enumerate(found, start=1):
        sibling = HITRow(
            batch_id=batch.id,
            position=last + offset,
            max_assignments=one.missing,
            reward_cents=one.hit.reward_cents,
            fee_cents=tariff.reward_fee(one.hit.reward_cents, places=one.missing),
            state=HITState.PLANNED,
            sibling_of=one.hit.id,
        )
        session.add(sibling)
        session.flush()
        assert sibling.id is not None
        for item in session.exec(select(HITItemRow).where(col(HITItemRow.hit_id) == one.hit.id)).all():
            session.add(HITItemRow(hit_id=sibling.id, position=item.position, item_id=item.item_id))
