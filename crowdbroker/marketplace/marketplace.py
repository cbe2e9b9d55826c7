"""One marketplace: a database, a clock, a source of ids and a tariff."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session

from crowdbroker.marketplace.database import connect, prepare
from crowdbroker.marketplace.ids import Ids
from crowdbroker.marketplace.money import MTURK_2026, Tariff
from crowdbroker.marketplace.times import epoch_ms


def utc_now() -> datetime:
    """Return the present moment, aware, UTC."""
    return datetime.now(UTC)


class Marketplace:
    """An open marketplace; `open` makes one. Any number of threads and processes may share its database."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime], ids: Ids, tariff: Tariff) -> None:
        self.engine = engine
        self.clock = clock
        self.ids = ids
        self.tariff = tariff
        self._writing = engine.execution_options(writes=True)
        # SQLite lets one writer in and has the others poll; threads of one process queue here instead.
        sqlite = engine.dialect.name == "sqlite"
        self._gate: AbstractContextManager[object] = threading.Lock() if sqlite else nullcontext()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        seed: int | None = None,
        tariff: Tariff = MTURK_2026,
        starting_balance_cents: int = 1_000_000,
    ) -> Self:
        """Return the marketplace of a database, which is made when it is missing.

        Args:
            url: any SQLAlchemy URL; `sqlite:///folder/marketplace.db` makes the folder too.
            clock: the present moment, aware. Expiry, deadlines and automatic approval follow it alone.
            seed: makes the ids reproducible: the n-th opening of a database with this seed draws the same ones.
            tariff: the fees.
            starting_balance_cents: what the default requester has in a new database.

        Raises:
            MarketplaceUnusable: the database cannot be opened or is of another schema version.
        """
        engine = connect(url)
        now_ms = epoch_ms(clock())
        opened = prepare(engine, now_ms=now_ms, starting_balance_cents=starting_balance_cents)
        ids = Ids(None if seed is None else f"{seed}:{opened}")
        return cls(engine, clock=clock, ids=ids, tariff=tariff)

    def close(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()

    def now_ms(self) -> int:
        """Return the clock's moment in epoch milliseconds."""
        return epoch_ms(self.clock())

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading: one consistent view, nothing is stored."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are stored together at the end, or not at all when it raises."""
        with self._gate, Session(self._writing, expire_on_commit=False) as session:
            yield session
            session.commit()
