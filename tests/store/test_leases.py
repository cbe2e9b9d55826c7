"""Leases: one holder at a time, renewed, run out, given back, and taken from those who are gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from factories import START
from sqlmodel import select

from crowdbroker.store.leases import LASTS, give_back, is_gone, take, this_process
from crowdbroker.store.process_tables import LeaseRow
from crowdbroker.store.store import Store

_LATER = START + timedelta(seconds=10)


def taken(store: Store, holder: str, now=START) -> str | None:
    """Who holds it instead."""
    with store.write() as session:
        other = take(session, "run", holder, now)
    return other and other.holder


def gone_process() -> str:
    """A holder of this machine that has ended."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    return f"{socket.gethostname()}:{int(ended.stdout)}:abcd"


def test_one_holds_it_until_it_runs_out(store: Store) -> None:
    assert taken(store, "far:1:a") is None
    assert taken(store, "far:2:b", _LATER) == "far:1:a"
    assert taken(store, "far:2:b", START + LASTS) is None
    assert taken(store, "far:1:a", START + LASTS) == "far:2:b"


def test_renewing_prolongs_it(store: Store) -> None:
    taken(store, "far:1:a")
    assert taken(store, "far:1:a", _LATER) is None
    assert taken(store, "far:2:b", START + LASTS) == "far:1:a"
    assert taken(store, "far:2:b", _LATER + LASTS) is None


def test_it_is_given_back_by_its_holder_alone(store: Store) -> None:
    taken(store, "far:1:a")
    for holder, left in (("far:2:b", 1), ("far:1:a", 0)):
        with store.write() as session:
            give_back(session, "run", holder)
        with store.read() as session:
            assert len(session.exec(select(LeaseRow)).all()) == left


def test_from_a_process_that_has_ended_it_is_taken_at_once(store: Store) -> None:
    taken(store, gone_process())
    assert taken(store, "far:2:b") is None


def test_many_who_want_it_at_once_are_one_who_gets_it(store: Store) -> None:
    taken(store, gone_process())
    got: list[str | None] = []
    gate = threading.Barrier(4)

    def want(number: int) -> None:
        gate.wait()
        got.append(taken(store, f"far:{number}:x"))

    threads = [threading.Thread(target=want, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got.count(None) == 1


@pytest.mark.parametrize(
    ("holder", "gone"),
    [
        ("far:1:a", False),
        (f"{socket.gethostname()}:{os.getppid()}:a", False),
        (f"{socket.gethostname()}:1:a", False),
        (f"{socket.gethostname()}:{os.getpid()}:another", True),
        ("no holder at all", False),
        ("", False),
    ],
    ids=["elsewhere", "our parent", "the first process", "this process, under another name", "no holder", "nothing"],
)
def test_who_is_gone(holder: str, gone: bool) -> None:
    assert is_gone(holder) is gone


def test_who_has_ended_is_gone_and_this_process_is_not() -> None:
    assert is_gone(gone_process())
    assert not is_gone(this_process())
    assert this_process() == this_process()
