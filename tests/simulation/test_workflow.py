"""Killed right before any moment at which it touches the outside, a Batch comes to the same end."""

from __future__ import annotations

import random
from typing import Any

import pytest

from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.workflow import Walked, crash_pair, walk

SAMPLE = 3
PAIRS = 100
"""Half of them on each database; more on demand, `benchmarks/soak.py pairs`."""
PARTS = 4
"""So that several processes share what is long."""


@pytest.fixture(scope="module")
def clean(scratch: Any) -> Walked:
    return walk(scratch)


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


def test_a_kill_at_some_moments_changes_nothing(scratch: Any, clean: Walked) -> None:
    for number in random.Random(1).sample(range(clean.touches), SAMPLE):
        walked = walk(scratch, (number,))
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_any_moment_changes_nothing(scratch: Any, clean: Walked, part: int) -> None:
    for number in range(part, clean.touches, PARTS):
        walked = walk(scratch, (number,))
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
    scratch: Any, clean: Walked, part: int
) -> None:
    """Every token is forgotten by then; a third of the points, all on demand."""
    for number in clean.effect_points[part :: 3 * PARTS]:
        walked = walk(scratch, (number,), late=True)
        assert walked.kills == 1
        assert walked.violations == (), number


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", WireFault)
def test_a_fault_at_a_call_changes_nothing(scratch: Any, clean: Walked, fault: WireFault) -> None:
    """Every reply is lost once; of the others each call meets an eighth, all by `benchmarks/soak.py faults`."""
    step = 1 if fault is WireFault.REPLY_LOST else 8
    for number in range(list(WireFault).index(fault) % step, clean.calls, step):
        assert same_end(walk(scratch, faults={number: fault}), clean), number


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_two_kills_change_nothing(scratch: Any, clean: Walked, part: int) -> None:
    _two_kills(scratch, clean, range(part, PAIRS // 2, PARTS))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_two_kills_change_nothing_on_postgres(postgres_scratch: Any, clean: Walked, part: int) -> None:
    _two_kills(postgres_scratch, clean, range(PAIRS // 2 + part, PAIRS, PARTS))


def _two_kills(scratch: Any, clean: Walked, seeds: range) -> None:
    for seed in seeds:
        pair, walked = crash_pair(scratch, seed, clean.touches)
        assert walked.kills == 2
        assert same_end(walked, clean), (seed, pair)
