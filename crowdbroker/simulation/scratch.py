"""Databases and a client that one simulation after the other begins with, empty each time.

An engine compiles every statement once and a client is built from the service model; both take longer than a whole
simulated Batch, so they are kept.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text

from crowdbroker.errors import SettingsError
from crowdbroker.marketplace import MTURK_2026, Marketplace
from crowdbroker.marketplace.ids import Ids
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.store import Store
from crowdbroker.store.tables import Base

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_RAM_DISK = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
_MARK = "crowdbroker_simulation"
_KEY = "any"


class Scratch:
    """A store and a marketplace to be emptied at will, and the one client that talks to whatever `answer` is.

    Args:
        database_url: a PostgreSQL database for the store that holds nothing; else both are SQLite files on the RAM
            disk, where there is one. No power cut is simulated, so nothing waits for a disk.

    Attributes:
        market: the MTurk API; it waits for nothing between two attempts.

    Raises:
        SettingsError: the database holds something that no simulation has made.
    """

    def __init__(self, database_url: str | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(dir=_RAM_DISK if _RAM_DISK.is_dir() else None))
        self.answer: Callable[..., Any] | None = None
        client = connect(None, access_key=_KEY, secret_key=_KEY, answer=self._answered)
        self.market = MTurk(client, sleep=lambda _seconds: None)
        self._file = None if database_url else self._folder / "store.db"
        if database_url:
            _claim(database_url)
        self._store = Store.open(database_url or f"sqlite:///{self._file}").engine
        self._marketplace = self._new_marketplace()
        files = [engine for engine in (self._store, self._marketplace) if _is_sqlite(engine)]
        self._empty = {engine: _content(engine) for engine in files}
        for engine in files:
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))

    def store(self) -> Store:
        """The store, empty."""
        self._make_empty(self._store)
        return Store(self._store)

    def marketplace(self, clock: ManualClock) -> Marketplace:
        """The marketplace, new; its account holds 10,000.00, and the n-th id that it draws is always the same."""
        self._make_empty(self._marketplace)
        return Marketplace(self._marketplace, clock=clock, ids=Ids("simulation"), tariff=MTURK_2026)

    @property
    def is_files(self) -> bool:
        """Whether both are files, whose content can be kept and put back."""
        return self._file is not None

    def content(self) -> tuple[bytes, bytes]:
        """What store and marketplace hold now; both must be files."""
        return _content(self._store), _content(self._marketplace)

    def put_back(self, content: tuple[bytes, bytes]) -> None:
        """Let store and marketplace hold what they held."""
        for engine, held in zip((self._store, self._marketplace), content, strict=True):
            _rewrite(engine, held)

    def close(self) -> None:
        """Remove everything that was made."""
        if not _is_sqlite(self._store):
            _release(self._store)
        for engine in (self._store, self._marketplace):
            engine.dispose()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answered(self, request: Any, **extra: Any) -> Any:
        assert self.answer is not None
        return self.answer(request, **extra)

    def _new_marketplace(self) -> Engine:
        return Marketplace.open(f"sqlite:///{self._folder}/marketplace.db", clock=ManualClock(START)).engine

    def _make_empty(self, engine: Engine) -> None:
        if engine not in self._empty:
            names = ", ".join(f'"{name}"' for name in Base.metadata.tables)
            with engine.begin() as connection:
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            return
        _rewrite(engine, self._empty[engine])


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _content(engine: Engine) -> bytes:
    """What an engine's SQLite file holds now."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return Path(str(engine.url.database)).read_bytes()


def _rewrite(engine: Engine, content: bytes) -> None:
    engine.dispose()
    file = Path(str(engine.url.database))
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(content)


def _claim(url: str) -> None:
    """Mark an empty database as one whose content may be thrown away."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            names = inspect(connection).get_table_names()
            if names and _MARK not in names:
                raise SettingsError(
                    "the database for the simulation is not empty, and the simulation would empty it",
                    remedy="Give --database a new, empty PostgreSQL database.",
                )
            connection.execute(text(f"CREATE TABLE IF NOT EXISTS {_MARK} (made integer)"))
    finally:
        engine.dispose()


def _release(engine: Engine) -> None:
    """Leave the database as empty as it was."""
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE IF EXISTS alembic_version, {_MARK}"))
