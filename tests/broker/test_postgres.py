"""The same job on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import postgres
from driving import REFUSING, drive, restarted, summary
from factories import START, wrong
from faulty import Crash, Fault
from sqlmodel import select

from crowdbroker.broker.judge import decide_by_hand
from crowdbroker.broker.signals import worker_signals
from crowdbroker.domain.quality import Decision
from crowdbroker.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.reads import held, progress
from crowdbroker.store.store import Store
from crowdbroker.store.tables import EffectRow

Need = Callable[[str, bool, str], None]


@pytest.fixture
def postgres_desk(desks: Any, tmp_path: Path, need: Need) -> Iterator[Callable[[], Any]]:
    """Return a maker of desks whose store is on PostgreSQL."""
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    opened: list[tuple[str, Any]] = []

    def make() -> Any:
        url, clock = server.new(), ManualClock(START)
        marketplace = Marketplace.open(f"sqlite:///{tmp_path}/{len(opened)}.db", clock=clock, seed=7)
        desk = desks.around(Store.open(url), marketplace, clock)
        opened.append((url, desk))
        return desk

    yield make
    for url, desk in opened:
        desk.store.close()
        desk.marketplace.close()
        server.drop(url)


def test_a_batch_comes_to_the_same_on_both_databases(desks: Any, postgres_desk: Callable[[], Any]) -> None:
    found = []
    for take in (desks.take, postgres_desk):
        desk = take()
        desk.load(**REFUSING)
        drive(desk)
        desk.check_books()
        found.append(summary(desk))
    assert found[0] == found[1]


def test_the_cap_a_person_and_the_clock(postgres_desk: Callable[[], Any]) -> None:
    desk = postgres_desk()
    desk.load(items=40, gold=10, payment={"rejection": "automatic", "reject_cap": 0.1})
    desk.publish()
    first, second, bad = desk.workers(3)
    for worker_id in (first, second):
        desk.work(worker_id)
    desk.work(bad, answer=wrong)
    desk.collect()
    assert desk.judge().decisions == {"approve": 20, "reject": 3, "hold": 7}
    assert desk.judge().decisions == {"hold": 7}
    with desk.store.read() as session:
        waiting = held(session, 1)
        assert len(worker_signals(session, desk.batch())) == 3
    decide_by_hand(desk.store, desk.batch(), waiting[0].assignment_id, Decision.APPROVE, reason="", now=desk.clock())
    desk.settle()
    desk.pass_time(days=8)
    desk.collect()
    with desk.store.read() as session:
        reached = progress(session, 1)
    assert reached.complete
    assert reached.assignments == {"submitted": 0, "held": 0, "approved": 27, "rejected": 3}
    assert reached.gold == 10
    desk.check_books()


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_at_any_call(desks: Any, postgres_desk: Callable[[], Any], fault: Fault) -> None:
    clean = desks.take()
    clean.load(**REFUSING)
    drive(clean)
    expected, calls = summary(clean), len(clean.wire.calls)
    desks.give_back(clean)
    for number in range(calls - 2):
        desk = postgres_desk()
        desk.load(**REFUSING)
        desk.wire.at(number, fault)
        with pytest.raises(Crash):
            drive(desk)
        restarted(desk)
        desk.pass_time(minutes=11)
        drive(desk)
        assert summary(desk) == expected
        desk.check_books()
        with desk.store.read() as session:
            assert set(session.exec(select(EffectRow.state))) == {"done"}
