"""The measured time of an Item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import START, a_submission

from crowdbroker.store.ingest import ingest
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.pace import ENOUGH, measured_seconds
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store


def submitted(store: Store, batch: BatchView, seconds: list[float], *, first: int = 0) -> None:
    """Submissions of the first HIT, which has five Items, each after so many seconds."""
    with store.write() as session:
        cents = 6 * len(seconds)
        moves = {Account.AVAILABLE: -cents, Account.RESERVED: cents}
        post(session, [Transfer(f"reserve:{first}", batch.id, moves)], START)
        took = [
            a_submission(
                number, batch_id=batch.id, submitted_at=START + timedelta(seconds=one), worker_id=f"W{number % 7}"
            )
            for number, one in enumerate(seconds, first)
        ]
        ingest(session, took, START)


def test_nothing_is_measured_below_ten_submissions(store: Store, batch: BatchView) -> None:
    assert measured_seconds(store, "reviews") == (None, 0)
    submitted(store, batch, [50.0] * (ENOUGH - 1))
    assert measured_seconds(store, "reviews") == (None, ENOUGH - 1)


def test_the_median_of_ten_by_the_items_of_their_pages(store: Store, batch: BatchView) -> None:
    submitted(store, batch, [50.0] * 5 + [51.0] + [100_000.0] * 4)
    seconds, count = measured_seconds(store, "reviews")
    assert seconds == pytest.approx(10.1)
    assert count == 10


def test_another_projects_submissions_say_nothing(store: Store, batch: BatchView) -> None:
    submitted(store, batch, [50.0] * 10)
    assert measured_seconds(store, "others") == (None, 0)


def test_a_submission_within_no_time_is_measured_too(store: Store, batch: BatchView) -> None:
    submitted(store, batch, [0.0] * 10)
    assert measured_seconds(store, "reviews") == (0.0, 10)
