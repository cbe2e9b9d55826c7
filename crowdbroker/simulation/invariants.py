"""What must hold after every step, whatever happened: money, places, answers, states, owners.

The broker's books are compared with the marketplace's tables themselves, not with what its API tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlmodel import select

from crowdbroker.broker.doctor.money import accounts_hold_what_the_work_says
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.marketplace.books import check_books
from crowdbroker.simulation.market_facts import MarketFacts, market_facts
from crowdbroker.simulation.world import World
from crowdbroker.store.effects import token_of
from crowdbroker.store.ledger import Account, balances, folded
from crowdbroker.store.tables import AssignmentRow, EffectRow, EntryRow, HITRow, WorkerRow

_SPENT = (Account.REWARDS, Account.FEES, Account.BONUSES)
_STILL_OURS = (Account.AVAILABLE, Account.RESERVED, Account.OWED)


class Watch:
    """Looks at a world after every step and remembers what may never change."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._looked_at = -1
        self._entries: dict[tuple[str, str], int] = {}
        self._assignments: dict[int, tuple[str, str]] = {}
        self._hit_ids: dict[int, str] = {}
        self._ended: dict[str, str] = {}

    def violations(self) -> list[str]:
        """A sentence for everything that does not hold now; empty: all is well."""
        world = self._world
        found = [*world.wrong, *world.wire.wrong]
        if self._looked_at == world.touches.commits:
            return found
        self._looked_at = world.touches.commits
        with world.marketplace.read() as session:
            found += [f"Marketplace: {sentence}" for sentence in check_books(session)]
            facts = market_facts(session)
        with world.store.read() as session:
            ours, proof = balances(session), folded(session)
            found += [one.what for one in accounts_hold_what_the_work_says(session, world.batch(), world.clock())]
            entries = {(row.transfer, row.account): row.cents for row in session.exec(select(EntryRow))}
            effects = session.exec(select(EffectRow)).all()
            hits = session.exec(select(HITRow)).all()
            work = session.exec(
                select(AssignmentRow, WorkerRow.worker_id).where(AssignmentRow.worker_row == WorkerRow.id)
            ).all()
        found += self._books(ours, proof, entries)
        found += _covered(ours, facts)
        found += _paid_once(facts)
        found += _posted(effects, entries)
        found += _owners(effects, facts)
        found += self._final(effects, hits, [row for row, _ in work])
        over = (EffectState.DONE, EffectState.FAILED)
        reversing = {one.assignment_row for one in effects if one.kind == "reverse" and one.state not in over}
        return [*found, *_same_work([(row, name) for row, name in work], reversing, facts)]

    def _books(
        self, ours: dict[Account, int], proof: dict[Account, int], entries: dict[tuple[str, str], int]
    ) -> Iterator[str]:
        if ours != proof:
            yield f"The balances are {_said(ours)} and the Entries come to {_said(proof)}."
        if any(cents < 0 for cents in ours.values()):
            yield f"An account is below zero: {_said(ours)}."
        if sum(ours[one] for one in (*_SPENT, *_STILL_OURS)) != ours[Account.DEPOSITED]:
            yield f"What was deposited is not what is there: {_said(ours)}."
        sums: Counter[str] = Counter()
        for (transfer, _), cents in entries.items():
            sums[transfer] += cents
        yield from (f"The transfer {name} comes to {cents} cents." for name, cents in sums.items() if cents)
        yield from (f"The Entry {key} was changed." for key, was in self._entries.items() if entries.get(key) != was)
        self._entries = entries

    def _final(
        self, effects: Sequence[EffectRow], hits: Sequence[HITRow], work: Sequence[AssignmentRow]
    ) -> Iterator[str]:
        for row in work:
            state, digest = self._assignments.get(row.id or 0, ("", row.answer_sha256))
            if digest != row.answer_sha256:
                yield f"The answer of Assignment {row.assignment_id} was changed."
            if state in (AssignmentState.APPROVED, AssignmentState.REJECTED) and row.state not in (state, "approved"):
                yield f"Assignment {row.assignment_id} was {state} and is {row.state}."
            self._assignments[row.id or 0] = (row.state, row.answer_sha256)
        if len(work) < len(self._assignments):
            yield "An Assignment is gone."
        for hit in hits:
            if hit.hit_id is not None and self._hit_ids.setdefault(hit.id or 0, hit.hit_id) != hit.hit_id:
                yield f"The HIT of row {hit.id} was {self._hit_ids[hit.id or 0]} and is {hit.hit_id}."
        for effect in effects:
            was = self._ended.get(effect.key)
            if was is not None and was != effect.state:
                yield f"The Effect {effect.key} was {was} and is {effect.state}."
            if effect.state in (EffectState.DONE, EffectState.FAILED):
                self._ended[effect.key] = effect.state


