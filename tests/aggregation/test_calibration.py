from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crowdbroker.aggregation.auto import Auto
from crowdbroker.aggregation.calibration import (
    DEPENDENCE,
    OWN,
    Calibration,
    calibrate,
    confidence_of,
    cross_fitted,
    held_out_confidence,
)
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.gold import encode_gold
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.metrics import calibration_error, judged
from crowdbroker.aggregation.votes import Votes
from crowdbroker.aggregation.weighted import WeightedMajority
from crowdbroker.errors import InputError
from crowdbroker.formats.votes_csv import read_truth, read_votes

MakeVotes = Callable[..., Votes]
POSTERIORS = arrays(np.float64, (6, 3), elements=st.floats(1e-6, 1)).map(lambda p: p / p.sum(axis=1, keepdims=True))


@pytest.fixture
def hard(votes_of: MakeVotes) -> tuple[Votes, dict[object, object]]:
    """Return votes of workers who err together: a third of the items misleads two in three of them."""
    rng = np.random.default_rng(3)
    triples, truth = [], {}
    for item in range(600):
        truth[f"i{item}"] = right = int(rng.integers(2))
        chance = 0.35 if rng.random() < 1 / 3 else 0.9
        triples += [(f"i{item}", f"w{w}", right if rng.random() < chance else 1 - right) for w in range(7)]
    return votes_of(triples), truth


def error(votes: Votes, posterior: np.ndarray, truth: Any) -> float:
    return calibration_error(*judged(votes, posterior, truth))


