"""One marketplace: a database, a clock, a source of ids, a tariff, and the switches that an operator may throw."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Engine
from sqlmodel import Session

from crowdbroker.marketplace.database import connect, prepare
from crowdbroker.marketplace.fidelity import Fidelity
from crowdbroker.marketplace.ids import Ids
from crowdbroker.marketplace.injected_faults import FaultDraws
from crowdbroker.marketplace.money import MTURK_2026, Tariff
from crowdbroker.marketplace.notifications.transports import Transports
from crowdbroker.marketplace.sealing import Seal
from crowdbroker.marketplace.signing_keys import SigningKeys
from crowdbroker.marketplace.switches import Switches
from crowdbroker.marketplace.throttle import Throttle
from crowdbroker.marketplace.times import epoch_ms


def utc_now() -> datetime:
    """Return the present moment, aware, UTC."""
    return datetime.now(UTC)


class Marketplace:
    """An open marketplace; `open` makes one. Any number of threads and processes may share its database.

    Attributes:
        own_clock: the present moment as it was given, which no switch moves: signatures are dated by it.
        switches: what the operator has set of the clock and of a hosted service's weather.
        seal: seals requesters' secret keys.
        transports: how notifications leave.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        ids: Ids,
        tariff: Tariff,
        fidelity: Fidelity = Fidelity(),  # noqa: B008  frozen
        master_key: str | None = None,
        transports: Transports = Transports(),  # noqa: B008  frozen
    ) -> None:
        self.engine = engine
        self.own_clock = clock
        self.ids = ids
        self.tariff = tariff
        self.transports = transports
        self.switches = Switches(self.read, self.write, clock, fidelity)
        self.seal = Seal(engine.url, master_key)
        self.signing_keys = SigningKeys(self.seal)
        self.throttle = Throttle()
        self.fault_draws = FaultDraws()
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
        fidelity: Fidelity = Fidelity(),  # noqa: B008  frozen
        master_key: str | None = None,
        transports: Transports = Transports(),  # noqa: B008  frozen
    ) -> Self:
        """Return the marketplace of a database, which is made when it is missing.

        Args:
            url: any SQLAlchemy URL; `sqlite:///folder/marketplace.db` makes the folder too.
            clock: the present moment, aware. Expiry, deadlines and automatic approval follow it alone.
            seed: makes the ids reproducible: the n-th opening of a database with this seed draws the same ones.
            tariff: the fees.
            starting_balance_cents: what the default requester has in a new database.
            fidelity: the switches that are in force until an operator throws others.
            master_key: what requesters' secrets are sealed with; None: the key file beside an SQLite database.
            transports: how notifications leave.

        Raises:
            MarketplaceUnusable: the database cannot be opened or is of a newer schema version.
        """
        engine = connect(url)
        now_ms = epoch_ms(clock())
        opened = prepare(engine, now_ms=now_ms, starting_balance_cents=starting_balance_cents)
        ids = Ids(None if seed is None else f"{seed}:{opened}")
        options: dict[str, Any] = {"fidelity": fidelity, "master_key": master_key, "transports": transports}
        return cls(engine, clock=clock, ids=ids, tariff=tariff, **options)

    def close(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()

    @property
    def fidelity(self) -> Fidelity:
        """The switches in force."""
        return self.switches.current()

    def clock(self) -> datetime:
        """Return the present moment, aware, as the marketplace's clock shows it."""
        return self.switches.now()

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
