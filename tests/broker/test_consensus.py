"""Votes become labels as their kind asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from crowdbroker.broker.consensus import Consensus, consensus
from crowdbroker.store.reads import Vote, gold_items

COLOURS = {"answer": {"kind": "choices"}, "labels": ["red", "green", "blue"]}


def agreed(
    desk: Any, given: Sequence[tuple[int, int, str]], *, method: str | None = None, **settings: Any
) -> Consensus:
    """The consensus on (Item row, Worker row, Answer) under a Project with these settings, without gold."""
    desk.load(items=4, gold=0, settings={"gold": {"per_hit": 0}}, **settings)
    with desk.store.read() as session:
        return consensus(session, desk.batch(), [Vote(*one) for one in given], method=method)


def chosen(*labels: str) -> str:
    return json.dumps(list(labels))


@pytest.mark.parametrize("kind", ["choice", "choices", "rating", "text", "boxes"])
def test_without_votes_there_is_nothing_to_say(desk: Any, kind: str) -> None:
    found = agreed(desk, [], answer={"kind": kind})
    assert (found.labels, found.strange) == ({}, 0)


@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
@pytest.mark.parametrize("kind", ["choice", "rating"])
def test_of_labels_the_one_of_most_is_taken(desk: Any, kind: str, method: str) -> None:
    given = [(1, 1, "positive"), (1, 2, "positive"), (1, 3, "negative"), (2, 1, "neutral"), (2, 2, "neutral")]
    found = agreed(desk, given, method=method, answer={"kind": kind})
    assert found.labels == {1: "positive", 2: "neutral"}
    assert found.counts == {1: 3, 2: 2}
    assert found.method == method
    assert bool(found.skill) == (method == "dawid-skene")


def test_what_is_no_label_of_the_project_is_counted_and_left_out(desk: Any) -> None:
    found = agreed(desk, [(1, 1, "positive"), (1, 2, "Positive"), (2, 1, "")])
    assert (found.labels, found.strange) == ({1: "positive"}, 2)


@pytest.mark.parametrize(
    "strange",
    ["red", '["red"', '"red"', "[1]", chosen("violet"), chosen("blue", "red"), '[ "red" ]', chosen("red", "red")],
)
def test_a_set_that_is_not_in_its_one_text_is_left_out(desk: Any, strange: str) -> None:
    found = agreed(desk, [(1, 1, chosen("red")), (1, 2, strange)], method="majority", **COLOURS)
    assert (found.labels, found.strange) == ({1: chosen("red")}, 1)


def test_every_label_of_a_set_has_its_own_majority(desk: Any) -> None:
    given = [(1, 1, chosen("red", "green")), (1, 2, chosen("green", "blue")), (1, 3, chosen("red", "blue"))]
    found = agreed(desk, [*given, (2, 1, chosen()), (2, 2, chosen())], method="majority", **COLOURS)
    assert found.labels == {1: chosen("red", "green", "blue"), 2: chosen()}
    assert found.confidence[1] == pytest.approx(2.25 / 3.5)
    assert found.confidence[2] == pytest.approx(2.25 / 2.5)
    assert found.counts == {1: 3, 2: 2}


def test_the_least_sure_label_says_how_sure_a_set_is(desk: Any) -> None:
    given = [(1, 1, chosen("red")), (1, 2, chosen("red")), (1, 3, chosen("red", "blue"))]
    found = agreed(desk, given, method="majority", **COLOURS)
    assert found.labels == {1: chosen("red")}
    assert found.confidence[1] == pytest.approx(2.25 / 3.5)


def test_a_workers_skill_on_sets_is_the_mean_over_the_labels(desk: Any) -> None:
    given = [(item, worker, chosen("red") if item < 3 else chosen("blue")) for item in range(1, 5) for worker in (1, 2)]
    found = agreed(desk, given, **COLOURS)
    assert set(found.skill) == {1, 2}
    assert all(-1 <= skill <= 1 for skill in found.skill.values())


def test_of_texts_the_one_of_most_is_taken_as_it_was_first_written(desk: Any) -> None:
    given = [(1, 1, "a dog"), (1, 2, "The  Cat."), (1, 3, "the cat"), (2, 1, "x")]
    found = agreed(desk, given, answer={"kind": "text"}, labels=[])
    assert found.labels == {1: "The  Cat.", 2: "x"}
    assert found.confidence == {1: pytest.approx(2 / 3), 2: 1.0}
    assert found.method == "majority"


@pytest.mark.parametrize(
    ("kind", "first", "second", "confidence"),
    [
        ("choice", "positive", "negative", (2 + 0.5 / 3) / 2.5),
        ("text", "one", "two", 1.0),
        ("choices", chosen("red"), chosen("blue"), 2.25 / 2.5),
    ],
)
def test_what_a_worker_says_a_second_time_is_not_counted(
    desk: Any, kind: str, first: str, second: str, confidence: float
) -> None:
    """On a sibling HIT a Worker can answer an Item again."""
    settings = {"answer": {"kind": kind}} | ({"labels": ["red", "green", "blue"]} if kind == "choices" else {})
    given = [(1, 1, first), (1, 2, first), (1, 1, second), (1, 1, second), (1, 1, second)]
    found = agreed(desk, given, method="majority", **settings)
    assert found.labels == {1: first}
    assert (found.counts, found.confidence) == ({1: 2}, {1: pytest.approx(confidence)})


def test_boxes_have_no_consensus_and_say_so(desk: Any) -> None:
    found = agreed(desk, [(1, 1, "[]"), (1, 2, "[]")], answer={"kind": "boxes"}, labels=["car"])
    assert found.labels == {}
    assert "not aggregated yet" in found.why_none
    assert found.strange == 0


def test_the_confidence_is_calibrated_on_gold_and_says_so(desk: Any) -> None:
    """Four Workers who agree on everything and are wrong on each third gold Item are worth less than they claim."""
    desk.load(items=60, gold=20)
    with desk.store.read() as session:
        batch = desk.batch()
        gold = gold_items(session, batch.id)
        values = list(batch.project.label_values)
        given = []
        for place, (item, accepted) in enumerate(sorted(gold.items())):
            right = values.index(accepted[0])
            says = values[(right + 1) % len(values)] if place % 3 == 0 else accepted[0]
            given += [Vote(item, worker, says) for worker in range(1, 5)]
        others = [item for item in range(1, 60) if item not in gold]
        given += [Vote(item, worker, values[item % len(values)]) for item in others for worker in range(1, 5)]
        found = consensus(session, batch, given)
    assert found.basis == f"gold n={len(gold)}"
    assert len(gold) >= 10
    assert max(found.confidence[item] for item in others) < 0.9
    assert all(found.confidence[item] == 1 for item in gold)


def test_without_gold_the_confidence_is_called_uncalibrated(desk: Any) -> None:
    found = agreed(desk, [(1, 1, "positive"), (1, 2, "positive"), (2, 1, "negative"), (2, 2, "negative")])
    assert found.basis == "uncalibrated"
    assert all(0.5 < confidence < 1 for confidence in found.confidence.values())