@settings(deadline=None)
@given(POSTERIORS, st.floats(0.2, 20), arrays(np.int64, 6, elements=st.integers(1, 50)))
def test_tempering_keeps_sums_and_order(posterior: np.ndarray, temperature: float, number: np.ndarray) -> None:
    shown = Calibration(gold=50, temperature=temperature).apply(posterior, number)
    np.testing.assert_allclose(shown.sum(axis=1), 1)
    best = np.take_along_axis(shown, posterior.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    np.testing.assert_allclose(best, shown.max(axis=1))


def test_more_votes_of_the_same_certainty_are_believed_less() -> None:
    shown = Calibration().apply(np.array([[0.99, 0.01]] * 3), np.array([1, 5, 20]))[:, 0]
    assert shown[0] == pytest.approx(0.99)
    assert (np.diff(shown) < 0).all()
    assert shown[1] == pytest.approx(1 / (1 + (1 / 99) ** (1 / (1 + 4 * DEPENDENCE))))


def test_gold_that_keeps_to_its_label_stays_certain() -> None:
    shown = Calibration(gold=50, temperature=20.0).apply(np.array([[0.0, 1.0]]), np.array([20]))
    assert shown.tolist() == [[0.0, 1.0]]


def test_without_gold_it_says_so_and_is_less_sure(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    model = DawidSkene().fit(votes)
    found = calibrate(model, votes, None)
    assert (found.basis, found.gold, found.temperature) == ("uncalibrated", 0, 1.0)
    shown = found.apply(model.posterior_, np.diff(votes.start))
    assert error(votes, shown, truth) < error(votes, model.posterior_, truth)


def test_fifty_gold_items_make_confidence_true(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    gold, rest = dict(list(truth.items())[:50]), dict(list(truth.items())[50:])
    model = DawidSkene().fit(votes, gold)
    found = calibrate(model, votes, gold)
    assert (found.basis, found.gold) == ("gold n=50", 50)
    before = error(votes, model.posterior_, rest)
    after = error(votes, found.apply(model.posterior_, np.diff(votes.start)), rest)
    assert before > 0.15
    assert after < 0.1
    assert after < before / 2


def test_an_item_never_speaks_for_itself(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    gold = dict(list(truth.items())[:20])
    known = encode_gold(votes, gold)
    held_out = cross_fitted(DawidSkene(), votes, known, gold, folds=5, seed=0)
    assert (held_out > 0).all()
    name = votes.items.at(known.item)[0]
    flipped = gold | {name: 1 - gold[name]}
    again = cross_fitted(DawidSkene(), votes, encode_gold(votes, flipped), flipped, folds=5, seed=0)
    np.testing.assert_array_equal(held_out[0], again[0])


def test_calibrating_leaves_the_model_as_it_was(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    model = DawidSkene().fit(votes)
    before = model.posterior_.copy()
    calibrate(model, votes, dict(list(truth.items())[:15]))
    np.testing.assert_array_equal(model.posterior_, before)
    assert not hasattr(DawidSkene(), "posterior_")


def test_nine_gold_items_calibrate_nothing(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    gold = dict(list(truth.items())[:9]) | {"never": 1}
    assert calibrate(DawidSkene(), votes, gold).basis == "uncalibrated"


@pytest.mark.parametrize("model", [MajorityVote(), WeightedMajority(), Auto()])
def test_one_vote_is_no_certainty(votes_of: MakeVotes, model: Any) -> None:
    votes = votes_of([(1, "a", "x"), (2, "b", "y"), (3, "c", "z")])
    model.fit(votes)
    shown = confidence_of(model, calibrate(model, votes, None), votes, encode_gold(votes, None))
    np.testing.assert_allclose(shown.max(axis=1), (1 + 1 / 6) / 1.5)
    np.testing.assert_allclose(shown.sum(axis=1), 1)


def test_gold_stays_certain_among_shares_of_votes(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    for size in (5, 50):
        gold = dict(list(truth.items())[:size])
        model, known = WeightedMajority().fit(votes, gold), encode_gold(votes, gold)
        shown = confidence_of(model, calibrate(model, votes, gold), votes, known)
        assert (shown.max(axis=1) == 1).sum() == size
        np.testing.assert_array_equal(shown[known.item] == 1, known.accepted)


def test_shares_of_votes_become_true_by_gold(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    model, number = MajorityVote().fit(votes), np.diff(votes.start)
    found = calibrate(model, votes, dict(list(truth.items())[:50]))
    shown = found.apply(model.posterior_, number)
    assert shown.max() < 1
    assert error(votes, shown, truth) < 0.08


def test_bad_gold_and_bad_folds_are_told(hard: tuple[Votes, Any]) -> None:
    votes, _ = hard
    with pytest.raises(UnknownLabel):
        calibrate(DawidSkene(), votes, {"i1": "neither"})
    with pytest.raises(InputError, match="folds"):
        calibrate(DawidSkene(), votes, None, folds=1)


def test_confidence_is_judged_by_temperatures_that_did_not_know_the_item(hard: tuple[Votes, Any]) -> None:
    """One fold: its answers are wrong throughout, and only the others' temperatures may be lowered by that."""
    votes, truth = hard
    gold = dict(list(truth.items())[:20])
    names = votes.items.at(encode_gold(votes, gold).item)
    fold = np.random.default_rng(0).permutation(20) % 5
    flipped = gold | {name: 1 - gold[name] for name, own in zip(names, fold.tolist(), strict=True) if own == 0}
    found = []
    for one in (gold, flipped):
        model, known = MajorityVote(), encode_gold(votes, one)
        found.append(held_out_confidence(model, votes, known, one, calibrate(model, votes, one)))
    np.testing.assert_array_equal(found[0][fold == 0], found[1][fold == 0])
    assert (found[0][fold == 1].max(axis=1) > found[1][fold == 1].max(axis=1)).all()


def test_what_was_not_fitted_on_gold_is_judged_as_it_is_shown(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    gold = dict(list(truth.items())[:20])
    known = encode_gold(votes, gold)
    bare = cross_fitted(DawidSkene(), votes, known, gold, folds=5, seed=0)
    np.testing.assert_allclose(held_out_confidence(DawidSkene(), votes, known, gold, OWN), bare, atol=1e-12)


@pytest.mark.parametrize("name", ["dog", "rte", "labelme", "barzan"])
def test_recorded_crowds_are_calibrated_by_fifty_gold_items(recorded: Callable[[str], Path], name: str) -> None:
    folder = recorded(name)
    columns, truth = read_votes(folder / "answers.csv"), read_truth(folder / "truth.csv")
    votes = Votes.from_columns(columns.tasks, columns.workers, columns.labels)
    names = [item for item in truth if truth[item] in votes.labels]
    chosen = [names[place] for place in np.random.default_rng(0).permutation(len(names))[:50]]
    gold = {item: truth[item] for item in chosen}
    rest = {item: truth[item] for item in names if item not in gold}
    model = DawidSkene().fit(votes, gold)
    shown = calibrate(model, votes, gold).apply(model.posterior_, np.diff(votes.start))
    assert error(votes, shown, rest) < 0.08
