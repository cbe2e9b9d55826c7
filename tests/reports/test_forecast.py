from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from factories import START
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.reports.forecast import ENOUGH, Range, moments, paid_of, time_for


def arrivals(count: int, rate_s: float, seed: int) -> list[datetime]:
    chance = random.Random(seed)
    at, found = START, []
    for _ in range(count):
        at += timedelta(seconds=chance.expovariate(1 / rate_s))
        found.append(at)
    return found


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_what_is_paid_lies_between_none_and_all(places: int, approved: int, refused: int) -> None:
    found = paid_of(places, approved, refused)
    assert 0 <= found.low <= found.expected <= found.high <= places


def test_the_more_is_decided_the_surer_is_what_will_be_paid() -> None:
    little, much = paid_of(100, 9, 1), paid_of(100, 900, 100)
    assert much.high - much.low < little.high - little.low
    assert much.expected == pytest.approx(90, abs=1)


def test_the_interval_of_the_end_holds_it_in_about_nine_cases_of_ten() -> None:
    inside = 0
    for seed in range(400):
        times = arrivals(60, 100.0, seed)
        seen, now = times[:40], times[39]
        found = time_for(20, seen, now)
        assert found is not None
        inside += found.low <= (times[59] - now).total_seconds() <= found.high
    assert 0.85 <= inside / 400 <= 0.98


def test_waves_make_the_interval_wider_than_a_steady_flow() -> None:
    steady = [START + timedelta(minutes=n) for n in range(60)]
    waves = [START + timedelta(minutes=(n // 20) * 20, seconds=n % 20) for n in range(60)]
    now = START + timedelta(hours=1)
    calm, rough = time_for(30, steady, now), time_for(30, waves, now)
    assert calm is not None
    assert rough is not None
    assert calm.expected == rough.expected == pytest.approx(1800)
    assert rough.high / rough.low > calm.high / calm.low


@pytest.mark.parametrize("times", [[], [START] * (ENOUGH - 1)])
def test_too_few_submissions_tell_nothing(times: list[datetime]) -> None:
    assert time_for(10, times, START + timedelta(hours=1)) is None


def test_submissions_of_this_very_moment_tell_nothing() -> None:
    assert time_for(10, [START] * 9, START) is None


def test_an_end_beyond_the_calendar_is_its_end() -> None:
    assert moments(START, Range(60, 0, 1e15)) == {
        "expected": "2026-03-02T09:01:00+00:00",
        "low": "2026-03-02T09:00:00+00:00",
        "high": "9999-12-31T23:59:59+00:00",
    }
