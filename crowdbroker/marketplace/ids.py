"""Identifiers in the shapes that MTurk clients have met: 30 characters from `3`, WorkerIds of 14 from `A`."""

from __future__ import annotations

import random
import threading
from typing import Any

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Ids:
    """A source of identifiers that any number of threads may share.

    Args:
        seed: None draws from the operating system; anything else gives the same identifiers in the same order.
    """

    def __init__(self, seed: str | None = None) -> None:
        self._random = random.SystemRandom() if seed is None else random.Random(seed)
        self._lock = threading.Lock()

    def entity(self) -> str:
        """Return an id for a HIT, a HIT type, an Assignment or a qualification type."""
        return "3" + self._draw(29)

    def person(self) -> str:
        """Return a WorkerId or a requester's id."""
        return "A" + self._draw(13)

    def mark(self) -> object:
        """Return where a seeded source stands."""
        return self._random.getstate()

    def go_on_from(self, mark: Any) -> None:
        """Give from here on what came after a mark."""
        self._random.setstate(mark)

    def _draw(self, length: int) -> str:
        with self._lock:
            return "".join(self._random.choices(ALPHABET, k=length))
