"""A background thread that empties the outbox, and does what the clock alone brings about."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from crowdbroker.marketplace.logs import place_of
from crowdbroker.marketplace.marketplace import Marketplace, utc_now
from crowdbroker.marketplace.notifications import outbox
from crowdbroker.marketplace.notifications.delivery import deliver_due
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.times import epoch_ms

_log = structlog.get_logger(__name__)


class Runner:
    """Delivers events until it is stopped; several processes may each run one on the same database.

    Args:
        every_s: the pause between two looks at an empty outbox.
        clock: what paces retries. It is not the marketplace's: that one may stand still, and networks do not.
    """

    def __init__(self, market: Marketplace, *, every_s: float = 1.0, clock: Callable[[], datetime] = utc_now) -> None:
        self._market = market
        self._every_s = every_s
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End after the message under way, for which it waits until the timeout."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                full = self._round() == outbox.BATCH
            except (OperationalError, IntegrityError, StaleDataError) as error:
                # Another process was faster or the database is busy: nothing is lost, the next round sees it again.
                _log.warning("notifications_postponed", error=type(error).__name__)
                full = False
            except Exception as error:  # noqa: BLE001
                # Each step is a transaction of its own; without this thread nobody would be told of anything again.
                _log.error("notifications_failed", error=type(error).__name__, where=place_of(error))
                full = False
            if not full:
                self._stop.wait(self._every_s)

    def _round(self) -> int:
        # Without this a HIT would expire, and its requester be told, only when the next call comes in.
        catch_up(self._market, self._market.now_ms())
        now_ms, disorder = epoch_ms(self._clock()), self._market.fidelity.disorder
        return deliver_due(self._market, now_ms, disorder, stopping=self._stop.is_set)
