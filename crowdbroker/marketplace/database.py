"""Opening a marketplace's database: connection settings, tables, schema version, the default requester."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlmodel import Session

from crowdbroker.marketplace import ledger, tables
from crowdbroker.marketplace.errors import MarketplaceUnusable
from crowdbroker.marketplace.requesters import DEFAULT_NAME, add_requester

SCHEMA = 1
DEFAULT_REQUESTER = "A0DEFAULTOWNER"
BUSY_TIMEOUT_S = 10


def connect(url: str) -> Engine:
    """Return an engine for any SQLAlchemy URL; nothing is connected yet.

    Raises:
        MarketplaceUnusable: the URL cannot be read, or the folder of an SQLite file cannot be made.
    """
    try:
        where = make_url(url)
    except ArgumentError:
        raise MarketplaceUnusable(f"{url!r} is not a database URL such as sqlite:///marketplace.db.") from None
    if where.get_backend_name() != "sqlite":
        return create_engine(where)
    if where.database and where.database != ":memory:":
        _make_folder(Path(where.database).parent)
    engine = create_engine(where, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def prepare(engine: Engine, *, now_ms: int, starting_balance_cents: int) -> int:
    """Make what is missing in the database and return how often it has been opened, this time included.

    Raises:
        MarketplaceUnusable: it cannot be opened, or its schema is another program version's.
    """
    writing = engine.execution_options(writes=True)
    try:
        with writing.begin() as connection:
            _refuse_foreign(connection)
            tables.Base.metadata.create_all(connection)
            with Session(connection, expire_on_commit=False) as session:
                opened = _count_opening(session, now_ms, starting_balance_cents)
                session.flush()
    except DatabaseError as error:
        engine.dispose()
        raise MarketplaceUnusable(f"The marketplace database cannot be opened: {error.orig}.") from error
    except MarketplaceUnusable:
        engine.dispose()
        raise
    return opened


def _refuse_foreign(connection: Connection) -> None:
    names = inspect(connection).get_table_names()
    if names and tables.MetaRow.__tablename__ not in names:
        raise MarketplaceUnusable("The database holds another program's tables; give the marketplace one of its own.")


def _count_opening(session: Session, now_ms: int, starting_balance_cents: int) -> int:
    schema = session.get(tables.MetaRow, "schema")
    if schema is None:
        return _fill(session, now_ms, starting_balance_cents)
    if schema.value != SCHEMA:
        raise MarketplaceUnusable(
            f"The marketplace database has schema {schema.value} and this program works with schema {SCHEMA}: "
            "use the program version that made it, or another database."
        )
    opened = session.get_one(tables.MetaRow, "opened", with_for_update=True)
    opened.value += 1
    return opened.value


def _fill(session: Session, now_ms: int, starting_balance_cents: int) -> int:
    session.add_all([tables.MetaRow(name="schema", value=SCHEMA), tables.MetaRow(name="opened", value=1)])
    ledger.open_accounts(session, ledger.BANK, ledger.FEES)
    add_requester(session, DEFAULT_REQUESTER, DEFAULT_NAME, at_ms=now_ms, deposit_cents=starting_balance_cents)
    return 1


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MarketplaceUnusable(f"The folder {folder} cannot be made: {error.strerror}.") from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # We say BEGIN ourselves; Python's driver would begin late and never IMMEDIATE.
    connection.isolation_level = None
    # FULL survives a power cut: this database holds what workers are owed.
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection, time.monotonic() + BUSY_TIMEOUT_S)


def _use_wal(connection: sqlite3.Connection, until_s: float) -> None:
    # Two processes that make one database at the same time both want the switch, and SQLite does not let them wait.
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
