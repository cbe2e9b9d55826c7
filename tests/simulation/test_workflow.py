"""Killed right before any moment at which it touches the outside, a Batch comes to the same end."""

from __future__ import annotations

import random
from typing import Any

import pytest

from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.simulation.workflow import Walked, crash_pair, walk

SAMPLE = 3
PAIRS = 60


@pytest.fixture(scope="module")
def clean(scratch: Any) -> Walked:
    return walk(scratch)


def same_end(walked: Walked, clean: Walked) -> bool:
    return not walked.violations and walked.summary == clean.summary


def test_the_workflow_has_every_kind_of_effect_but_those_that_take_back(clean: Walked) -> None:
    taking_back = {EffectKind.REVERSE, EffectKind.READMIT}
    assert {kind for kind, _ in clean.summary["effects"]} == set(EffectKind) - taking_back
    assert {state for _, state in clean.summary["effects"]} == {"done"}
    assert clean.summary["assignments"] == ["approved"] * 3 + ["rejected"] * 2
    assert clean.summary["money"] == {
        "deposited": 2000,
        "available": 1974,
        "reserved": 0,
        "owed": 0,
        "rewards": 15,
        "fees": 4,
        "bonuses": 7,
    }
    assert (clean.kills, clean.violations) == (0, ())
    assert clean.touches > 100


def test_a_kill_at_some_moments_changes_nothing(scratch: Any, clean: Walked) -> None:
    for number in random.Random(1).sample(range(clean.touches), SAMPLE):
        walked = walk(scratch, (number,))
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_kill_at_any_moment_changes_nothing(scratch: Any, clean: Walked) -> None:
    for number in range(clean.touches):
        walked = walk(scratch, (number,))
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_kill_at_any_moment_changes_nothing_on_postgres(postgres_scratch: Any, clean: Walked) -> None:
    assert same_end(walk(postgres_scratch), clean)
    for number in range(0, clean.touches, 2):
        walked = walk(postgres_scratch, (number,))
        assert walked.kills == 1
        assert same_end(walked, clean), number


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_kill_at_any_moment_and_a_start_a_day_later_pays_nobody_twice(scratch: Any, clean: Walked) -> None:
    """Every token is forgotten by then."""
    for number in range(0, clean.touches, 4):
        walked = walk(scratch, (number,), late=True)
        assert walked.kills == 1
        assert walked.violations == (), number


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_kills_change_nothing(scratch: Any, clean: Walked) -> None:
    for seed in range(PAIRS):
        pair, walked = crash_pair(scratch, seed, clean.touches)
        assert walked.kills == 2
        assert same_end(walked, clean), (seed, pair)
