"""One database: connections, transactions and the schema's version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlmodel import Session

from crowdbroker.errors import StoreError, StoreUnusable
from crowdbroker.store.failures import translated
from crowdbroker.store.migrations import HEAD

BUSY_TIMEOUT_S = 30
IMMEDIATE = {"immediate": True}
_HOLD_BATCHES = text("SELECT id FROM batch WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")


class Store:
    """Transactions on one database of the current schema.

    A step of the broker opens one transaction for one decision; no network call happens inside it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """The database at a SQLAlchemy URL, made or migrated to the current schema where it is older.

        Raises:
            StoreUnusable: it cannot be opened, or a newer crowdbroker made it.
        """
        engine = _engine(url)
        try:
            with translated(engine):
                version = _schema_version(engine)
                if version != HEAD:
                    _migrate(engine, version)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that reads one snapshot; nothing is committed."""
        with translated(self.engine), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self, *batch_ids: int) -> Iterator[Session]:
        """A transaction that commits at its end, or rolls back when an exception leaves it.

        Args:
            batch_ids: Batches that nobody else writes meanwhile. Who reads before they write, or moves a Batch's
                money among other rows, names it: else two on PostgreSQL decide on the same state, or wait for each
                other. On SQLite every transaction that writes is alone anyway.

        Raises:
            StoreBusy: another process held the write lock for longer than the busy timeout.
        """
        writer = self.engine.execution_options(**IMMEDIATE)
        with translated(self.engine), Session(writer, expire_on_commit=False) as session, session.begin():
            if batch_ids and self.engine.dialect.name == "postgresql":
                session.connection().execute(_HOLD_BATCHES, {"ids": sorted(set(batch_ids))})
            yield session


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnusable(
            f"database_url: {error}",
            remedy='Write it like "sqlite:///folder/store.db" or "postgresql+psycopg://host/name".',
        ) from error
    if parsed.database and parsed.database != ":memory:":
        _make_folder(Path(parsed.database).parent)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(
            f"the folder {folder} cannot be made: {error.strerror}",
            remedy="Set data_dir to a folder that you may write.",
        ) from error


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `_sqlite_begin` does.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits at a power cut, and an Effect's intent must not be lost
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that reads before it writes cannot wait for the write lock: it fails at once.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _schema_version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine, version: str | None) -> None:
    # alembic costs half a second to import, so only a database that needs it pays for it.
    from crowdbroker.store.migrations.run import known_versions, upgrade

    if version is not None and version not in known_versions():
        raise StoreUnusable(
            f"the database {engine.url} has schema {version}, which this crowdbroker does not know",
            remedy="A newer crowdbroker made it: upgrade this one.",
        )
    upgrade(engine.execution_options(**IMMEDIATE))