def _covered(ours: dict[Account, int], facts: MarketFacts) -> Iterator[str]:
    """The marketplace can never take more than is set aside, and nothing is booked that it has not paid."""
    taken = facts.rewards_cents + facts.fees_cents + facts.bonuses_cents
    covered = sum(ours[one] for one in (*_SPENT, Account.RESERVED, Account.OWED))
    if taken + facts.held_cents > covered:
        yield (
            f"The marketplace took {taken} cents and holds {facts.held_cents}; spent, reserved and owed are "
            f"{covered} here: {_said(ours)}."
        )
    if taken + facts.held_cents > ours[Account.DEPOSITED]:
        yield f"The budget of {ours[Account.DEPOSITED]} cents is passed: {taken} taken, {facts.held_cents} held."
    for account, paid in ((Account.REWARDS, facts.rewards_cents), (Account.BONUSES, facts.bonuses_cents)):
        if ours[account] > paid:
            yield f"{ours[account]} cents of {account} are booked and the marketplace paid {paid}."


def _paid_once(facts: MarketFacts) -> Iterator[str]:
    yield from (f"The bonus {reason!r} was paid {n} times." for reason, n in facts.bonus_marks.items() if n > 1)
    yield from (f"{n} HITs carry {key}." for key, n in facts.hits_by_annotation.items() if n > 1)


def _posted(effects: Sequence[EffectRow], entries: dict[tuple[str, str], int]) -> Iterator[str]:
    """Every payment that is done stands in the books, and every bonus and reversal there has its Effect."""
    transfers = {transfer for transfer, _ in entries}
    done = [effect for effect in effects if effect.state == EffectState.DONE]
    paid = {f"{effect.kind}:{effect.key}" for effect in done if effect.kind in ("bonus", "reverse")}
    for effect in effects:
        if effect.state == EffectState.DONE and effect.kind in ("approve", "reject"):
            if f"decide:{effect.assignment_row}" not in transfers:
                yield f"The Effect {effect.key} is done and not in the books."
        elif effect.kind in ("create_hit", "bonus", "reverse"):
            if f"reserve:{effect.key}" not in transfers:
                yield f"The Effect {effect.key} has no money set aside."
            if (effect.state == EffectState.FAILED) != (f"release:{effect.key}" in transfers):
                yield f"The Effect {effect.key} is {effect.state} and its money was treated otherwise."
    booked = {transfer for transfer in transfers if transfer.startswith(("bonus:", "reverse:"))}
    yield from (f"{one} is done or booked alone." for one in sorted(booked ^ paid))


def _owners(effects: Sequence[EffectRow], facts: MarketFacts) -> Iterator[str]:
    keys = {effect.key for effect in effects}
    yield from (f"A HIT carries {key!r}, which is no Effect's." for key in facts.hits_by_annotation if key not in keys)
    tokens = Counter(token_of(key) for key in keys)
    yield from (f"The token {token} belongs to {n} Effects." for token, n in tokens.items() if n > 1)


def _same_work(work: list[tuple[AssignmentRow, str]], reversing: set[int | None], facts: MarketFacts) -> Iterator[str]:
    """What was collected is what was submitted; what is decided here was decided so there, or is being reversed."""
    for row, worker_id in work:
        there = facts.submitted.get((row.assignment_id, worker_id))
        if there is None:
            yield f"Assignment {row.assignment_id} of {worker_id} was collected and never submitted."
        elif there.answer_sha256 != row.answer_sha256:
            yield f"Assignment {row.assignment_id} was submitted with another answer."
        elif row.state == AssignmentState.REJECTED and row.id in reversing and there.state == AssignmentState.APPROVED:
            continue
        elif row.state in (AssignmentState.APPROVED, AssignmentState.REJECTED) and there.state != row.state:
            yield f"Assignment {row.assignment_id} is {row.state} here and {there.state} at the marketplace."


def _said(ours: dict[Account, int]) -> str:
    return ", ".join(f"{account} {cents}" for account, cents in ours.items())
