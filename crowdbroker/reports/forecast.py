"""What is still to come, from what has come: closed forms with 90 % intervals, on numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, sqrt

Z90 = 1.645
"""Standard deviations on either side that hold 90 % of a normal distribution."""
ENOUGH = 5
"""Submissions below which a pace says too little."""
_BINS = 20


@dataclass(frozen=True)
class Range:
    """An expected value and the interval that holds it in nine cases of ten."""

    expected: float
    low: float
    high: float


def paid_of(places: int, approved: int, refused: int) -> Range:
    """How many of so many places will be paid, all of them being filled.

    The share that is paid has a Beta(1 + approved, 1 + refused) posterior, so the count is beta-binomial; its interval
    is by the normal approximation, cut to what is possible.
    """
    a, b = 1 + approved, 1 + refused
    share = a / (a + b)
    spread = Z90 * sqrt(places * share * (1 - share) * (a + b + places) / (a + b + 1))
    expected = places * share
    return Range(expected, max(0.0, expected - spread), min(float(places), expected + spread))


def time_for(places: int, submitted: Sequence[datetime], now: datetime) -> Range | None:
    """The seconds from `now` until so many more are submitted; None where too few came to tell.

    Submissions are taken for a process of one rate: n in a time T make the rate's posterior Gamma(n, T), and the time
    for N more is then T N / n times a ratio of gammas, whose logarithm has the variance 1/N + 1/n to first order.
    People come in waves, so both terms are multiplied by the dispersion of the counts in twenty equal stretches of T,
    where that is above 1 (the quasi-Poisson of McCullagh and Nelder 1989, section 6.2).

    Args:
        places: 1 or more.
        submitted: times of the latest submissions, in any order.
    """
    count = len(submitted)
    if count < ENOUGH:
        return None
    began = min(submitted)
    passed = (now - began).total_seconds()
    if passed <= 0:
        return None
    expected = passed * places / count
    spread = exp(Z90 * sqrt(_dispersion(submitted, began, passed) * (1 / places + 1 / count)))
    return Range(expected, expected / spread, expected * spread)


def _dispersion(submitted: Sequence[datetime], began: datetime, passed: float) -> float:
    counts = [0] * _BINS
    for at in submitted:
        counts[min(int((at - began).total_seconds() / passed * _BINS), _BINS - 1)] += 1
    mean = len(submitted) / _BINS
    variance = sum((one - mean) ** 2 for one in counts) / (_BINS - 1)
    return max(1.0, variance / mean)


def moments(now: datetime, seconds: Range) -> dict[str, str]:
    """A range of seconds from now as moments; what lies beyond the calendar is its end."""
    return {
        name: _later(now, value)
        for name, value in (("expected", seconds.expected), ("low", seconds.low), ("high", seconds.high))
    }


def _later(now: datetime, seconds: float) -> str:
    try:
        return (now + timedelta(seconds=round(seconds))).isoformat()
    except OverflowError:
        return datetime.max.replace(tzinfo=now.tzinfo, microsecond=0).isoformat()
