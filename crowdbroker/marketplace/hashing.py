"""Password hashes, a few at a time: each takes 64 MiB and a fifth of a second of one core.

Whoever waits for a hash holds one of the server's threads, so the waiters are bounded too: a burst of sign-ins is told
to come back, and everybody else's pages go on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
WAITING = 14


class TooBusy(Exception):
    """As many hashes are under way and waited for as may be."""


class Gate:
    """Lets a few in and has some wait; everybody else is refused at once.

    Args:
        at_once: how many may be inside.
        waiting: how many may wait for a place.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._inside = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside for a moment. Raises TooBusy."""
        if not self._places.acquire(blocking=False):
            raise TooBusy
        try:
            with self._inside:
                yield
        finally:
            self._places.release()
