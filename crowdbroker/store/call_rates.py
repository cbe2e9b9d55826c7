"""The pace of calls at one marketplace, shared by all processes of a database.

An operation that was never throttled has no row and costs nothing but a look every few seconds. One that was is called
in slices that each process reserves in a short transaction, so that all together keep to one rate.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from crowdbroker.domain.pacing import Pace, Slice, reserve, slow_down
from crowdbroker.store.bulk import insert_new
from crowdbroker.store.process_tables import CallRateRow
from crowdbroker.store.store import Store

_LOOK_EVERY = timedelta(seconds=5)
_SECOND = timedelta(seconds=1)


class CallRates:
    """A pace for `MTurk` that lives in the store.

    Args:
        endpoint: the marketplace; rates at another one are others.
        sleep: passes so many seconds.
    """

    def __init__(
        self, store: Store, endpoint: str, clock: Callable[[], datetime], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._store = store
        self._endpoint = endpoint
        self._clock = clock
        self._sleep = sleep
        self._limited: set[str] = set()
        self._looked_at: datetime | None = None
        self._slices: dict[str, tuple[Slice, int]] = {}
        self._calls: dict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=100))

    def before(self, operation: str) -> None:
        """Return when a call of the operation may go."""
        self._look()
        if operation in self._limited:
            wait = (self._next_slot(operation) - self._clock()).total_seconds()
            if wait > 0:
                self._sleep(wait)
        self._calls[operation].append(self._clock())

    def throttled(self, operation: str) -> None:
        """Halve the operation's rate for everybody, and forget what was reserved at the old one."""
        now = self._clock()
        seen = sum(now - called <= _SECOND for called in self._calls[operation])
        with self._store.write() as session:
            row = self._row(session, operation)
            was = _pace(row) if row is not None else None
            _keep(session, self._key(operation), row, slow_down(was, seen, now))
        self._limited.add(operation)
        self._slices.pop(operation, None)

    def _look(self) -> None:
        """See now and then which operations others were throttled on."""
        now = self._clock()
        if self._looked_at is not None and abs(now - self._looked_at) < _LOOK_EVERY:
            return
        self._looked_at = now
        prefix = self._key("")
        with self._store.read() as session:
            keys = session.exec(select(CallRateRow.operation).where(col(CallRateRow.operation).startswith(prefix)))
            self._limited |= {key.removeprefix(prefix) for key in keys}

    def _next_slot(self, operation: str) -> datetime:
        given = self._slices.get(operation)
        if given is None or given[1] >= given[0].calls:
            with self._store.write() as session:
                row = self._row(session, operation)
                assert row is not None
                pace, taken = reserve(_pace(row), self._clock())
                _keep(session, row.operation, row, pace)
            given = taken, 0
        taken, used = given
        self._slices[operation] = taken, used + 1
        return taken.at(used)

    def _row(self, session: Session, operation: str) -> CallRateRow | None:
        rows = select(CallRateRow).where(col(CallRateRow.operation) == self._key(operation))
        return session.exec(rows.with_for_update()).first()

    def _key(self, operation: str) -> str:
        return f"{self._endpoint} {operation}"


def _pace(row: CallRateRow) -> Pace:
    return Pace(row.per_s, row.next_at, row.changed_at, row.slowed_at)


def _keep(session: Session, key: str, row: CallRateRow | None, pace: Pace) -> None:
    values = {
        "per_s": pace.per_s,
        "next_at": pace.next_at,
        "changed_at": pace.changed_at,
        "slowed_at": pace.slowed_at,
    }
    if row is None:
        # Of two processes that are throttled at once for the first time, the first one's rate stands.
        session.connection().execute(insert_new(session, CallRateRow), [{"operation": key, **values}])
        return
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
