"""Durations in words, as a settings file writes them."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_WORDS = re.compile(r"\s*(\d+)\s*([smhdw])\s*")


def seconds(words: str | int) -> int:
    """Seconds of "45s", "30m", "1h", "3d", "2w" or "1h 30m"; a whole number counts as seconds.

    Raises:
        ValueError: anything else.
    """
    if isinstance(words, int) and not isinstance(words, bool):
        return words
    parts = list(_WORDS.finditer(words)) if isinstance(words, str) else []
    if not parts or "".join(part.group() for part in parts) != words:
        raise ValueError(f'{words!r} is no duration: write "30m", "1h 30m" or "3d" (s, m, h, d, w)')
    return sum(int(number) * _SECONDS[unit] for number, unit in (part.groups() for part in parts))


def in_words(duration_s: float) -> str:
    """A duration for people, in its two largest units: 5400 becomes "1 h 30 min"."""
    left = round(duration_s)
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"
