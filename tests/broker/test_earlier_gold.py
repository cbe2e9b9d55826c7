"""What Workers said on gold in earlier Batches of a Project counts for the Labels of the next."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Desk
from factories import right

from crowdbroker.broker.consensus import consensus
from crowdbroker.broker.earlier_gold import earlier_gold
from crowdbroker.store.reads import votes

LABELS = ("positive", "negative", "neutral")


def wrong(text: str) -> str:
    return LABELS[(LABELS.index(right(text)) + 1) % 3]


def two_batches(desk: Desk, **second: Any) -> None:
    """Two Workers answer all of a first Batch, one wrongly throughout, and then a second without gold."""
    careful, careless = desk.workers(2)
    for name, gold, changes in (("first", 6, {}), ("second", 0, {"settings": {"gold": {"per_hit": 0}}} | second)):
        desk.load(items=6, gold=gold, name=name, overlap=2, **changes)
        desk.publish(name)
        assert desk.work(careful) > 0
        assert desk.work(careless, wrong) > 0
        desk.collect(name)


def test_earlier_answers_to_gold_are_counted_by_true_and_said_label(desk: Desk) -> None:
    two_batches(desk)
    with desk.store.read() as session:
        counts = earlier_gold(session, desk.batch("second"))
        assert earlier_gold(session, desk.batch("first")) == {}
    careful, careless = (counts[worker] for worker in sorted(counts))
    places = range(len(careful))
    assert sum(careful[true][true] for true in places) == sum(map(sum, careful)) > 0
    assert sum(careless[true][true] for true in places) == 0
    assert sum(map(sum, careless)) == sum(map(sum, careful))


@pytest.mark.parametrize("change", [{"labels": ["neutral", "positive", "negative"]}, {"answer": {"kind": "rating"}}])
def test_other_labels_or_another_kind_of_answer_remember_nothing(desk: Desk, change: dict[str, Any]) -> None:
    two_batches(desk, **change)
    with desk.store.read() as session:
        assert earlier_gold(session, desk.batch("second")) == {}


def test_of_two_who_disagree_the_one_who_knew_the_gold_is_believed(desk: Desk) -> None:
    two_batches(desk)
    with desk.store.read() as session:
        batch = desk.batch("second")
        given = votes(session, batch.id)
        found = {remember: consensus(session, batch, given, remember=remember) for remember in (False, True)}
    first = {
        item: next(vote.label for vote in given if vote.item == item and vote.worker == 1)
        for item in found[True].labels
    }
    assert found[True].labels == first
    assert found[False].labels != first
