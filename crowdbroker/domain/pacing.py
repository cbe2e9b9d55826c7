"""How fast an operation may be called: halved when the marketplace throttles it, and slowly raised again (AIMD)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SLOWEST_PER_S = 0.2
GROWTH_PER_S = 0.25
"""Calls a second that a second of work without throttling adds."""

_SLICE_S = 0.5
_ONE_BURST = timedelta(seconds=1)
_LONGEST_GROWTH = timedelta(seconds=5)
_NONSENSE = timedelta(minutes=2)


@dataclass(frozen=True)
class Pace:
    """The rate of one operation, for all processes together.

    Attributes:
        next_at: when the next call that nobody has reserved may go.
        changed_at: when the rate was changed last.
        slowed_at: when it was halved last.
    """

    per_s: float
    next_at: datetime
    changed_at: datetime
    slowed_at: datetime


@dataclass(frozen=True)
class Slice:
    """Calls that one process may make: `calls` of them from `start` on, `per_s` a second."""

    start: datetime
    calls: int
    per_s: float

    def at(self, number: int) -> datetime:
        """When the call of that number, from 0, may go."""
        return self.start + timedelta(seconds=number / self.per_s)


def reserve(pace: Pace, now: datetime) -> tuple[Pace, Slice]:
    """The next slice, and the pace after it; a rate that was not throttled for a while is a little higher."""
    idle = min(max(now - pace.changed_at, timedelta()), _LONGEST_GROWTH)
    per_s = pace.per_s + GROWTH_PER_S * idle.total_seconds()
    # Where the clock was set back, a moment far ahead would stop everything.
    start = now if pace.next_at - now > _NONSENSE else max(pace.next_at, now)
    calls = max(1, int(per_s * _SLICE_S))
    after = replace(pace, per_s=per_s, next_at=start + timedelta(seconds=calls / per_s), changed_at=now)
    return after, Slice(start, calls, per_s)


def slow_down(pace: Pace | None, seen_per_s: float, now: datetime) -> Pace:
    """The pace after the marketplace throttled a call.

    Several processes are throttled by one burst, which counts once.

    Args:
        pace: None where the operation was not limited so far.
        seen_per_s: how fast this process called it just now.
    """
    if pace is None:
        per_s = max(SLOWEST_PER_S, seen_per_s / 2)
        return Pace(per_s, now + timedelta(seconds=1 / per_s), now, now)
    if abs(now - pace.slowed_at) < _ONE_BURST:
        return pace
    per_s = max(SLOWEST_PER_S, pace.per_s / 2)
    return Pace(per_s, now + timedelta(seconds=1 / per_s), now, now)
