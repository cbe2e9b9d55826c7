"""A copy of a marketplace that is in use, and putting one back.

SQLite copies a database while others write to it (its online backup). For PostgreSQL its own pg_dump does that better
than we could. Beside the database a marketplace may have the file of its master key, which opens the requesters'
secret keys: a copy is worth little without it, and whoever has both has the keys. So it goes along, for its owner only.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, make_url

from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.errors import MarketplaceUnusable
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.sealing import KEY_FILE


class BackupRefused(Exception):
    """A copy that cannot be made or put back; one sentence for the operator. Nothing was changed."""


class NoFile(BackupRefused):
    """The marketplace's database is no file: PostgreSQL has tools of its own."""


def backup(engine: Engine, target: Path) -> None:
    """Write a consistent copy of a marketplace's database to a new file, with its master key beside it.

    Raises:
        NoFile: the database is no SQLite file.
        BackupRefused: the target exists, or cannot be written.
    """
    source = database_file(engine.url.render_as_string(hide_password=False))
    taken = next((file for file in (target, _key_of_copy(target)) if file.exists()), None)
    if taken is not None:
        raise BackupRefused(f"{taken} exists already. Choose another name.")
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(_open(source, read_only=True)) as connection:
            _copy(connection, part)
        _copy_key(source.parent / KEY_FILE, _key_of_copy(target))
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{target} cannot be written: {error}.") from error
    finally:
        part.unlink(missing_ok=True)


def check_copy(copy: Path) -> list[str]:
    """Return a sentence for everything that is wrong with a copy; an empty list says that it can be put back.

    The copy itself is not touched: opening a database counts the opening, and may bring it to a newer schema.
    """
    if not copy.is_file():
        return [f"There is no file {copy}."]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / "copy.db"
        try:
            with contextlib.closing(_open(copy, read_only=True)) as source:
                _copy(source, scratch)
            with contextlib.closing(_open(scratch)) as connection:
                found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
        except sqlite3.Error as error:
            return [f"{copy} is no sound SQLite file: {error}."]
        if found != ["ok"]:
            return [f"{copy} is damaged: {found[0]}."]
        return _wrong_books(scratch)


def restore(copy: Path, url: str, *, kept: Path | None = None) -> None:
    """Put a copy in the place of a database that nobody uses; a kill in between leaves the old one.

    Database and key are two files, which no file system replaces in one step: the key is made ready before and renamed
    right after. A kill in just that moment leaves it beside the new database as `marketplace.key.part`.

    Args:
        copy: what `backup` wrote; `check_copy` must have found nothing wrong.
        url: the database's URL; its file may be missing.
        kept: where the database that is replaced goes; needed when there is one.

    Raises:
        NoFile: the database is no SQLite file.
        BackupRefused: somebody uses the database, or a file is in the way or cannot be written.
    """
    target, key = database_file(url), database_file(url).parent / KEY_FILE
    if target.exists() and kept is None:
        raise BackupRefused(f"{target} exists already.")
    if kept is not None and kept.exists():
        # It might be the very copy that is put back.
        raise BackupRefused(f"{kept} exists already.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target) as sink, contextlib.closing(_open(copy, read_only=True)) as source:
            if kept is not None:
                _copy(sink, kept)
                _copy_key(key, _key_of_copy(kept))
            ready = _ready_key(_key_of_copy(copy), key)
            # One transaction of SQLite's: a kill in between rolls back to what was there.
            source.backup(sink)
            if ready is not None:
                ready.replace(key)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{target} cannot be written: {error}.") from error


def database_file(url: str) -> Path:
    """Return the file of an SQLite URL. Raises NoFile for any other database."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite" or not where.database or where.database == ":memory:":
        raise NoFile("This marketplace's database is no SQLite file. For PostgreSQL use pg_dump and pg_restore.")
    return Path(where.database)


def _wrong_books(file: Path) -> list[str]:
    try:
        market = Marketplace.open(f"sqlite:///{file}")
    except MarketplaceUnusable as error:
        return [str(error)]
    try:
        with market.read() as session:
            return check_books(session)
    finally:
        market.close()


def _copy(source: sqlite3.Connection, target: Path) -> None:
    with contextlib.closing(_open(target)) as sink:
        source.backup(sink)
        # One file, readable from a folder that is not writable.
        sink.execute("PRAGMA journal_mode = DELETE")


def _open(file: Path, *, read_only: bool = False) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=10, isolation_level=None)


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that has a database for itself.

    Leaving WAL mode needs every other connection gone, idle ones of a server included.
    """
    connection = sqlite3.connect(file, timeout=0.5, isolation_level=None)
    try:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise BackupRefused(
                f"{file} is in use ({error}). End `marketplace serve` and all that works on it."
            ) from error
        if mode != "delete":
            raise BackupRefused(f"{file} is in use. End `marketplace serve` and all that works on it.")
        yield connection
    finally:
        connection.close()


def _key_of_copy(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.key")


def _copy_key(source: Path, target: Path) -> None:
    ready = _ready_key(source, target)
    if ready is not None:
        ready.replace(target)


def _ready_key(source: Path, target: Path) -> Path | None:
    """Write a key file beside its place, for its owner alone, and return it; None when there is none to copy."""
    if not source.exists():
        return None  # no requester has a key, or the master key is not in a file
    part = target.with_name(f"{target.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
        sink.write(source.read_bytes())
    return part
