"""Counting what a peer gets wrong, in this process alone: a brake on guessing machines, not a lock."""

from __future__ import annotations

import threading

MOST_TRIES = 20
WINDOW_MS = 15 * 60_000
MOST_PEERS = 10_000


class Tries:
    """Failed tries by peer, each in a window that begins with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_peer: dict[str, tuple[int, int]] = {}

    def are_used_up(self, peer: str, now_ms: int) -> bool:
        """Tell whether a peer has failed `MOST_TRIES` times within its window."""
        with self._lock:
            began_ms, failed = self._by_peer.get(peer, (now_ms, 0))
        return failed >= MOST_TRIES and now_ms - began_ms < WINDOW_MS

    def count(self, peer: str, now_ms: int) -> None:
        """Note a failed try."""
        with self._lock:
            began_ms, failed = self._by_peer.get(peer, (now_ms, 0))
            if now_ms - began_ms >= WINDOW_MS:
                began_ms, failed = now_ms, 0
            if len(self._by_peer) >= MOST_PEERS and peer not in self._by_peer:
                # Bounded memory is worth more than the count of somebody with ten thousand addresses.
                self._by_peer.clear()
            self._by_peer[peer] = (began_ms, failed + 1)
