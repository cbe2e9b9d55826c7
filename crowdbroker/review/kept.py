"""What costs time to find out is kept beside the requests and made anew in the background, so that no page waits.

A page's cost is then the same for a thousand Items and a hundred thousand; the page says how old its figures are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

_YOUNG_S = 5.0
_COSTS = 20
"""A value is made anew after five seconds, or after twenty times what making it takes, whichever is longer."""


@dataclass
class _Entry:
    value: Any
    made_at: float
    cost_s: float
    refreshing: bool = False

    @property
    def old(self) -> bool:
        return time.monotonic() - self.made_at > max(_YOUNG_S, _COSTS * self.cost_s)


class Kept(Generic[Value]):
    """Values by key.

    Args:
        make: finds one out; it is called in a thread of its own.
        background: False: an old value is made anew in the request that asks, so that tests see no age.
    """

    def __init__(self, make: Callable[[Any], Value], *, background: bool = True) -> None:
        self._make = make
        self._background = background
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}
        self._entries: dict[Hashable, _Entry] = {}
        self._first: set[Hashable] = set()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="review-facts")

    def get(self, key: Hashable) -> Value:
        """The value, as old as it may be; the first one of a key is made now."""
        entry = self._entries.get(key)
        if entry is None or not self._background:
            return self._made_once(key)
        if entry.old:
            self._refresh(key, entry)
        value: Value = entry.value
        return value

    def get_if_there(self, key: Hashable) -> Value | None:
        """The value, or None while the first one is being made in the background."""
        if key in self._entries or not self._background:
            return self.get(key)
        with self._lock:
            if key not in self._first:
                self._first.add(key)
                self._submit(self._made_first, key)
        return None

    def change(self, key: Hashable, change: Callable[[Value], None]) -> None:
        """Change a kept value by what was just done, without finding it all out again."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                change(entry.value)

    def _made_once(self, key: Hashable) -> Value:
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        waiting_since = time.monotonic()
        with making:
            entry = self._entries.get(key)
            # Who waited for somebody else's making takes that one.
            if entry is None or entry.made_at < waiting_since:
                began = time.monotonic()
                value = self._make(key)
                entry = self._entries[key] = _Entry(value, time.monotonic(), time.monotonic() - began)
        made: Value = entry.value
        return made

    def _refresh(self, key: Hashable, entry: _Entry) -> None:
        with self._lock:
            if entry.refreshing:
                return
            entry.refreshing = True
        self._submit(self._refreshed, key, entry)

    def _submit(self, work: Callable[..., None], *arguments: Any) -> None:
        self._pool.submit(work, *arguments).add_done_callback(_log_failure)

    def _made_first(self, key: Hashable) -> None:
        try:
            self._made_once(key)
        finally:
            # After a failure the next request tries again.
            self._first.discard(key)

    def _refreshed(self, key: Hashable, entry: _Entry) -> None:
        try:
            self._made_once(key)
        finally:
            # After a failure the old value stays, and the next request tries again.
            entry.refreshing = False


def _log_failure(done: Future[None]) -> None:
    problem = done.exception()
    if problem is not None:
        # Pages go on with what they have; who runs the server must still see why it stays old.
        logging.getLogger(__name__).error("figures could not be renewed", exc_info=problem)
