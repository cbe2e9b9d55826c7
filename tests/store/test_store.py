"""Opening a database, its schema's version, its pragmas, and who may write."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from alembic import command
from databases import postgres
from factories import START
from sqlalchemy import create_engine, event, inspect
from sqlmodel import col, select, text, update

from crowdbroker.errors import StoreBusy, StoreUnusable
from crowdbroker.marketplace import Marketplace
from crowdbroker.store.ingest import worker_rows
from crowdbroker.store.migrations import HEAD
from crowdbroker.store.migrations.run import config, known_versions
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, LabelRow, WorkerRow


def test_the_migrations_make_what_the_models_say(store: Store) -> None:
    made = config()
    with store.engine.connect() as connection:
        made.attributes["connection"] = connection
        command.check(made)


def test_the_newest_migration_is_the_version_that_the_program_works_with() -> None:
    assert HEAD in known_versions()
    assert max(known_versions()) == HEAD


def test_opening_again_changes_nothing(url: str) -> None:
    for times in range(2):
        store = Store.open(url)
        with store.write() as session:
            assert len(worker_rows(session, [f"W{times}"])) == 1
            assert len(session.exec(select(WorkerRow.id)).all()) == times + 1
        store.close()


def test_a_schema_from_the_future_is_refused_in_one_sentence(url: str) -> None:
    store = Store.open(url)
    with store.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreUnusable, match="has schema 9999, which this crowdbroker does not know") as caught:
        Store.open(url)
    assert caught.value.remedy == "A newer crowdbroker made it: upgrade this one."
    assert "\n" not in caught.value.message


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


def test_every_connection_is_durable_and_checked(file: Path) -> None:
    store = Store.open(f"sqlite:///{file}")
    with store.read() as first, store.read() as second:
        for session in (first, second):
            found = {
                name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
            assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    store.close()


def test_the_folder_of_a_database_is_made(file: Path) -> None:
    Store.open(f"sqlite:///{file}").close()
    assert file.is_file()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "database_url"),
        ("nonsense", "database_url"),
        ("cobol://host/name", "database_url"),
        ("sqlite:///{folder}", "cannot be used"),
        ("sqlite:///{folder}/text.db", "is no crowdbroker database"),
        ("sqlite:///{folder}/text.db/store.db", "cannot be made"),
    ],
)
def test_what_is_no_database_is_refused_with_a_remedy(tmp_path: Path, url: str, says: str) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at " * 40)
    with pytest.raises(StoreUnusable, match=says) as caught:
        Store.open(url.format(folder=tmp_path))
    assert caught.value.remedy


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreUnusable) as caught:
        Store.open("postgresql+psycopg://me:s3cret@127.0.0.1:1/name")
    assert "s3cret" not in str(caught.value)


def test_the_database_of_a_marketplace_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/marketplace.db"
    market = Marketplace.open(url, clock=lambda: START)
    before = inspect(market.engine).get_table_names()
    with pytest.raises(StoreUnusable):
        Store.open(url)
    assert inspect(market.engine).get_table_names() == before
    market.close()


_OPENS = "import sys; from crowdbroker.store.store import Store; Store.open(sys.argv[1]).close()"


def _opened_by_three_at_once(url: str) -> list[str]:
    running = [
        subprocess.Popen([sys.executable, "-c", _OPENS, url], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    return [process.communicate(timeout=60)[1] for process in running]


def test_processes_that_open_a_new_file_at_once_all_get_it(file: Path) -> None:
    assert _opened_by_three_at_once(f"sqlite:///{file}") == ["", "", ""]


def test_processes_that_open_a_new_database_at_once_all_get_it(need: Callable[[str, bool, str], None]) -> None:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    url = server.empty()
    assert _opened_by_three_at_once(url) == ["", "", ""]
    server.drop(url)


def test_a_transaction_that_fails_leaves_nothing(store: Store, batch: BatchView) -> None:
    with suppress(RuntimeError), store.write() as session:
        session.get_one(BatchRow, batch.id).name = "second"
        session.flush()
        raise RuntimeError
    with store.read() as session:
        assert session.get_one(BatchRow, batch.id).name == "first"


def test_what_is_only_read_is_not_stored(store: Store, batch: BatchView) -> None:
    with store.read() as session:
        session.get_one(BatchRow, batch.id).name = "second"
        session.flush()
    with store.read() as session:
        assert session.get_one(BatchRow, batch.id).name == "first"


def test_times_come_back_aware_and_the_same(store: Store, batch: BatchView) -> None:
    with store.read() as session:
        found = session.get_one(BatchRow, batch.id).created_at
    assert found == START
    assert found.utcoffset() is not None


def _impatient(url: str) -> Store:
    """A store whose connections wait a tenth of a second."""
    store = Store.open(url)
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100"))
    return store


def test_a_second_writer_waits(file: Path) -> None:
    store = Store.open(f"sqlite:///{file}")
    order = []

    def second() -> None:
        with store.write() as session:
            session.connection()
            order.append("second")

    with store.write() as session:
        session.connection()
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    store.close()


def test_a_writer_that_waited_too_long_is_told_that_the_database_is_busy(file: Path) -> None:
    patient, other = Store.open(f"sqlite:///{file}"), _impatient(f"sqlite:///{file}")
    with patient.write() as holding:
        holding.connection()
        with pytest.raises(StoreBusy, match="is busy"), other.write() as session:
            session.connection()
    with other.write() as session:
        session.connection()
    patient.close()
    other.close()


def test_readers_are_not_kept_by_a_writer_and_see_one_snapshot(store: Store, batch: BatchView) -> None:
    with store.write() as writing:
        writing.exec(update(BatchRow).where(col(BatchRow.id) == batch.id).values(name="second"))
        writing.flush()
        with store.read() as reading:
            assert reading.exec(select(BatchRow.name)).all() == ["first"]


def test_labels_of_the_first_schema_say_that_they_are_not_calibrated(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/old.db")
    at_first = config()
    with engine.begin() as connection:
        at_first.attributes["connection"] = connection
        command.upgrade(at_first, "0001")
        connection.execute(
            text(
                "INSERT INTO batch (id, uid, name, project, project_json, page_source, seed, cap_cents, created_at)"
                " VALUES (1, 'u', 'b', 'p', '{}', '', 0, 100, '2026-01-01')"
            )
        )
        connection.execute(text("INSERT INTO item VALUES (1, 1, 'i1', '{}', '[]', 0)"))
        connection.execute(text("INSERT INTO label VALUES (1, 1, 'cat', 0.9, 3, 'ds', '2026-01-01')"))
    engine.dispose()
    store = Store.open(f"sqlite:///{tmp_path}/old.db")
    with store.read() as session:
        label = session.exec(select(LabelRow)).one()
    store.close()
    assert (label.label, label.basis, label.decided_by) == ("cat", "uncalibrated", "")
