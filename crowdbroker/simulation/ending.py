"""Bringing a simulated Batch to its end, when nothing goes wrong any more, and what must be true then."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from sqlmodel import col, select

from crowdbroker.broker.close import close, resume
from crowdbroker.broker.label import label
from crowdbroker.broker.run import run_round
from crowdbroker.domain.lifecycle import EffectState, HITState
from crowdbroker.simulation.clients import calming, depositing
from crowdbroker.simulation.market_facts import MarketFacts, market_facts
from crowdbroker.simulation.operating import topping_up
from crowdbroker.simulation.world import World
from crowdbroker.store.ledger import Account, balances
from crowdbroker.store.reads import Progress, progress
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITRow, WorkerRow

_WORKING_HOURS = (0.2, 0.2, 1, 25)
_WAITING_HOURS = (0.2, 0.2, 1, 25, 25, 800, 0.2)
"""Hours between rounds, before and after the Batch is closed: for leases, decisions, and automatic approval at last."""


def conclude(world: World) -> None:
    """Let everybody do what is left to do: the crowd works, then the Batch is closed, decided, paid and labelled."""
    calming(world, random.Random())
    depositing(world, random.Random())
    world.run(resume)
    for hours in _WORKING_HOURS:
        world.run(run_round)
        topping_up(world, random.Random())
        for worker_id in (*world.careful, *world.careless):
            world.work(worker_id)
        world.pass_time(hours=hours)
    world.run(close)
    for hours in _WAITING_HOURS:
        if _reached(world).complete and hours > 1:
            break
        world.run(run_round)
        world.pass_time(hours=hours)
    world.operate(lambda: label(world.store, world.batch(), world.clock()))


def open_ends(world: World, *, complete: bool = True) -> list[str]:
    """A sentence for everything that did not come to its end; what waits for a person may be explained by that.

    Args:
        complete: whether nothing but what waits for a person may be left to do.
    """
    reached = _reached(world)
    with world.store.read() as session:
        ours = balances(session)
        effects = session.exec(select(EffectRow)).all()
        hits = {hit.id or 0: hit for hit in session.exec(select(HITRow))}
        rows = select(AssignmentRow.assignment_id, WorkerRow.worker_id).where(
            col(AssignmentRow.worker_row) == col(WorkerRow.id)
        )
        collected = set(session.exec(rows).all())
    with world.marketplace.read() as session:
        facts = market_facts(session)
    found = [] if reached.complete or not complete else [f"The Batch is not complete: {reached}."]
    found += [
        f"Assignment {name} of {who} was submitted and never collected."
        for name, who in sorted(facts.submitted.keys() - collected)
    ]
    return found + list(_money(ours, facts, _doubtful(effects, hits)))


def _reached(world: World) -> Progress:
    with world.store.read() as session:
        return progress(session, world.batch().id, world.clock())


def _doubtful(effects: Sequence[EffectRow], hits: dict[int, HITRow]) -> int:
    """Cents that stay set aside because a person must say whether their Effect happened."""
    cents = 0
    for effect in effects:
        if effect.state != EffectState.IN_DOUBT:
            continue
        if effect.kind in ("bonus", "reverse"):
            cents += effect.request["cents"] + effect.request["fee_cents"]
        hit = hits.get(effect.hit_row or 0)
        if hit is not None and effect.kind == "create_hit" and hit.state == HITState.PLANNED:
            cents += hit.max_assignments * (hit.reward_cents + hit.fee_cents)
        if hit is not None and effect.kind == "extend":
            # Its HIT is kept open until then, with all its places.
            kept = hit.max_assignments if hit.state == HITState.OPEN else 0
            cents += (effect.request["places"] + kept) * (hit.reward_cents + hit.fee_cents)
    return cents


def _money(ours: dict[Account, int], facts: MarketFacts, doubtful_cents: int) -> Iterator[str]:
    pairs = (
        (Account.REWARDS, facts.rewards_cents),
        (Account.BONUSES, facts.bonuses_cents),
        (Account.FEES, facts.fees_cents),
    )
    for account, there in pairs:
        if not ours[account] <= there <= ours[account] + doubtful_cents:
            yield f"In the end {ours[account]} cents of {account} are booked, and the marketplace has {there}."
    waiting = ours[Account.RESERVED] + ours[Account.OWED]
    if not facts.held_cents <= waiting <= facts.held_cents + doubtful_cents:
        yield (
            f"In the end {waiting} cents are set aside; the marketplace holds {facts.held_cents}, and "
            f"{doubtful_cents} are in doubt."
        )
