"""Reconciliation as a step of `run`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from driving import worked

from crowdbroker.broker.hourly import Hourly
from crowdbroker.broker.run import Round, run


class OnceLagging:
    """The market, whose first listing of Assignments shows none."""

    def __init__(self, market: Any) -> None:
        self._market = market
        self._lags = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._market, name)

    def list_assignments(self, hit_id: str) -> list[Any]:
        lags, self._lags = self._lags, False
        return [] if lags else list(self._market.list_assignments(hit_id))


def _run(desk: Any, market: Any, wait: Callable[[], None]) -> list[Round]:
    told: list[Round] = []
    run(desk.store, market, desk.batch(), desk.clock, marketplace="own", wait=wait, tell=told.append)
    return told


def test_run_compares_at_its_start_every_hour_and_before_it_ends(desk: Any) -> None:
    desk.load(items=3, gold=1, overlap=1)
    [worker_id] = desk.workers(1)
    rounds = iter(range(1, 10))

    def wait() -> None:
        number = next(rounds)
        desk.pass_time(minutes=25)
        if number == 1:
            [hit] = desk.market.list_hits()
            desk.market.extend(hit.hit_id, 2, token="t" * 64)
        if number == 5:
            desk.work(worker_id)
            [hit] = desk.market.list_hits()
            desk.market.expire(hit.hit_id, desk.clock())

    told = [[one.check for one in this.differences] for this in _run(desk, desk.market, wait)]
    assert told == [[], [], [], ["places"], [], ["places"]]


def test_run_collects_late_work_before_it_ends(desk: Any) -> None:
    desk.load(items=3, gold=1, lifetime="1h", overlap=2)
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.pass_time(hours=1, minutes=5)
    market = OnceLagging(desk.market)
    first, *others = _run(desk, market, lambda: desk.pass_time(minutes=1))
    assert (first.collected.assignments, first.collected.closed_hits) == (0, 1)
    assert not first.progress.complete
    assert others
    assert desk.states() == ["approved"]
    desk.check_books()


def test_a_deadline_is_told_in_the_hours_before_it(desk: Any) -> None:
    worked(desk, honest=1)
    desk.judge()
    hourly = Hourly()

    def look() -> list[str]:
        found = hourly.look(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own", ending=False)
        return [one.check for one in found]

    assert look() == []
    desk.pass_time(days=6, hours=1)
    assert set(look()) == {"deadlines"}
    assert look() == []
    desk.pass_time(hours=1)
    assert set(look()) == {"deadlines"}
