"""Additive increase, multiplicative decrease."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import START
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.domain.pacing import SLOWEST_PER_S, Pace, reserve, slow_down

_S = timedelta(seconds=1)


def pace(per_s: float = 10.0) -> Pace:
    return Pace(per_s, START, START, START)


def test_the_first_throttling_halves_what_was_seen() -> None:
    assert slow_down(None, 8, START).per_s == 4
    assert slow_down(None, 0, START).per_s == SLOWEST_PER_S


def test_throttling_halves_and_one_burst_counts_once() -> None:
    once = slow_down(pace(), 100, START + _S)
    assert once.per_s == 5
    assert slow_down(once, 100, START + _S) == once
    assert slow_down(once, 100, START + 2 * _S).per_s == 2.5


def test_it_never_stops_altogether() -> None:
    now, slow = START, pace()
    for _ in range(20):
        now += _S
        slow = slow_down(slow, 1, now)
    assert slow.per_s == SLOWEST_PER_S


def test_slices_follow_each_other_at_the_rate() -> None:
    after, first = reserve(pace(), START)
    _, second = reserve(after, START)
    assert (first.start, first.calls) == (START, 5)
    assert second.start == START + timedelta(seconds=0.5)
    assert first.at(2) == START + timedelta(seconds=0.2)


def test_it_creeps_up_while_nobody_is_throttled() -> None:
    after, _ = reserve(pace(), START + 2 * _S)
    assert after.per_s == 10.5
    assert reserve(pace(), START + timedelta(days=1))[0].per_s == pytest.approx(11.25)


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    _, slice_ = reserve(pace(), START - timedelta(days=1))
    assert slice_.start == START - timedelta(days=1)
    assert slice_.per_s == 10


@given(st.lists(st.tuples(st.sampled_from(["reserve", "slow"]), st.floats(0, 3)), max_size=40))
def test_no_second_has_more_calls_than_the_rate_allows(steps: list[tuple[str, float]]) -> None:
    now, kept, calls = START, pace(), []
    for step, passed in steps:
        now += timedelta(seconds=passed)
        if step == "slow":
            kept = slow_down(kept, 5, now)
        else:
            kept, slice_ = reserve(kept, now)
            calls += [slice_.at(number) for number in range(slice_.calls)]
    fastest = 10 + 0.25 * 3 * len(steps)
    for begin in calls:
        within = sum(begin <= call < begin + _S for call in calls)
        assert within <= fastest + 2
