from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crowdbroker.aggregation.calibration import DEPENDENCE, Calibration, calibrate, cross_fitted
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.gold import encode_gold
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.metrics import calibration_error, judged
from crowdbroker.aggregation.votes import Votes
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


def test_shares_of_votes_stay_until_gold_says_more(hard: tuple[Votes, Any]) -> None:
    votes, truth = hard
    model, number = MajorityVote().fit(votes), np.diff(votes.start)
    np.testing.assert_array_equal(calibrate(model, votes, None).apply(model.posterior_, number), model.posterior_)
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
