from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from crowdbroker.marketplace.hashing import Gate, TooBusy


def test_a_gate_lets_a_few_in_and_refuses_at_once_when_enough_wait():
    gate = Gate(at_once=1, waiting=1)
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with gate.entered():
            entered.set()
            leave.wait(10)

    first = threading.Thread(target=stay)
    first.start()
    assert entered.wait(10)
    entered.clear()
    second = threading.Thread(target=stay)
    second.start()
    while second.is_alive() and gate._places._value:
        pass
    with pytest.raises(TooBusy), ExitStack() as stack:
        stack.enter_context(gate.entered())
    assert not entered.is_set()
    leave.set()
    first.join(10)
    second.join(10)
    assert entered.is_set()
    with gate.entered():
        pass


def test_a_place_is_given_back_by_who_fails_inside():
    gate = Gate(at_once=1, waiting=0)

    def fail() -> None:
        with gate.entered():
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
    with gate.entered():
        pass
