"""What happens to machines: a full disk, a database that goes away, a clock that is set back, an old marketplace.

Each time: a state and a sentence that a person can act on, nothing lost, and the Batch ends as it would have.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import new_sqlite, postgres
from driving import REFUSING, drive, summary
from factories import START
from faulty import Crash, Fault
from sqlalchemy import event, make_url
from sqlmodel import col, select, update

from crowdbroker.broker.run import run_round
from crowdbroker.errors import CrowdbrokerError, StoreUnusable
from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.tables import AssignmentRow as MarketAssignmentRow
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AnswerRow, EffectRow

LARGE = REFUSING | {"items": 30, "gold": 150}
Need = Callable[[str, bool, str], None]


def a_good_day(desks: Any, batch: dict[str, Any]) -> dict[str, Any]:
    """What a Batch comes to where nothing happens."""
    desk = desks.take()
    desk.load(**batch)
    drive(desk)
    found = summary(desk)
    desks.give_back(desk)
    return found


@pytest.fixture(scope="module")
def expected(desks: Any) -> dict[str, Any]:
    return a_good_day(desks, REFUSING)


@pytest.fixture(scope="module")
def large(desks: Any) -> dict[str, Any]:
    return a_good_day(desks, LARGE)


@pytest.fixture
def own_desk(desks: Any, tmp_path: Path) -> Iterator[Any]:
    """A desk on files of its own, which may come to harm."""
    clock = ManualClock(START)
    market = Marketplace.open(f"sqlite:///{tmp_path}/marketplace.db", clock=clock, seed=7)
    desk = desks.around(Store.open(new_sqlite(tmp_path)), market, clock)
    yield desk
    desk.store.close()
    desk.marketplace.close()


@contextmanager
def sick(store: Store, pragma: str) -> Iterator[None]:
    """Every connection of a SQLite store has this pragma."""

    def spoil(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    store.engine.dispose()
    event.listen(store.engine, "connect", spoil)
    yield
    event.remove(store.engine, "connect", spoil)
    store.engine.dispose()


def a_round(desk: Any) -> Any:
    return run_round(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")


def go_on(desk: Any) -> None:
    for _ in range(20):
        a_round(desk)


def pages(store: Store) -> int:
    with store.read() as session:
        return int(session.connection().exec_driver_sql("PRAGMA page_count").scalar())


@pytest.mark.slow
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_a_full_disk(large: dict[str, Any], own_desk: Any, steps: int) -> None:
    """No page more than the file has, before the publication or in the middle of it."""
    own_desk.load(**LARGE)
    if steps:
        own_desk.wire.at(steps, Fault.CRASH_BEFORE)
        with pytest.raises(Crash):
            a_round(own_desk)
        own_desk.pass_time(minutes=11)
    with sick(own_desk.store, f"max_page_count={pages(own_desk.store)}"), pytest.raises(StoreUnusable) as caught:
        go_on(own_desk)
    assert "is full" in caught.value.message
    assert "What was done is saved" in caught.value.remedy
    own_desk.pass_time(minutes=11)
    drive(own_desk)
    assert summary(own_desk) == large
    own_desk.check_books()


def test_a_database_that_may_only_be_read(own_desk: Any, expected: dict[str, Any]) -> None:
    own_desk.load(**REFUSING)
    with sick(own_desk.store, "query_only=ON"), pytest.raises(StoreUnusable) as caught:
        a_round(own_desk)
    assert "cannot be written" in caught.value.message
    assert "the right to write" in caught.value.remedy
    drive(own_desk)
    assert summary(own_desk) == expected


@pytest.mark.parametrize("call", [4, *(pytest.param(number, marks=pytest.mark.slow) for number in (2, 6, 9))])
def test_a_postgresql_server_that_hangs_up_in_the_middle(
    desks: Any, tmp_path: Path, need: Need, expected: dict[str, Any], call: int
) -> None:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    url, clock = server.new(), ManualClock(START)
    desk = desks.around(Store.open(url), Marketplace.open(f"sqlite:///{tmp_path}/m.db", clock=clock, seed=7), clock)
    desk.load(**REFUSING)
    hang_up = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{make_url(url).database}'"

    @contextmanager
    def hanging_up() -> Iterator[None]:
        """Every transaction that is open at that commit is gone."""
        count = [0]

        def at_commit(_connection: Any) -> None:
            count[0] += 1
            if count[0] == call:
                server.run(hang_up)

        event.listen(desk.store.engine, "commit", at_commit)
        yield
        event.remove(desk.store.engine, "commit", at_commit)

    with hanging_up(), pytest.raises(StoreUnusable) as caught:
        go_on(desk)
    assert "went away" in caught.value.message
    assert "Start it again" in caught.value.remedy
    desk.pass_time(minutes=11)
    drive(desk)
    assert summary(desk) == expected
    desk.check_books()
    desk.store.close()
    desk.marketplace.close()
    server.drop(url)


@pytest.mark.parametrize("back", [timedelta(seconds=20), timedelta(hours=2), timedelta(days=3)])
@pytest.mark.parametrize("operation", ["CreateHITWithHITType", "ApproveAssignment", "CreateQualificationType"])
def test_a_clock_that_is_set_back(desk: Any, expected: dict[str, Any], back: timedelta, operation: str) -> None:
    """The reply of a call is lost, and then the clock is set back; nothing happens twice, and time heals it."""
    desk.load(**REFUSING)
    desk.wire.next(operation, Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        drive(desk)
    desk.clock.advance(-back)
    for _ in range(3):
        with suppress(CrowdbrokerError):
            a_round(desk)
        desk.pass_time(seconds=10)
    desk.clock.advance(back)
    desk.pass_time(minutes=11)
    drive(desk)
    assert summary(desk) == expected
    desk.check_books()


def test_a_clock_that_was_days_ahead_when_a_reply_was_lost(desk: Any, expected: dict[str, Any]) -> None:
    """By the clock that is right again the token seems young, and the marketplace has forgotten it."""
    desk.load(**REFUSING)
    desk.wire.next("CreateHITWithHITType", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        drive(desk)
    with desk.store.write() as session:
        ahead = desk.clock() + timedelta(days=2)
        session.exec(update(EffectRow).where(col(EffectRow.state) == "sent").values(first_sent_at=ahead))
    desk.pass_time(hours=30)
    # The one that was made is found; of the other that was to be sent with it nobody knows before the clock is past it.
    this = a_round(desk)
    assert "clock stands before 2026-03-04 09:00" in this.published.problem
    assert len(list(desk.market.list_hits())) == 1
    desk.pass_time(hours=18)
    drive(desk)
    assert summary(desk) == expected
    desk.check_books()


def test_an_answer_that_is_no_answer(desk: Any) -> None:
    """It is kept as it came, told of, and paid when its worker is not proved wrong; the others count."""
    desk.load(items=4, gold=5, overlap=2)
    desk.publish()
    for worker_id in desk.workers(2):
        desk.work(worker_id)
    with desk.marketplace.write() as session:
        first = session.exec(select(MarketAssignmentRow.id)).first()
        garbage = "<QuestionFormAnswers><Answer>\\u0000 & cut o"
        session.exec(update(MarketAssignmentRow).where(MarketAssignmentRow.id == first).values(answer=garbage))
    this = a_round(desk)
    assert this.collected.unreadable == [first]
    assert {row.answer_xml for row in desk.assignments() if row.assignment_id == first} == {garbage}
    drive(desk)
    assert len(desk.assignments()) == 2
    with desk.store.read() as session:
        assert len(session.exec(select(AnswerRow)).all()) == 5
    desk.check_books()


@pytest.mark.parametrize("collected", [False, True])
def test_a_marketplace_of_an_older_backup(own_desk: Any, tmp_path: Path, collected: bool) -> None:
    """Until the newer state is back nothing is decided, closed or given back."""
    own_desk.load(items=8, gold=5, overlap=1)
    yesterday = copy_of(own_desk, tmp_path / "yesterday.db")
    own_desk.publish()
    own_desk.work(own_desk.workers(1)[0])
    if collected:
        own_desk.collect()
        own_desk.judge()
    today = copy_of(own_desk, tmp_path / "today.db")
    before = own_desk.money()
    put_back(own_desk, yesterday)
    for _ in range(3):
        this = a_round(own_desk)
        own_desk.pass_time(minutes=2)
    assert len(this.collected.unknown) == 2
    assert own_desk.money() == before
    assert not this.progress.complete
    if collected:
        assert "older backup" in this.settled.problem or any(
            "older backup" in one.problem for one in own_desk.effects()
        )
    put_back(own_desk, today)
    drive(own_desk)
    assert own_desk.states() == ["approved", "approved"]
    own_desk.check_books()


def copy_of(desk: Any, file: Path) -> Path:
    with desk.marketplace.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(str(desk.marketplace.engine.url.database), file)
    return file


def put_back(desk: Any, file: Path) -> None:
    desk.marketplace.engine.dispose()
    database = Path(str(desk.marketplace.engine.url.database))
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    shutil.copy(file, database)
