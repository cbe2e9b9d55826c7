"""Token buckets: so many calls a second of one operation for one requester, in this process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from crowdbroker.marketplace.fidelity import ALL_OPERATIONS

# More requesters times operations than this are not told apart; the oldest buckets are full by then.
_MOST_BUCKETS = 10_000


class Throttle:
    """Buckets that hold one second's calls, or one call where a second has less."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, datetime]] = {}

    def admits(self, rates: Mapping[str, float], requester_id: str, operation: str, now: datetime) -> bool:
        """Take a token and tell whether there was one.

        Args:
            rates: tokens a second by operation, `*` for the others; an operation without a rate is not limited.
            now: by the clock that no switch moves, so that a frozen marketplace does not starve its callers.
        """
        rate = rates.get(operation, rates.get(ALL_OPERATIONS))
        if rate is None:
            return True
        most = max(rate, 1.0)
        with self._lock:
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.clear()
            tokens, since = self._buckets.get((requester_id, operation), (most, now))
            passed_s = max((now - since).total_seconds(), 0.0)
            tokens = min(most, tokens + passed_s * rate)
            admitted = tokens >= 1.0
            self._buckets[requester_id, operation] = (tokens - admitted, now)
        return admitted
