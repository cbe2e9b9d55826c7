"""The pace of calls, shared by the processes of one database."""

from __future__ import annotations

from datetime import timedelta

from factories import START
from sqlmodel import select

from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.call_rates import CallRates
from crowdbroker.store.process_tables import CallRateRow
from crowdbroker.store.store import Store

OPERATION = "create_hit"


def rates(store: Store, clock: ManualClock, endpoint: str = "http://one") -> CallRates:
    return CallRates(store, endpoint, clock, sleep=lambda seconds: clock.advance(timedelta(seconds=seconds)))


def seconds_for(clock: ManualClock, calls: int, *several: CallRates, operation: str = OPERATION) -> float:
    """The time that so many calls take, by turns."""
    began = clock()
    for number in range(calls):
        several[number % len(several)].before(operation)
    return (clock() - began).total_seconds()


def test_what_was_never_throttled_goes_at_once(store: Store) -> None:
    clock = ManualClock(START)
    assert seconds_for(clock, 1000, rates(store, clock)) == 0


def test_after_throttling_calls_keep_to_half_of_what_was_seen(store: Store) -> None:
    clock = ManualClock(START)
    one = rates(store, clock)
    seconds_for(clock, 40, one)
    one.throttled(OPERATION)
    assert 3.5 < seconds_for(clock, 80, one) < 4.2
    assert seconds_for(clock, 500, one, operation="get_hit") == 0


def test_another_process_keeps_to_the_same_rate(store: Store) -> None:
    clock = ManualClock(START)
    one, other = rates(store, clock), rates(store, clock)
    seconds_for(clock, 40, one)
    one.throttled(OPERATION)
    assert 3.5 < seconds_for(clock, 80, one, other) < 4.6


def test_a_process_that_runs_already_hears_of_it_within_seconds(store: Store) -> None:
    clock = ManualClock(START)
    one, other = rates(store, clock), rates(store, clock)
    other.before(OPERATION)
    one.throttled(OPERATION)
    clock.advance(timedelta(seconds=6))
    assert seconds_for(clock, 10, other) > 1


def test_the_rate_survives_a_restart_and_belongs_to_one_marketplace(store: Store) -> None:
    clock = ManualClock(START)
    rates(store, clock).throttled(OPERATION)
    assert seconds_for(clock, 10, rates(store, clock)) > 1
    assert seconds_for(clock, 10, rates(store, clock, "http://two")) == 0


def test_throttling_again_slows_down_again(store: Store) -> None:
    clock = ManualClock(START)
    one = rates(store, clock)
    seconds_for(clock, 40, one)
    for _ in range(3):
        one.throttled(OPERATION)
        clock.advance(timedelta(seconds=2))
    with store.read() as session:
        assert session.exec(select(CallRateRow.per_s)).one() == 5
