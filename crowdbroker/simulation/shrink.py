"""The shortest list that still fails, by leaving out ever smaller parts (Zeller & Hildebrandt 2002, ddmin)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Element = TypeVar("Element")


def shrink(elements: Sequence[Element], fails: Callable[[Sequence[Element]], bool], *, most: int) -> list[Element]:
    """Return a part of `elements`, in their order, that still fails and of which no element can be left out.

    Args:
        elements: a list that fails.
        fails: whether a part of it fails; it must give the same answer each time.
        most: how often it may be asked; the shortest list that was found by then is returned.
    """
    left, parts, asked = list(elements), 2, 0
    while left:
        size = max(1, len(left) // parts)
        for start in range(0, len(left), size):
            shorter = left[:start] + left[start + size :]
            if asked == most:
                return left
            asked += 1
            if fails(shorter):
                left, parts = shorter, max(parts - 1, 2)
                break
        else:
            if size == 1:
                return left
            parts = min(parts * 2, len(left))
    return left
