"""Killed right before any moment at which it touches the outside, a Batch comes to the same end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.workflow import Walked, crash_pair, walk, waypoints_of
from crowdbroker.simulation.world import Saved

SAMPLE = 3
PAIRS = 200
"""Half of them on each database; more on demand, `benchmarks/soak.py pairs`."""
PARTS = 4
"""So that several processes share what is long."""


@pytest.fixture(scope="module")
def clean(scratch: Any) -> Walked:
    return walk(scratch)


@pytest.fixture(scope="module")
def waypoints(scratch: Any) -> list[Saved]:
    return waypoints_of(scratch)


def same_end(walked: Walked, clean: Walked) -> bool:
    return not walked.violations and walked.summary == clean.summary


def test_the_workflow_has_every_kind_of_effect(clean: Walked) -> None:
    assert {kind for kind, _ in clean.summary["effects"]} == set(EffectKind)
    assert {state for _, state in clean.summary["effects"]} == {"done"}
    assert clean.summary["assignments"] == ["approved"] * 5
    assert clean.summary["money"] == {
        "deposited": 2000,
        "available": 1962,
        "reserved": 0,
        "owed": 0,
        "rewards": 25,
        "fees": 6,
        "bonuses": 7,
    }
    assert (clean.kills, clean.violations) == (0, ())
    assert clean.touches > 100
    assert 60 <= len(clean.effect_points) < clean.touches


@pytest.mark.parametrize("late", [False, True])
def test_a_walk_from_a_waypoint_is_the_walk_from_the_beginning(
    scratch: Any, clean: Walked, waypoints: list[Saved], late: bool
) -> None:
    number = random.Random(2).randrange(len(waypoints[-4].moments), clean.touches)
    assert walk(scratch, (number,), late=late, waypoints=waypoints) == walk(scratch, (number,), late=late)
    faults = {clean.calls - 3: WireFault.REPLY_LOST}
    assert walk(scratch, faults=faults, waypoints=waypoints) == walk(scratch, faults=faults)


def test_a_kill_at_some_moments_changes_nothing(scratch: Any, clean: Walked) -> None:
    for number in random.Random(1).sample(range(clean.touches), SAMPLE):
        walked = walk(scratch, (number,))
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_any_moment_changes_nothing(scratch: Any, clean: Walked, waypoints: list[Saved], part: int) -> None:
    for number in range(part, clean.touches, PARTS):
        walked = walk(scratch, (number,), waypoints=waypoints)
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_any_effect_point_changes_nothing_on_postgres(
    postgres_scratch: Any, clean: Walked, part: int
) -> None:
    for number in clean.effect_points[part::PARTS]:
        walked = walk(postgres_scratch, (number,))
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_any_effect_point_and_a_start_a_day_later_pays_nobody_twice(
    scratch: Any, clean: Walked, waypoints: list[Saved], part: int
) -> None:
    """Every token is forgotten by then."""
    for number in clean.effect_points[part::PARTS]:
        walked = walk(scratch, (number,), late=True, waypoints=waypoints)
        assert walked.kills == 1
        assert walked.violations == (), number


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", WireFault)
def test_a_fault_at_a_call_changes_nothing(
    scratch: Any, clean: Walked, waypoints: list[Saved], fault: WireFault
) -> None:
    """Every reply is lost once; of the others each call meets a quarter, all by `benchmarks/soak.py faults`."""
    step = 1 if fault is WireFault.REPLY_LOST else 4
    for number in range(list(WireFault).index(fault) % step, clean.calls, step):
        assert same_end(walk(scratch, faults={number: fault}, waypoints=waypoints), clean), number


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_two_kills_change_nothing(scratch: Any, clean: Walked, waypoints: list[Saved], part: int) -> None:
    _two_kills(scratch, clean, range(part, PAIRS // 2, PARTS), waypoints)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_two_kills_change_nothing_on_postgres(postgres_scratch: Any, clean: Walked, part: int) -> None:
    _two_kills(postgres_scratch, clean, range(PAIRS // 2 + part, PAIRS, PARTS))


def _two_kills(scratch: Any, clean: Walked, seeds: range, waypoints: Sequence[Saved] = ()) -> None:
    for seed in seeds:
        pair, walked = crash_pair(scratch, seed, clean.touches, waypoints)
        assert walked.kills == 2
        assert same_end(walked, clean), (seed, pair)
