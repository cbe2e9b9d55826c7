"""Killed at any call and at any commit, and run again: the same labels, the same money, everybody paid once.

A crash is an exception that nothing catches. Which points exist is counted in a run without one, so a new call or a new
commit is tried without a change here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from driving import REFUSING, drive, restarted, summary
from faulty import Crash, Fault
from sqlalchemy import event


@pytest.fixture(scope="module")
def clean(desks: Any) -> tuple[dict[str, Any], int, int]:
    """What a run without a crash comes to, its number of calls, and of commits."""
    desk = desks.take()
    desk.load(**REFUSING)
    with commits(desk) as counted:
        drive(desk)
    calls = len(desk.wire.calls)
    found = summary(desk)
    desks.give_back(desk)
    assert calls > 10
    assert counted[0] > 10
    return found, calls, counted[0]


@contextmanager
def commits(desk: Any, *, crash_at: frozenset[int] = frozenset()) -> Iterator[list[int]]:
    """Count the store's commits and crash before those of these numbers."""
    count = [0]

    def counting(_connection: Any) -> None:
        count[0] += 1
        if count[0] - 1 in crash_at:
            raise Crash

    event.listen(desk.store.engine, "commit", counting)
    yield count
    event.remove(desk.store.engine, "commit", counting)


def ends_the_same(desk: Any, expected: dict[str, Any]) -> None:
    """Restart until the Batch is complete, as often as something crashes."""
    for _ in range(5):
        with suppress(Crash):
            drive(desk)
            break
        restarted(desk)
        desk.pass_time(minutes=11)
    assert summary(desk) == expected
    assert {effect.state for effect in desk.effects()} == {"done"}
    desk.check_books()


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_at_any_call(desks: Any, clean: tuple[dict[str, Any], int, int], fault: Fault) -> None:
    expected, calls, _ = clean
    for number in range(calls):
        desk = desks.take()
        desk.load(**REFUSING)
        desk.wire.at(number, fault)
        ends_the_same(desk, expected)
        assert len(desk.wire.calls) > number, "the crash was met"
        desks.give_back(desk)


def test_a_crash_at_any_commit(desks: Any, clean: tuple[dict[str, Any], int, int]) -> None:
    expected, _, count = clean
    for number in range(count):
        desk = desks.take()
        desk.load(**REFUSING)
        with commits(desk, crash_at=frozenset({number})) as reached:
            ends_the_same(desk, expected)
        assert reached[0] > number, "the crash was met"
        desks.give_back(desk)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_two_crashes_anywhere(desks: Any, clean: tuple[dict[str, Any], int, int], seed: int) -> None:
    expected, calls, count = clean
    chance = random.Random(seed)
    desk = desks.take()
    desk.load(**REFUSING)
    desk.wire.at(chance.randrange(calls), chance.choice([Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST_REPLY]))
    desk.wire.at(chance.randrange(calls), chance.choice([Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.ERROR_500]))
    with commits(desk, crash_at=frozenset({chance.randrange(count)})):
        ends_the_same(desk, expected)
    desks.give_back(desk)
