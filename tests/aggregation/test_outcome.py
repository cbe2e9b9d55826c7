from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from heldshards import split

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.doubts import contradictions, expected_wrong, found_by_looking, most_doubtful
from crowdbroker.aggregation.executors import Inline
from crowdbroker.aggregation.outcome import aggregated
from crowdbroker.aggregation.sharded_outcome import aggregated_shards
from crowdbroker.aggregation.skill import gold_record
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
Crowd = Callable[..., tuple[list[Any], dict[Any, Any]]]


def test_auto_names_its_method_and_why(votes_of: MakeVotes, crowd: Crowd) -> None:
    outcome = aggregated(votes_of(crowd()[0]))
    assert outcome.method == "dawid-skene"
    assert "Workers share Items" in outcome.why
    assert aggregated(votes_of(crowd()[0]), method="majority").why == ""


def test_progress_tells_of_every_pass_and_changes_nothing(votes_of: MakeVotes, crowd: Crowd) -> None:
    votes = votes_of(crowd()[0])
    told: list[tuple[int, float]] = []
    watched = aggregated(votes, progress=lambda done, value: told.append((done, value)))
    plain = DawidSkene().fit(votes)
    np.testing.assert_array_equal(watched.model.posterior_, plain.posterior_)
    # One pass is for the start; the likelihood of the last parameters is told last.
    assert [done for done, _ in told] == list(range(1, plain.n_iter_ + 2))
    assert told[-1][1] < 0


def test_confidence_is_the_calibrated_one(votes_of: MakeVotes, crowd: Crowd) -> None:
    triples, truth = crowd()
    votes = votes_of(triples)
    own = aggregated(votes, calibrated=False)
    np.testing.assert_allclose(own.confidence, own.model.posterior_)
    assert own.calibration.basis == "the method's own"
    without = aggregated(votes)
    assert without.calibration.basis == "uncalibrated"
    assert without.best.mean() < own.best.mean()
    with_gold = aggregated(votes, dict(list(truth.items())[:20]))
    assert with_gold.calibration.basis == "gold n=20"
    assert len(with_gold.guessed) == 40


def test_calibration_that_is_asked_for_needs_gold(votes_of: MakeVotes, crowd: Crowd) -> None:
    triples, truth = crowd()
    with pytest.raises(InputError, match="only 3 gold tasks"):
        aggregated(votes_of(triples), dict(list(truth.items())[:3]), calibrated=True)


def test_the_least_sure_come_first_and_gold_never(votes_of: MakeVotes) -> None:
    sure = [(f"sure{item}", worker, "x" if item % 2 else "y") for item in range(30) for worker in "abc"]
    split_votes = [("split", "a", "x"), ("split", "b", "x"), ("split", "c", "y")]
    known = [("known", "a", "x"), ("known", "b", "y")]
    outcome = aggregated(votes_of([*sure, *split_votes, *known]), {"known": "x"}, method="majority")
    first = most_doubtful(outcome, 40)
    assert [doubt.item for doubt in first if not doubt.item.startswith("sure")] == ["split"]  # type: ignore[attr-defined]
    assert (first[0].label, first[0].second, first[0].agreed, first[0].votes) == ("x", "y", 2, 3)
    assert first[0].confidence == pytest.approx(2.25 / 3.5)
    assert not first[0].tied


def test_of_equally_unsure_items_those_with_fewer_votes_come_first(votes_of: MakeVotes) -> None:
    triples = [("four", "a", "x"), ("four", "b", "x"), ("four", "c", "y"), ("four", "d", "y")]
    triples += [("two", "a", "x"), ("two", "b", "y"), ("third", "a", "x"), ("third", "b", "y"), ("third", "c", "y")]
    first = most_doubtful(aggregated(votes_of(triples), method="majority"), 2)
    assert [(doubt.item, doubt.tied) for doubt in first] == [("two", True), ("four", True)]


def test_gold_that_most_workers_contradict_is_named(votes_of: MakeVotes) -> None:
    triples = [("odd", worker, "x") for worker in "abc"] + [("odd", "d", "y")]
    triples += [("split", "a", "x"), ("split", "b", "y"), ("fine", "a", "y"), ("fine", "b", "y")]
    gold = {"odd": "y", "split": "y", "fine": ["y", "x"]}
    (found,) = contradictions(aggregated(votes_of(triples), gold), 9)
    assert (found.item, found.known, found.said, found.agreed, found.votes) == ("odd", ("y",), "x", 3, 4)


def test_looking_finds_the_doubt_that_is_there() -> None:
    best = np.array([0.9, 0.5, 1.0, 0.7])
    assert expected_wrong(best) == pytest.approx(0.9)
    assert [found_by_looking(best, first) for first in (0, 1, 2, 9)] == pytest.approx([0, 0.5, 0.8, 0.9])


@pytest.mark.parametrize("known", [0, 12])
def test_shards_give_the_labels_and_the_records_of_the_whole(votes_of: MakeVotes, crowd: Crowd, known: int) -> None:
    triples, truth = crowd()
    votes = votes_of(triples)
    gold = dict(list(truth.items())[:known])
    whole = aggregated(votes, gold, method="dawid-skene")
    sharded = aggregated_shards(split(votes, 3), Inline(), gold_of=lambda task, labels: gold)
    parts = list(sharded.labelled())
    found = {item: label for part in parts for item, label in zip(part.items, part.labels, strict=True)}
    assert found == dict(whole.labels)
    assert sharded.gold == known
    if not known:
        np.testing.assert_allclose(np.concatenate([part.confidence for part in parts]), whole.best, atol=1e-6)
    answers, estimated = sharded.workers()
    assert answers.tolist() == np.bincount(votes.worker).tolist()
    assert ((estimated > 0.5) & (estimated < 1)).all()
    for mine, its in zip(sharded.votes.gold_record(), gold_record(votes, whole.known), strict=True):
        np.testing.assert_array_equal(mine, its)
