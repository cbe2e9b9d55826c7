from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from factories import LABELS, START, a_project
from sqlmodel import delete

from crowdbroker.aggregation.votes import Votes
from crowdbroker.reports.measured import LEAST_GOLD, Measures, _agreement, _on_gold, measured
from crowdbroker.reports.quality import quality_document
from crowdbroker.reports.scope import read_scope
from crowdbroker.store.tables import LabelRow

Worked = Any
NOW = START + timedelta(days=2)


def document(worked: Worked) -> Any:
    with worked.store.read() as session:
        return quality_document(session, read_scope(session, batch="b", since=None, at=NOW))


def a_crowd(items: int, skill: float) -> Votes:
    """Five people for every item, right so often; the truth of item n is label n mod 3."""
    chance = random.Random(1)
    cast = [
        (item, worker, LABELS[item % 3] if chance.random() < skill else chance.choice(LABELS))
        for item in range(items)
        for worker in range(5)
    ]
    return Votes.from_columns(*zip(*cast, strict=True), label_set=LABELS)


def test_without_enough_gold_the_confidence_speaks_for_the_accuracy_and_says_so(worked: Worked) -> None:
    (row,) = document(worked)["batches"]
    assert row["accuracy_basis"] == "confidence"
    assert row["accuracy"] == row["mean_confidence"]
    assert (row["accuracy_low"], row["accuracy_high"], row["calibration_error"]) == (None, None, None)
    assert (row["items"], row["labels"], row["unlabelled"], row["gold_items"]) == (6, 6, 0, 2)


def test_without_a_label_nothing_is_claimed(worked: Worked) -> None:
    with worked.store.write() as session:
        session.exec(delete(LabelRow))
    found = document(worked)
    (row,) = found["batches"]
    assert (row["accuracy"], row["accuracy_basis"], row["mean_confidence"]) == (None, None, None)
    assert row["unlabelled"] == 6
    assert found["distribution"] == found["confidence"] == found["confusion"] == []


def test_the_charts_data_add_up(worked: Worked) -> None:
    found = document(worked)
    assert sum(row["items"] for row in found["distribution"]) == 6
    assert sum(row["items"] for row in found["confidence"]) == 6
    assert len(found["confusion"]) == 9
    assert sum(row["answers"] for row in found["confusion"]) == 5 * 3


def test_agreement_is_measured_where_items_have_two_answers(worked: Worked) -> None:
    (row,) = document(worked)["batches"]
    assert row["agreement_low"] <= row["agreement"] <= row["agreement_high"] <= 1


def test_answers_that_meet_nowhere_have_no_agreement() -> None:
    found = Measures()
    _agreement(found, Votes.from_columns([1, 2], ["a", "b"], ["neutral", "neutral"], label_set=LABELS))
    assert found.agreement is None


def test_gold_is_judged_without_its_own_answer() -> None:
    # Gold that is wrong on purpose is never found by a fit that does not know it.
    gold = {item: (LABELS[(item + 1) % 3],) for item in range(30)}
    found = Measures()
    _on_gold(found, a_crowd(120, 0.95), gold, "majority")
    assert found.gold_items == 30
    assert found.accuracy is not None
    assert found.accuracy < 0.1


@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
def test_the_accuracy_on_gold_has_an_interval_and_bars(method: str) -> None:
    gold = {item: (LABELS[item % 3],) for item in range(60)}
    found = Measures()
    _on_gold(found, a_crowd(120, 0.7), gold, method)
    assert found.accuracy_low is not None
    assert found.accuracy is not None
    assert found.accuracy_low < found.accuracy <= 1
    assert found.accuracy > 0.8
    assert sum(bar["items"] for bar in found.reliability) == 60
    assert all(bar["low"] <= bar["accuracy"] <= bar["high"] for bar in found.reliability)


def test_too_little_gold_measures_nothing() -> None:
    found = Measures()
    _on_gold(found, a_crowd(120, 0.9), {item: (LABELS[item % 3],) for item in range(LEAST_GOLD - 1)}, "majority")
    assert (found.accuracy, found.gold_items) == (None, LEAST_GOLD - 1)


def test_free_text_is_not_measured(worked: Worked) -> None:
    text = a_project(answer={"kind": "text"}, labels=[])
    batch = type(worked.batch)(worked.batch.id, worked.batch.uid, "b", text, worked.batch.row)
    with worked.store.read() as session:
        assert measured(session, batch) == Measures()
