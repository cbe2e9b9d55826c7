"""Several processes on one database: by turns, together, killed, and never beyond the money."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from databases import new_sqlite, postgres
from driving import REFUSING, drive, summary
from factories import START
from killing import Operator, enrol_crowd, kill, undisturbed, until, work
from marketplace.serving import server_process
from sqlalchemy import event
from sqlmodel import select

from crowdbroker.app import utc_now
from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.publish import publish
from crowdbroker.broker.run import run_round
from crowdbroker.broker.sharing import sharing
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import CrowdbrokerError, OverBudget, StoreBusy
from crowdbroker.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.leases import take
from crowdbroker.store.ledger import Account
from crowdbroker.store.process_tables import LeaseRow
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

Need = Callable[[str, bool, str], None]
HITS = 6
BATCH = REFUSING | {"items": HITS, "gold": 5 * HITS}
PUBLISHERS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, need: Need) -> Any:
    if request.param == "sqlite":
        yield new_sqlite(tmp_path)
        return
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    made = server.new()
    yield made
    server.drop(made)


@pytest.fixture
def shared(desks: Any, url: str, tmp_path: Path) -> Any:
    """A desk whose store other connections open too."""
    clock = ManualClock(START)
    market = Marketplace.open(f"sqlite:///{tmp_path}/marketplace.db", clock=clock, seed=7)
    desk = desks.around(Store.open(url), market, clock)
    yield desk
    desk.store.close()
    desk.marketplace.close()


def at_once(url: str, count: int, act: Callable[[Store, int], Any]) -> list[Any]:
    """What came of the same act by so many who begin together, each on connections of its own."""
    gate, came = threading.Barrier(count), list[Any]()

    def one(number: int) -> None:
        store = Store.open(url)
        gate.wait()
        try:
            came.append(act(store, number))
        except CrowdbrokerError as error:
            came.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == count
    return came


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_publisher_who_comes_between_reading_and_writing_waits(shared: Any, url: str) -> None:
    shared.load(**BATCH)
    batch, other = shared.batch(), Store.open(url)
    with shared.store.write() as session:
        made = shared.market.create_qualification_type("t", "d")
        session.get_one(BatchRow, batch.id).exclusion_type_id = made
    act = {"target": publish, "args": (other, shared.market, batch, shared.clock), "kwargs": {"marketplace": "own"}}
    second = threading.Thread(**act)

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        planned = "FROM hit" in statement and "NOT IN" in statement and "LIMIT" in statement
        if planned and second.ident is None:
            second.start()
            second.join(1.5)

    event.listen(shared.store.engine, "after_cursor_execute", after)
    shared.publish()
    event.remove(shared.store.engine, "after_cursor_execute", after)
    second.join()
    other.close()
    assert len(list(shared.market.list_hits())) == HITS
    assert shared.money()[Account.RESERVED] == 2 * 6 * HITS
    shared.check_books()


@pytest.mark.parametrize("spare_cents", [0, 1])
def test_publishers_who_race_for_the_last_dollar(shared: Any, url: str, spare_cents: int) -> None:
    """The budget covers every HIT once, to the cent."""
    price = 2 * 6 * HITS
    shared.load(**BATCH, budget=f"{(price + spare_cents) / 100:.2f}")
    batch = shared.batch()
    came = at_once(
        url, PUBLISHERS, lambda store, _: publish(store, shared.market, batch, shared.clock, marketplace="own")
    )
    problems = [one for one in came if isinstance(one, CrowdbrokerError)]
    # One makes the qualification type, and who comes meanwhile is told to come again.
    assert all("is being made" in one.message for one in problems), problems
    shared.publish()
    money = shared.money()
    assert (money[Account.AVAILABLE], money[Account.RESERVED]) == (spare_cents, price)
    assert len(list(shared.market.list_hits())) == HITS
    assert len(shared.effects("create_hit")) == HITS
    shared.check_books()


def test_bonuses_that_race_for_the_last_dollar(shared: Any, url: str) -> None:
    """There is money for two of four."""
    shared.load(items=4, gold=5, overlap=1, budget="0.30")
    shared.publish()
    [worker_id] = shared.workers(1)
    shared.work(worker_id)
    drive(shared)
    batch, cents = shared.batch(), 10

    def pay(store: Store, number: int) -> Any:
        return compensate(
            store,
            shared.market,
            batch,
            shared.clock,
            worker=worker_id,
            cents=cents,
            reason=f"reason {number}",
            tariff=Tariff(),
            marketplace="own",
        )

    came = at_once(url, 4, pay)
    refused = [one for one in came if isinstance(one, OverBudget)]
    assert len(refused) == 2, came
    shared.settle()
    assert shared.money()[Account.BONUSES] == 2 * cents
    assert shared.money()[Account.AVAILABLE] >= 0
    shared.check_books()


def test_rounds_at_once_do_everything_once(shared: Any, url: str) -> None:
    shared.load(**BATCH)
    shared.publish()
    enrol_crowd(shared.marketplace)
    assert work(shared.marketplace, HITS)
    batch = shared.batch()
    for _ in range(4):
        came = at_once(url, 3, lambda store, _: run_round(store, shared.market, batch, shared.clock, marketplace="own"))
        assert not [one for one in came if isinstance(one, Exception)], came
        shared.pass_time(minutes=11)
    drive(shared)
    assert shared.paid() == {"ACAREFUL": 5 * HITS, "ACARELESS": 0}
    assert {effect.state for effect in shared.effects()} == {"done"}
    shared.check_books()


def test_while_another_has_its_turn_a_round_only_carries_out_what_is_ready(
    need: Need, desks: Any, tmp_path: Path
) -> None:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    made, clock = server.new(), ManualClock(START)
    desk = desks.around(Store.open(made), Marketplace.open(f"sqlite:///{tmp_path}/m.db", clock=clock, seed=7), clock)
    desk.load(**BATCH)
    with desk.store.write() as session:
        take(session, f"round:{desk.batch().uid}", "far:1:a", desk.clock())
    assert run_round(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own").progress.hits["open"] == 0
    desk.pass_time(minutes=2)
    assert run_round(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own").progress.hits["open"] == HITS
    desk.store.close()
    desk.marketplace.close()
    server.drop(made)


def test_a_second_run_on_sqlite_is_told_who_works_there(desk: Any) -> None:
    with desk.store.write() as session:
        take(session, "run", "far:17:a", desk.clock())
    with pytest.raises(StoreBusy, match="process 17 on far") as caught, sharing(desk.store, desk.clock):
        pass
    assert "PostgreSQL" in caught.value.remedy
    desk.pass_time(seconds=61)
    with sharing(desk.store, desk.clock), sharing(desk.store, desk.clock):
        pass


@pytest.fixture
def served(desks: Any, url: str, tmp_path: Path) -> Any:
    """A desk with a Batch loaded whose marketplace is served, and an operator who works there."""
    database = f"sqlite:///{tmp_path}/served.db"
    desk = desks.around(Store.open(url), Marketplace.open(database, clock=utc_now), utc_now)
    desk.load(**BATCH)
    enrol_crowd(desk.marketplace)
    with server_process(database) as (address, _):
        yield desk, Operator(tmp_path, url, address)
    desk.store.close()
    desk.marketplace.close()


def holders(desk: Any) -> list[str]:
    with desk.store.read() as session:
        return list(session.exec(select(LeaseRow.holder)))


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_second_run_is_turned_away_until_the_first_is_killed(served: Any) -> None:
    desk, operator = served
    first = operator.start()
    until(lambda: holders(desk))
    second = operator.start()
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"another `crowdbroker run` works on this database: process {first.pid}" in errors
    kill(first)
    third = operator.start()
    until(lambda: any(f":{third.pid}:" in holder for holder in holders(desk)), 30)
    kill(third)
    for process in (first, third):
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_three_runs_share_a_batch_and_one_of_them_is_killed(desks: Any, url: str, tmp_path: Path) -> None:
    expected = undisturbed(desks, BATCH, HITS)
    database = f"sqlite:///{tmp_path}/served.db"
    desk = desks.around(Store.open(url), Marketplace.open(database, clock=utc_now), utc_now)
    desk.load(**BATCH)
    enrol_crowd(desk.marketplace)
    with server_process(database) as (address, _):
        operator = Operator(tmp_path, url, address)
        publishing = [operator.start() for _ in range(3)]
        until(lambda: len(desk.effects("create_hit")) and {one.state for one in desk.effects()} == {"done"})
        for process in publishing:
            kill(process)
        assert work(desk.marketplace, HITS)
        deciding = [operator.start() for _ in range(3)]
        until(lambda: any(one.state == "done" for one in desk.effects("approve")))
        kill(deciding[0])
        ended = [process.communicate(timeout=120) for process in deciding]
        assert [process.returncode for process in deciding[1:]] == [0, 0], ended
    for process in publishing:
        process.communicate()
    assert summary(desk) == expected
    desk.check_books()
    desk.store.close()
    desk.marketplace.close()
