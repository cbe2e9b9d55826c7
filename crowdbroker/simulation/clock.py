"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import datetime, timedelta


class ManualClock:
    """Aware UTC times for broker, marketplace and crowd alike; it never goes back by itself."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._now += by

    def move_to(self, at: datetime) -> None:
        """Move on to a time; an earlier one changes nothing."""
        self._now = max(self._now, at)
