"""Figures that are kept beside the requests."""

from __future__ import annotations

import threading
import time

import pytest

from crowdbroker.review import kept
from crowdbroker.review.kept import Kept


def eventually(what: object, is_so: object) -> None:
    """Wait until a background thread has done its part."""
    for _ in range(500):
        if what() == is_so:  # type: ignore[operator]
            return
        time.sleep(0.01)
    raise AssertionError(what())  # type: ignore[operator]


def test_a_value_is_made_once_however_many_ask_at_once() -> None:
    made: list[str] = []
    gate = threading.Event()

    def make(key: str) -> str:
        gate.wait(5)
        made.append(key)
        return key.upper()

    values: Kept[str] = Kept(make)
    found: list[str] = []
    asking = [threading.Thread(target=lambda: found.append(values.get("a"))) for _ in range(4)]
    for one in asking:
        one.start()
    time.sleep(0.05)
    gate.set()
    for one in asking:
        one.join()
    assert (found, made) == (["A"] * 4, ["a"])


def test_an_old_value_is_given_at_once_and_made_anew_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_YOUNG_S", 0.0)
    monkeypatch.setattr(kept, "_COSTS", 0)
    numbers = iter(range(100))
    values: Kept[int] = Kept(lambda _: next(numbers))
    assert values.get("a") == 0
    assert values.get("a") == 0
    eventually(lambda: values.get("a") > 0, True)


def test_nobody_waits_for_a_first_value_that_may_be_missing() -> None:
    gate = threading.Event()

    def make(_key: str) -> str:
        gate.wait(5)
        return "there"

    values: Kept[str] = Kept(make)
    assert values.get_if_there("a") is None
    gate.set()
    eventually(lambda: values.get_if_there("a"), "there")


def test_a_value_that_could_not_be_made_is_tried_again() -> None:
    tries: list[int] = []

    def make(_key: str) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("once")
        return "there"

    values: Kept[str] = Kept(make)
    assert values.get_if_there("a") is None
    eventually(lambda: values.get_if_there("a"), "there")


def test_without_a_background_nothing_is_ever_old() -> None:
    numbers = iter(range(100))
    values: Kept[int] = Kept(lambda _: next(numbers), background=False)
    assert [values.get("a"), values.get_if_there("a"), values.get("b")] == [0, 1, 2]
