"""Opening a marketplace's database: connection settings, tables, schema version and upgrade, the default requester."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlmodel import Session

from crowdbroker.marketplace import (
    admin_tables,
    consent_tables,
    disabled_workers,
    event_tables,
    fidelity_tables,
    inbox_tables,
    layout_tables,
    ledger,
    measured_tables,
    payout_tables,
    qualification_tables,
    review_tables,
    tables,
)
from crowdbroker.marketplace.errors import MarketplaceUnusable
from crowdbroker.marketplace.requester_rows import DEFAULT_NAME, DEFAULT_REQUESTER, insert_requester

SCHEMA = 3
BUSY_TIMEOUT_S = 10

# A table is made when a database is opened, provided that its module has been imported: every module with tables is
# named here, those of the worker site apart, which the site makes.
_TABLES = (
    tables,
    fidelity_tables,
    qualification_tables,
    event_tables,
    review_tables,
    layout_tables,
    payout_tables,
    admin_tables,
    disabled_workers,
    measured_tables,
    inbox_tables,
    consent_tables,
)

# What a database of the version before needs beside the tables that are missing, by the version that it brings.
_UPGRADES: dict[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE requester ADD COLUMN disabled_ms BIGINT",
        "INSERT INTO requester_record (requester_id, approved, rejected) SELECT requester_id,"
        " SUM(CASE WHEN status = 'Approved' THEN 1 ELSE 0 END), SUM(CASE WHEN status = 'Rejected' THEN 1 ELSE 0 END)"
        " FROM assignment GROUP BY requester_id",
    ),
    3: (
        "ALTER TABLE hit ADD COLUMN ended BOOLEAN DEFAULT FALSE NOT NULL",
        "CREATE INDEX request_token_by_age ON request_token (requester_id, used_ms)",
        "ALTER TABLE worker DROP COLUMN masters",
        "ALTER TABLE requester ADD COLUMN webhook_rotations INTEGER DEFAULT 0 NOT NULL",
    ),
}

# The lock that lets one process at a time make or upgrade a PostgreSQL database; any number that nobody else uses.
_PREPARING = 7_214_031


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
        # Errors name their statement's parameters otherwise, and those hold what workers answered.
        return create_engine(where, hide_parameters=True)
    if where.database and where.database != ":memory:":
        _make_folder(Path(where.database).parent)
    engine = create_engine(where, connect_args={"timeout": BUSY_TIMEOUT_S}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def prepare(engine: Engine, *, now_ms: int, starting_balance_cents: int) -> int:
    """Make or upgrade what is missing in the database and return how often it has been opened, this time included.

    Raises:
        MarketplaceUnusable: it cannot be opened, or its schema is another program version's.
    """
    writing = engine.execution_options(writes=True)
    try:
        with writing.begin() as connection:
            _alone(connection)
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


def _alone(connection: Connection) -> None:
    # SQLite's BEGIN IMMEDIATE has let us in alone; PostgreSQL would let two processes make one table.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PREPARING})")


def _refuse_foreign(connection: Connection) -> None:
    names = inspect(connection).get_table_names()
    if names and tables.MetaRow.__tablename__ not in names:
        raise MarketplaceUnusable("The database holds another program's tables; give the marketplace one of its own.")


def _count_opening(session: Session, now_ms: int, starting_balance_cents: int) -> int:
    schema = session.get(tables.MetaRow, "schema")
    if schema is None:
        return _fill(session, now_ms, starting_balance_cents)
    _upgrade(session, schema)
    opened = session.get_one(tables.MetaRow, "opened", with_for_update=True)
    opened.value += 1
    return opened.value


def _upgrade(session: Session, schema: tables.MetaRow) -> None:
    """Bring a database of an older version to this program's, in the transaction that opens it."""
    if schema.value > SCHEMA:
        raise MarketplaceUnusable(
            f"The marketplace database has schema {schema.value} and this program works with schema {SCHEMA}: "
            "use the program version that made it, or another database."
        )
    for version in range(schema.value + 1, SCHEMA + 1):
        for statement in _UPGRADES[version]:
            session.connection().exec_driver_sql(statement)
    schema.value = SCHEMA


def _fill(session: Session, now_ms: int, starting_balance_cents: int) -> int:
    session.add_all([tables.MetaRow(name="schema", value=SCHEMA), tables.MetaRow(name="opened", value=1)])
    ledger.open_accounts(session, ledger.BANK, ledger.FEES)
    insert_requester(session, DEFAULT_REQUESTER, DEFAULT_NAME, at_ms=now_ms, deposit_cents=starting_balance_cents)
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
