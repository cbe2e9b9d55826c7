"""Brakes on guessing: failed tries by name and by peer, and few password hashes at a time; in this process alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from crowdbroker.errors import CrowdbrokerError

TRIES_A_NAME = 5
TRIES_A_PEER = 20
WINDOW = timedelta(minutes=15)
_MOST_KEYS = 10_000
_HASHES_AT_ONCE = 2
_HASHES_WAITING = 8


class TooManyTries(CrowdbrokerError):
    """A name or a peer has had its tries; the right password does not help until the window is over."""


class Brakes:
    """Counts tries, each in a window that begins with the first of them, and lets few hash at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: dict[str, tuple[datetime, int]] = {}
        self._inside = threading.BoundedSemaphore(_HASHES_AT_ONCE)
        self._places = threading.BoundedSemaphore(_HASHES_AT_ONCE + _HASHES_WAITING)

    def count(self, name: str, peer: str, now: datetime) -> None:
        """Note a try before its password is looked at, so that tries sent side by side cannot all slip through.

        Raises:
            TooManyTries: the name or the peer has no try left.
        """
        with self._lock:
            if self._used(f"name {name}", now) >= TRIES_A_NAME or self._used(f"peer {peer}", now) >= TRIES_A_PEER:
                raise TooManyTries("Too many failed tries.", remedy="Wait 15 minutes, then try again.")
            self._add(f"name {name}", now)
            self._add(f"peer {peer}", now)

    def forget(self, name: str, peer: str) -> None:
        """The password was right: its tries are no failures."""
        with self._lock:
            self._tries.pop(f"name {name}", None)
            self._tries.pop(f"peer {peer}", None)

    def _used(self, key: str, now: datetime) -> int:
        began, count = self._tries.get(key, (now, 0))
        return count if now - began < WINDOW else 0

    def _add(self, key: str, now: datetime) -> None:
        used = self._used(key, now)
        if len(self._tries) >= _MOST_KEYS and key not in self._tries:
            # Bounded memory is worth more than the counts of somebody with ten thousand addresses.
            self._tries.clear()
        self._tries[key] = (self._tries[key][0] if used else now, used + 1)

    @contextmanager
    def hashing(self) -> Iterator[None]:
        """Be one of the few that hash: each takes 64 MiB, and whoever waits holds one of the server's threads.

        Raises:
            TooManyTries: as many wait as may.
        """
        if not self._places.acquire(blocking=False):
            raise TooManyTries("Many people sign in at this moment.", remedy="Try again in a few seconds.")
        try:
            with self._inside:
                yield
        finally:
            self._places.release()
