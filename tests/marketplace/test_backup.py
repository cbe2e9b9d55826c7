"""A copy of a marketplace in use is whole, and is put back only where nobody works and the books agree."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.backup import BackupRefused, NoFile, backup, check_copy, database_file, restore
from crowdbroker.marketplace.requesters import add_requester, requesters


def funds(file: Path) -> int:
    """What the default requester has in a database file."""
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT sum(balance_cents) FROM account WHERE id LIKE 'available:%'").fetchone()[0]
    connection.close()
    return int(found)


def test_a_copy_made_while_others_write_is_whole(desk: Any, tmp_path: Path) -> None:
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            desk.hit()

    writer = threading.Thread(target=publish)
    writer.start()
    try:
        copies = [tmp_path / f"copies/{number}.db" for number in range(3)]
        for copy in copies:
            backup(desk.market.engine, copy)
    finally:
        stop.set()
        writer.join()
    assert [check_copy(copy) for copy in copies] == [[], [], []]
    assert not list(tmp_path.glob("copies/*.part"))


def test_a_copy_put_back_is_what_was_copied(desk: Any, tmp_path: Path) -> None:
    copy, kept = tmp_path / "copy.db", tmp_path / "before.db"
    url = f"sqlite:///{tmp_path}/market/place.db"
    backup(desk.market.engine, copy)
    desk.hit()
    desk.market.close()
    assert funds(database_file(url)) < funds(copy)
    restore(copy, url, kept=kept)
    assert funds(database_file(url)) == funds(copy)
    assert funds(kept) < funds(copy)
    reopened = Marketplace.open(url)
    with reopened.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    reopened.close()


def test_a_copy_makes_a_database_where_there_is_none(desk: Any, tmp_path: Path) -> None:
    backup(desk.market.engine, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", f"sqlite:///{tmp_path}/elsewhere/market.db")
    assert funds(tmp_path / "elsewhere/market.db") == 1_000_000


def test_a_database_in_use_is_not_replaced(desk: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/market/place.db"
    backup(desk.market.engine, tmp_path / "copy.db")
    hit = desk.hit()
    with pytest.raises(BackupRefused, match="is in use"):
        restore(tmp_path / "copy.db", url, kept=tmp_path / "kept.db")
    assert desk.look(hit)["HITStatus"] == "Assignable"
    assert not (tmp_path / "kept.db").exists()


def test_a_database_is_replaced_only_when_it_is_kept(desk: Any, tmp_path: Path) -> None:
    backup(desk.market.engine, tmp_path / "copy.db")
    desk.market.close()
    with pytest.raises(BackupRefused, match="exists already"):
        restore(tmp_path / "copy.db", f"sqlite:///{tmp_path}/market/place.db")


def test_a_copy_is_not_lost_by_being_named_as_the_place_of_the_old_one(desk: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(desk.market.engine, copy)
    content = copy.read_bytes()
    desk.market.close()
    with pytest.raises(BackupRefused, match="exists already"):
        restore(copy, f"sqlite:///{tmp_path}/market/place.db", kept=copy)
    assert copy.read_bytes() == content


def test_no_copy_overwrites_another_file(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(BackupRefused, match="exists already"):
        backup(desk.market.engine, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_what_is_wrong_with_a_copy_is_said(desk: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert check_copy(copy) == [f"There is no file {copy}."]
    copy.write_bytes(b"no database at all" * 100)
    assert "no sound SQLite file" in check_copy(copy)[0]
    copy.unlink()
    backup(desk.market.engine, copy)
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE account SET balance_cents = balance_cents + 1 WHERE id LIKE 'available:%'")
    connection.commit()
    connection.close()
    assert any("has 1000001 cents, its entries come to 1000000" in sentence for sentence in check_copy(copy))


def test_another_programs_database_is_no_copy(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    assert "another program's tables" in check_copy(tmp_path / "other.db")[0]


def test_the_master_key_goes_along_for_its_owner_alone(desk: Any, tmp_path: Path) -> None:
    keys = add_requester(desk.market, "Lab")
    copy = tmp_path / "copies/copy.db"
    backup(desk.market.engine, copy)
    key = tmp_path / "copies/copy.db.key"
    assert key.read_bytes() == (tmp_path / "market/marketplace.key").read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    restore(copy, f"sqlite:///{tmp_path}/new/market.db")
    restored = Marketplace.open(f"sqlite:///{tmp_path}/new/market.db")
    assert keys.access_key in {one.access_key for one in requesters(restored)}
    assert (tmp_path / "new/marketplace.key").read_bytes() == key.read_bytes()
    restored.close()


def test_a_key_that_cannot_be_put_back_leaves_the_database_as_it_was(desk: Any, tmp_path: Path) -> None:
    add_requester(desk.market, "Lab")
    copy, here = tmp_path / "copy.db", tmp_path / "market/place.db"
    backup(desk.market.engine, copy)
    requester = add_requester(desk.market, "Later").name
    desk.market.close()
    blocked = tmp_path / "market/marketplace.key.part"
    blocked.mkdir()
    with pytest.raises(BackupRefused, match="cannot be written"):
        restore(copy, f"sqlite:///{here}", kept=tmp_path / "kept.db")
    blocked.rmdir()
    again = Marketplace.open(f"sqlite:///{here}")
    assert requester in {one.name for one in requesters(again)}
    again.close()
    restore(copy, f"sqlite:///{here}", kept=tmp_path / "second.db")
    assert not blocked.exists()


def test_only_a_file_can_be_copied() -> None:
    for url in ("postgresql+psycopg://user@host/market", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises(NoFile, match="pg_dump"):
            database_file(url)
