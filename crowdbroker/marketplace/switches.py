"""The fidelity switches of one database, as every process on it sees them, and the clock that follows them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from crowdbroker.marketplace.fidelity import Fidelity, FidelityRefused
from crowdbroker.marketplace.fidelity_tables import FidelityRow
from crowdbroker.marketplace.times import epoch_ms

# Every look at the clock would be a query otherwise; another process's change is seen this much later at the most.
_FRESH_S = 0.25
_MILLISECOND = timedelta(milliseconds=1)


class Switches:
    """What is in force: the switches that an operator has thrown, else the configured ones.

    Args:
        read, write: make a session of the marketplace's database, as `Marketplace.read` and `Marketplace.write` do.
        clock: the marketplace's own clock, not moved.
        configured: the switches of the configuration.
    """

    def __init__(
        self,
        read: Callable[[], Any],
        write: Callable[[], Any],
        clock: Callable[[], datetime],
        configured: Fidelity,
    ) -> None:
        self._read = read
        self._write = write
        self._clock = clock
        self._configured = configured
        self._known = configured
        self._read_at_s: float | None = None
        self._reading = threading.Lock()

    def current(self) -> Fidelity:
        """Return the switches in force."""
        if self._read_at_s is None:
            with self._reading:
                self._refresh()
        elif time.monotonic() - self._read_at_s > _FRESH_S and self._reading.acquire(blocking=False):
            # The others go on with what is known: nobody who holds a connection waits for a second one.
            try:
                self._refresh()
            finally:
                self._reading.release()
        return self._known

    def now(self) -> datetime:
        """Return the moment that the marketplace's clock shows."""
        return self.current().moved(self._clock())

    def change(self, /, **changes: Any) -> Fidelity:
        """Change some switches, for every process on this database, and return all. Raises FidelityRefused."""
        return self._changed(lambda known: known.changed(changes))

    def reset(self) -> Fidelity:
        """Put the configured switches in force again; the clock follows them too."""
        with self._write() as session:
            row = session.get(FidelityRow, 1)
            if row is not None:
                session.delete(row)
        return self._take(self._configured)

    def freeze(self, at: datetime | None = None) -> Fidelity:
        """Stop the clock at a moment, or where it is."""
        return self._changed(
            lambda known: known.changed(
                {"clock": "frozen", "clock_frozen_ms": epoch_ms(at or known.moved(self._clock()))}
            )
        )

    def advance(self, by: timedelta) -> Fidelity:
        """Move the clock forward. Raises FidelityRefused for a time that goes back."""
        by_ms = by // _MILLISECOND
        if by_ms < 0:
            raise FidelityRefused("The clock goes forward only: deadlines that have passed cannot be undone.")

        def later(known: Fidelity) -> Fidelity:
            name = "clock_offset_ms" if known.clock_frozen_ms is None else "clock_frozen_ms"
            return known.changed({name: getattr(known, name) + by_ms})

        return self._changed(later)

    def unfreeze(self) -> Fidelity:
        """Let the clock go on from where it stands."""

        def going(known: Fidelity) -> Fidelity:
            if known.clock_frozen_ms is None:
                return known
            offset_ms = known.clock_frozen_ms - epoch_ms(self._clock())
            return known.changed({"clock": "real", "clock_frozen_ms": None, "clock_offset_ms": offset_ms})

        return self._changed(going)

    def reset_clock(self) -> Fidelity:
        """Let the clock show the real time again; what has happened meanwhile stays."""
        return self.change(clock="real", clock_frozen_ms=None, clock_offset_ms=0)

    def _changed(self, how: Callable[[Fidelity], Fidelity]) -> Fidelity:
        with self._write() as session:
            fidelity = how(self._stored(session))
            self._store(session, fidelity)
        return self._take(fidelity)

    def _stored(self, session: Session) -> Fidelity:
        row = session.get(FidelityRow, 1)
        return self._configured if row is None else Fidelity.model_validate_json(row.document)

    def _store(self, session: Session, fidelity: Fidelity) -> None:
        session.merge(FidelityRow(id=1, document=fidelity.model_dump_json()))

    def _take(self, fidelity: Fidelity) -> Fidelity:
        with self._reading:
            self._known, self._read_at_s = fidelity, time.monotonic()
        return fidelity

    def _refresh(self) -> None:
        try:
            with self._read() as session:
                self._known = self._stored(session)
        except OperationalError:
            if self._read_at_s is None:
                raise
            # The database is away or busy for a moment; whoever works with it will say so.
        self._read_at_s = time.monotonic()
