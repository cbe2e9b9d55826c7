"""How long a Batch still takes, from what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import START, a_submission
from sqlmodel import col, update

from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.eta import ENOUGH, seconds_left
from crowdbroker.store.ingest import ingest
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import EffectRow, HITRow

NOW = START + timedelta(minutes=30)


def left(store: Store, batch: BatchView, now=NOW) -> float | None:
    with store.read() as session:
        return seconds_left(session, batch.id, now)


def opened(store: Store, batch: BatchView, places: int, submitted: int) -> None:
    """One open HIT, a submission every ten seconds."""
    with store.write() as session:
        session.exec(update(HITRow).where(col(HITRow.id) == 1).values(state="open", max_assignments=places))
        moves = {Account.AVAILABLE: -6 * places, Account.RESERVED: 6 * places}
        post(session, [Transfer("reserve", batch.id, moves)], START)
        took = [a_submission(n, submitted_at=START + timedelta(seconds=10 * n)) for n in range(submitted)]
        ingest(session, took, START)


def called(store: Store, batch: BatchView, done: int, waiting: int) -> None:
    """An Effect was done every second."""
    with store.write() as session:
        intend(session, [Intent(f"k{n}", "approve", batch.id, {}) for n in range(done + waiting)], START)
        for number in range(done):
            ended = {"state": "done", "ended_at": START + timedelta(seconds=number)}
            session.exec(update(EffectRow).where(col(EffectRow.key) == f"k{number}").values(**ended))


def test_open_places_at_the_pace_of_submissions(store: Store, batch: BatchView) -> None:
    opened(store, batch, 30, 12)
    assert left(store, batch) == pytest.approx(18 * 10)


def test_calls_that_wait_at_the_pace_of_calls(store: Store, batch: BatchView) -> None:
    called(store, batch, 20, 7)
    assert left(store, batch) == pytest.approx(7)


def test_the_slower_of_both_counts(store: Store, batch: BatchView) -> None:
    opened(store, batch, 30, 12)
    called(store, batch, 20, 500)
    assert left(store, batch) == pytest.approx(500)


def test_too_little_or_too_old_tells_nothing(store: Store, batch: BatchView) -> None:
    assert left(store, batch) is None
    opened(store, batch, 30, ENOUGH - 1)
    assert left(store, batch) is None
    called(store, batch, 20, 7)
    assert left(store, batch, NOW + timedelta(hours=1)) is None


def test_where_nothing_is_left_there_is_no_time(store: Store, batch: BatchView) -> None:
    opened(store, batch, 12, 12)
    called(store, batch, 20, 0)
    assert left(store, batch) is None
