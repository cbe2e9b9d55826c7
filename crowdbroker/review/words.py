"""How money, shares, durations and moments are written for a person."""

from __future__ import annotations

from datetime import UTC, datetime

from crowdbroker.domain.money import dollars

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def money(cents: int) -> str:
    """Cents as `$1,234.56`."""
    return dollars(cents)


def percent(share: float | None, digits: int = 0) -> str:
    """A share as `87%`; a dash where there is none. What is not all is never rounded to all, nor some to none."""
    if share is None:
        return "\N{EN DASH}"
    text = f"{share * 100:.{digits}f}"
    if share < 1 and float(text) == 100:
        return f"over {100 - 10**-digits:.{digits}f}%"
    if share > 0 and float(text) == 0:
        return f"under {10**-digits:.{digits}f}%"
    return f"{text}%"


def count(number: int) -> str:
    """A whole number as `12,345`."""
    return f"{number:,}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `1 hour 30 minutes`."""
    left = max(int(seconds), 0)
    for place, (unit, size) in enumerate(_UNITS):
        whole, rest = divmod(left, size)
        if not whole:
            continue
        words = _plural(whole, unit)
        if place + 1 < len(_UNITS):
            smaller, its_size = _UNITS[place + 1]
            more = rest // its_size
            words += f" {_plural(more, smaller)}" if more else ""
        return words
    return "0 seconds"


def relative(moment: datetime, now: datetime) -> str:
    """How far a moment is from now: `in 1 hour 23 minutes`, `just now`, `2 days ago`."""
    seconds = (moment - now).total_seconds()
    if abs(seconds) < 60:
        return "just now" if seconds <= 0 else "in less than a minute"
    if seconds > 0:
        # People plan by what is to come, so it is told to the minute.
        return f"in {duration(seconds // 60 * 60)}"
    unit, size = next((unit, size) for unit, size in _UNITS if -seconds >= size)
    return f"{_plural(round(-seconds / size), unit)} ago"


def absolute(moment: datetime) -> str:
    """A moment as `2026-11-24 05:38 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _plural(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
