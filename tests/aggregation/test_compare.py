from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.compare import compare
from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.methods import METHODS
from crowdbroker.aggregation.votes import Votes

MakeVotes = Callable[..., Votes]
Crowd = Callable[..., tuple[list[Any], dict[Any, Any]]]


def test_every_method_is_there_with_its_accuracy_and_time(votes_of: MakeVotes, crowd: Crowd) -> None:
    triples, truth = crowd()
    ticks = count()
    found = compare(votes_of(triples), truth, clock=lambda: float(next(ticks)))
    assert [row.method for row in found.rows] == [name for name in METHODS if name != "auto"]
    assert found.gold == 60
    for row in found.rows:
        assert row.seconds == 1
        assert row.accuracy is not None
        assert row.beyond is not None
        assert row.accuracy.low <= row.accuracy.value <= row.accuracy.high
        assert row.accuracy.items == 60
        if row.method == found.trusted:
            assert (row.unlike, row.beyond.value) == (0, 0)


def test_majority_is_as_right_as_its_votes_and_ties_count_by_half(votes_of: MakeVotes) -> None:
    triples = [(1, "a", "x"), (1, "b", "x"), (2, "a", "x"), (2, "b", "x"), (3, "a", "x"), (3, "b", "y")]
    found = compare(votes_of(triples), {1: "x", 2: "y", 3: "y"})
    accuracy = {row.method: row.accuracy for row in found.rows}["majority"]
    assert accuracy is not None
    assert accuracy.value == pytest.approx((1 + 0 + 0.5) / 3)


def test_no_item_is_judged_by_its_own_gold(votes_of: MakeVotes) -> None:
    """Gold drawn by coin says nothing about other items, so nobody who was not told of it can be right on it."""
    rng = np.random.default_rng(0)
    triples = [(item, worker, "xy"[item % 2]) for item in range(200) for worker in "abc"]
    gold = {item: "xy"[rng.integers(2)] for item in range(200)}
    for row in compare(votes_of(triples), gold).rows:
        assert row.accuracy is not None
        assert row.accuracy.value < 0.65


def test_a_method_that_is_clearly_better_is_trusted(votes_of: MakeVotes) -> None:
    """Two who always lie against one who never does: no method but one that learns from gold is right."""
    rng = np.random.default_rng(0)
    truth = {item: "xy"[rng.integers(2)] for item in range(200)}
    other = {"x": "y", "y": "x"}
    triples = [
        (item, worker, said)
        for item, right in truth.items()
        for worker, said in (("good", right), ("bad", other[right]), ("worse", other[right]))
    ]
    found = compare(votes_of(triples), truth)
    rows = {row.method: row for row in found.rows}
    assert found.trusted == "dawid-skene"
    assert found.why == "It is right most often on the known answers."
    assert rows["majority"].beyond is not None
    assert rows["majority"].beyond.value == -1


def test_without_gold_the_reason_is_the_shape_of_the_votes(votes_of: MakeVotes, crowd: Crowd) -> None:
    found = compare(votes_of(crowd()[0]))
    assert found.trusted == "dawid-skene"
    assert "Workers share Items" in found.why
    assert "none of 20 are there" in found.why
    assert {row.accuracy for row in found.rows} == {None}


def test_few_known_items_do_not_choose(votes_of: MakeVotes, crowd: Crowd) -> None:
    triples, truth = crowd()
    found = compare(votes_of(triples), dict(list(truth.items())[:5]))
    assert "5 of 20 are there" in found.why


def test_a_wrong_gold_label_is_named(votes_of: MakeVotes) -> None:
    with pytest.raises(UnknownLabel, match="'z'"):
        compare(votes_of([(1, "a", "x"), (1, "b", "y")]), {1: "z"})
