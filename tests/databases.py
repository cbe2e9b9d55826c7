"""Databases for the tests: a file of SQLite each, and clones of a PostgreSQL database where a server can be had."""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from crowdbroker.store.store import Store
from crowdbroker.store.tables import Base

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Postgres:
    """A server of one's own, on a socket in a folder of its own."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def new(self) -> str:
        """The URL of a new database with the current schema."""
        name = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE tpl STRATEGY file_copy")
        return self.url(name)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.run(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@functools.cache
def migrated() -> bytes:
    """An empty database of the current schema, as a file's content: migrating anew for every test costs seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        store = Store.open(f"sqlite:///{file}")
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return file.read_bytes()


def new_sqlite(folder: Path | str) -> str:
    """The URL of a new database `store.db` with the current schema."""
    file = Path(folder) / "store.db"
    file.write_bytes(migrated())
    return f"sqlite:///{file}"


def rewrite(engine: sa.Engine, content: bytes) -> None:
    """Give an engine's SQLite file another content."""
    engine.dispose()
    file = Path(str(engine.url.database))
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(content)


def without_waiting_for_the_disk(engine: sa.Engine) -> None:
    """Where no power cut is tried, waiting for the disk would take most of the time."""
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


def truncate(engine: sa.Engine) -> None:
    """Empty the store's tables on PostgreSQL."""
    names = ", ".join(f'"{name}"' for name in Base.metadata.tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


@functools.cache
def postgres() -> Postgres | None:
    """The server of this test run, started when it is first asked for; None where its programs are missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (str(found[-1]) if found else None)
    if initdb is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="cb-pg-", dir="/tmp"))
    process = _start(Path(initdb).parent, folder)
    atexit.register(_stop, process, folder)
    server = Postgres(folder)
    _wait_for(server)
    server.run("CREATE DATABASE tpl")
    Store.open(server.url("tpl")).close()
    server.run("CREATE DATABASE kept TEMPLATE tpl")
    return server


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    drop: list[str | Path] = []
    if os.geteuid() == 0:
        # The server refuses to run as root.
        shutil.chown(folder, "nobody", "nogroup")
        drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    data = folder / "data"
    made: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run([*drop, *made, "--no-sync"], check=True, cwd="/", stdout=subprocess.DEVNULL)
    options: list[str | Path] = ["-k", folder, "-h", "", "-F", "-c", "full_page_writes=off"]
    # A zone that is not UTC shows where a time is stored without one.
    options += ["-c", "timezone=America/St_Johns", "-c", "log_min_messages=fatal"]
    return subprocess.Popen([*drop, programs / "postgres", "-D", data, *options], cwd="/", stderr=subprocess.DEVNULL)


def _wait_for(server: Postgres) -> None:
    for _ in range(100):
        try:
            server.run("SELECT 1")
            return
        except sa.exc.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start within ten seconds")


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)
