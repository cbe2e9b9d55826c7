"""How several `run` processes share one database: by turns on PostgreSQL, one alone on SQLite.

Leases only spare work and surprises. What keeps money right is in the store: guarded moves, unique keys and claims.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from crowdbroker.errors import StoreBusy, StoreError
from crowdbroker.store.leases import LASTS, give_back, take, this_process
from crowdbroker.store.process_tables import LeaseRow
from crowdbroker.store.store import Store

_RUN = "run"
_BEATS = 4
"""Renewals in the life of a lease, so that a missed one loses nothing."""

Clock = Callable[[], datetime]


@contextmanager
def sharing(store: Store, clock: Clock) -> Iterator[None]:
    """Take part in the work on a database for as long as the context lasts.

    Raises:
        StoreBusy: it is on SQLite, and another `run` works on it.
    """
    if store.engine.dialect.name != "sqlite":
        # Any number may work on PostgreSQL.
        yield
        return
    with _held(store, _RUN, clock) as other:
        if other is not None:
            raise _busy(other)
        yield


@contextmanager
def turn(store: Store, batch_uid: str, clock: Clock) -> Iterator[bool]:
    """Whether this process is the one that plans, collects and judges a Batch now; the others carry out Effects."""
    if store.engine.dialect.name == "sqlite":
        yield True
        return
    with _held(store, f"round:{batch_uid}", clock) as other:
        yield other is None


@contextmanager
def _held(store: Store, work: str, clock: Clock) -> Iterator[LeaseRow | None]:
    """Hold a lease and renew it in a thread; gives the lease of another process where that one has it."""
    holder = this_process()
    with store.write() as session:
        other = take(session, work, holder, clock())
    if other is not None:
        yield other
        return
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(store, work, holder, clock, done), daemon=True)
    beating.start()
    try:
        yield None
    finally:
        done.set()
        beating.join()
        # The lease ends by itself where the database is gone; what went wrong before is what should be told.
        with suppress(StoreError), store.write() as session:
            give_back(session, work, holder)


def _beat(store: Store, work: str, holder: str, clock: Clock, done: threading.Event) -> None:
    while not done.wait(LASTS.total_seconds() / _BEATS):
        # A database that is busy or gone for a moment is no reason to stop: the next beat tries again.
        with suppress(StoreError), store.write() as session:
            take(session, work, holder, clock())


def _busy(other: LeaseRow) -> StoreBusy:
    host, _, rest = other.holder.partition(":")
    return StoreBusy(
        f"another `crowdbroker run` works on this database: process {rest.partition(':')[0]} on {host}",
        remedy=f"Let it go on, or stop it first; {LASTS.seconds} seconds after its last sign of life it is gone. "
        "Several at once need PostgreSQL (setting database_url).",
    )
