"""Simulated Batches with faults; more of them by `CROWDBROKER`'s own command, `crowdbroker simulate-faults`."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import pytest

from crowdbroker.simulation import happenings
from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.happenings import KINDS, draw
from crowdbroker.simulation.market_facts import market_facts
from crowdbroker.simulation.soak import Simulated, shortened, simulate, soak
from crowdbroker.simulation.world import World

FEW = range(2)
MANY = range(100, 150)
MANY_ON_POSTGRES = range(150, 200)
PARTS = 2
"""So that several processes share what is long. More seeds on demand, `benchmarks/soak.py batches`."""


def test_nothing_is_violated(scratch: Any) -> None:
    for one in soak(scratch, FEW):
        assert one.violations == (), one.replay


def test_the_same_seed_gives_the_same_batch(scratch: Any) -> None:
    assert simulate(scratch, 0) == simulate(scratch, 0)


def test_some_of_the_happenings_alone_happen_as_they_did(scratch: Any) -> None:
    only = [one.number for one in draw(7)[:20:2]]
    found = simulate(scratch, 7, only)
    assert [one.number for one in found.happened] == only
    assert list(found.happened) == draw(7)[:20:2]


def test_everything_that_may_happen_happens_under_some_seed() -> None:
    assert {one.kind for seed in range(30) for one in draw(seed)} == set(KINDS)


def test_a_batch_lives_for_less_time_than_the_marketplace_keeps_a_hit() -> None:
    for seed in range(200):
        assert Counter(one.kind for one in draw(seed))[happenings.MONTH] <= 2


def test_a_failure_comes_with_the_shortest_replay(scratch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that pays a bonus without its Effect whenever somebody works is found out, and only that is shown."""

    def paying(world: World, _chance: Any) -> None:
        for number, (assignment_id, worker_id) in enumerate(sorted(_submitted(world))):
            pay = functools.partial(world.market.bonus, worker_id, assignment_id, 1, "one too many")
            world.operate(functools.partial(pay, token=f"{number} {world.clock()}"))

    monkeypatch.setitem(KINDS, "label", (1, paying))
    seed = next(seed for seed in range(50) if "label" in [one.kind for one in draw(seed)])
    found = _first_failure(scratch, seed)
    assert "label" in [one.kind for one in found.happened]
    short = shortened(scratch, found)
    assert short.violations
    assert {one.kind for one in short.happened} <= {"publish", "a round of run", "someone works", "label"}
    assert len(short.happened) == 3
    numbers = ",".join(str(one.number) for one in short.happened)
    assert short.replay == f"crowdbroker simulate-faults --seed {found.seed} --only {numbers}"
    assert simulate(scratch, found.seed, [one.number for one in short.happened]) == short


def _submitted(world: World) -> Any:
    with world.marketplace.read() as session:
        return market_facts(session).submitted


def _first_failure(scratch: Any, seed: int) -> Simulated:
    return next(found for one in range(seed, seed + 50) if (found := simulate(scratch, one)).violations)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_is_violated_under_many_seeds(scratch: Any) -> None:
    met: Counter[str] = Counter()
    for one in soak(scratch, MANY):
        assert one.violations == (), one.replay
        met += one.faults
    assert set(met) == set(WireFault)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_violated_on_postgres_and_a_seed_comes_to_the_same(postgres_scratch: Any, part: int) -> None:
    """The same twice; not what SQLite comes to: there `run` takes no turns, and a kill meets another moment."""
    for seed in MANY_ON_POSTGRES[part::PARTS]:
        found = simulate(postgres_scratch, seed)
        assert found.violations == (), found.replay
        if seed < MANY_ON_POSTGRES.start + 10:
            assert found == simulate(postgres_scratch, seed)
