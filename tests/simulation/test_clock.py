from __future__ import annotations

from datetime import timedelta

from factories import START

from crowdbroker.simulation.clock import ManualClock


def test_a_manual_clock_moves_only_when_told_and_never_back() -> None:
    clock = ManualClock(START)
    assert clock() == clock() == START
    clock.advance(timedelta(seconds=5))
    clock.move_to(START)
    assert clock() == START + timedelta(seconds=5)
    clock.move_to(START + timedelta(hours=1))
    assert clock() == START + timedelta(hours=1)
