"""How money, durations and moments are written for a person."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def money(cents: int) -> str:
    """Return cents as `$1,234.56`."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units, such as `1 hour 30 minutes`."""
    left = max(int(seconds), 0)
    parts: list[str] = []
    for unit, size in _UNITS:
        count, rest = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
            left = rest
        if len(parts) == 2 or (parts and not count):
            break
    return " ".join(parts) or "0 seconds"


def relative(moment: datetime, now: datetime) -> str:
    """Return how far a moment is from now: `in 1 hour 23 minutes`, `just now`, `2 days ago`.

    What is to come is told to the minute, because people plan by it; of the past the largest unit is enough.
    """
    minutes = round((moment - now).total_seconds() / 60)
    if minutes > 0:
        return f"in {duration(minutes * 60)}"
    if minutes == 0:
        return "in less than a minute" if moment > now else "just now"
    unit, size = next((unit, size) for unit, size in _UNITS if -minutes * 60 >= size)
    count = round(-minutes * 60 / size)
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


def absolute(moment: datetime) -> str:
    """Return a moment as `2026-11-24 05:38 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
