"""What the operator of a simulated Batch may do: the broker's verbs, each with what it needs."""

from __future__ import annotations

import random

from sqlmodel import col, select

from crowdbroker.broker.add_rows import add_rows
from crowdbroker.broker.close import close, pause, resume
from crowdbroker.broker.collect import collect
from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.judge import decide_by_hand, judge
from crowdbroker.broker.label import label
from crowdbroker.broker.publish import publish
from crowdbroker.broker.run import run_round
from crowdbroker.broker.settle import settle
from crowdbroker.broker.top_up import top_up
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.domain.money import to_wire
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.quality import Decision
from crowdbroker.simulation.world import TARIFF, TEMPLATE, World, some_items
from crowdbroker.store.reads import held
from crowdbroker.store.tables import AssignmentRow, ItemRow, WorkerRow

_REASONS = ("Thank you for writing.", "The page froze.")
_MORE_BUDGET_CENTS = 200


def publishing(world: World, _chance: random.Random) -> None:
    """`publish`."""
    world.run(publish)


def collecting(world: World, _chance: random.Random) -> None:
    """`collect`."""
    world.run(collect)


def judging(world: World, _chance: random.Random) -> None:
    """`judge`."""
    world.operate(lambda: judge(world.store, world.batch(), world.clock()))


def settling(world: World, _chance: random.Random) -> None:
    """`settle`."""
    world.run(settle)


def round_of_run(world: World, _chance: random.Random) -> None:
    """One round of `run`."""
    world.run(run_round)


def labelling(world: World, _chance: random.Random) -> None:
    """`label`."""
    world.operate(lambda: label(world.store, world.batch(), world.clock()))


def pausing(world: World, _chance: random.Random) -> None:
    """`pause`."""
    world.run(pause)


def resuming(world: World, _chance: random.Random) -> None:
    """`resume`."""
    world.run(resume)


def closing(world: World, _chance: random.Random) -> None:
    """`close`."""
    world.run(close)


def topping_up(world: World, _chance: random.Random) -> None:
    """`publish --top-up`."""
    if world.operate(lambda: top_up(world.store, world.batch(), TARIFF, world.clock())):
        world.run(publish)


def compensating(world: World, chance: random.Random) -> None:
    """`compensate` for one of few reasons, so that the same payment is often asked for again."""
    who = chance.choice(_decided(world) or world.careful)
    cents, reason = chance.choice([1, 7]), chance.choice(_REASONS)
    world.run(compensate, worker=who, cents=cents, reason=reason, tariff=TARIFF)


def _decided(world: World) -> list[str]:
    """Workers on whose work somebody has decided: others can be paid no bonus."""
    state = col(AssignmentRow.state).in_([AssignmentState.APPROVED, AssignmentState.REJECTED])
    rows = select(WorkerRow.worker_id).where(col(AssignmentRow.worker_row) == col(WorkerRow.id), state)
    with world.store.read() as session:
        return sorted(set(session.exec(rows)))


def deciding(world: World, chance: random.Random) -> None:
    """`judge` of an Assignment that is held, by a person."""
    batch = world.batch()
    with world.store.read() as session:
        waiting = held(session, batch.id)
    if waiting:
        one, decision = chance.choice(waiting), chance.choice([Decision.APPROVE, Decision.REJECT])
        world.operate(
            lambda: decide_by_hand(
                world.store, batch, one.assignment_id, decision, reason="A second look.", now=world.clock()
            )
        )


def adding_rows(world: World, chance: random.Random) -> None:
    """`load` of two more rows, with a larger budget."""
    batch = world.batch()
    with world.store.read() as session:
        gold = session.exec(select(ItemRow.key).where(col(ItemRow.batch_id) == batch.id, col(ItemRow.mixed_in)))
        known = set(gold)
    pool = [item for item in some_items(world.design.gold, "g", gold=True) if item.key in known]
    rows = some_items(2, f"more{chance.randrange(10**6)}-")
    project = batch.project
    if project.gold.per_hit > len(pool):
        return
    plans = plan_hits(
        rows,
        pool,
        items_per_hit=project.items_per_hit,
        gold_per_hit=project.gold.per_hit,
        overlap=project.overlap,
        seed=chance.randrange(10**6),
    )
    more = world.design.project(budget=to_wire(batch.row.cap_cents + _MORE_BUDGET_CENTS))
    world.operate(
        lambda: add_rows(
            world.store,
            more,
            TEMPLATE,
            plans,
            batch=batch,
            mixed_in=frozenset(known),
            tariff=TARIFF,
            now=world.clock(),
        )
    )
