from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.aggregation.metrics import (
    accuracy,
    brier_score,
    calibration_error,
    effective_votes,
    error_dependence,
    judged,
    measured_calibration_error,
    reliability,
    with_interval,
)
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]


def predicted(size: int, seed: int, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return confidence, and whether it came true with chance 0.5 + slope (confidence - 0.5)."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.5, 1, size)
    return confidence, rng.random(size) < 0.5 + slope * (confidence - 0.5)


def test_accuracy_takes_any_accepted_label_and_judged_items_only() -> None:
    labels = {1: "a", 2: "b", 3: "c"}
    assert accuracy(labels, {1: "a", 2: ["b", "c"], 3: "a", 9: "a"}) == pytest.approx(2 / 3)
    assert np.isnan(accuracy(labels, {9: "a"}))


def test_the_likeliest_label_is_judged(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "w", "a"), (2, "w", "b"), (3, "w", "a")])
    posterior = np.array([[0.9, 0.1], [0.3, 0.7], [0.5, 0.5]])
    confidence, right = judged(votes, posterior, {1: "a", 2: "a", 8: "b"})
    assert confidence.tolist() == [0.9, 0.7]
    assert right.tolist() == [True, False]


def test_the_calibration_error_of_a_hand_made_case() -> None:
    confidence, right = np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, False, True, True])
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.45 + 0.5 * 0.45)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 300))
def test_bins_brier_score_and_errors_are_those_of_scikit_learn(seed: int, size: int) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    from sklearn.calibration import calibration_curve

    confidence, right = predicted(size, seed, slope=0.6)
    assert brier_score(confidence, right) == pytest.approx(sklearn.brier_score_loss(right, confidence, pos_label=True))
    bars = [bar for bar in reliability(confidence, right) if bar.items]
    share, mean = calibration_curve(right, confidence, n_bins=10)
    np.testing.assert_allclose([bar.accuracy for bar in bars], share)
    np.testing.assert_allclose([bar.confidence for bar in bars], mean)
    weighed = sum(bar.items * abs(bar.accuracy - bar.confidence) for bar in bars) / size
    assert calibration_error(confidence, right) == pytest.approx(weighed)


def test_a_true_forecast_has_a_small_error_and_a_boastful_one_a_large() -> None:
    assert calibration_error(*predicted(20_000, 1)) < 0.015
    assert calibration_error(*predicted(20_000, 1, slope=0.5)) == pytest.approx(0.125, abs=0.015)


def test_the_interval_covers_the_value_of_many_more_items() -> None:
    far = brier_score(*predicted(200_000, 0))
    inside = 0
    for seed in range(40):
        found = with_interval(brier_score, *predicted(150, seed + 1), seed=seed, samples=200)
        assert found.low <= found.value <= found.high
        inside += found.low <= far <= found.high
    assert inside >= 33
    with pytest.raises(InputError, match="no item"):
        with_interval(brier_score, np.array([]), np.array([], dtype=bool))


def test_the_interval_of_the_calibration_error_holds_its_value() -> None:
    """Bare percentiles lie above it: distances grow when items are drawn again."""
    for seed in range(60):
        found = measured_calibration_error(*predicted(40, seed), samples=100)
        assert 0 <= found.low <= found.value <= found.high <= 1
    perfect = np.repeat([0.75], 100), np.tile([True, True, True, False], 25)
    found = measured_calibration_error(*perfect)
    assert (found.value, found.low) == (0, 0)
    assert found.high < 0.08
    with pytest.raises(InputError, match="no item"):
        measured_calibration_error(np.array([]), np.array([], dtype=bool))


def test_the_same_seed_gives_the_same_interval() -> None:
    pair = predicted(50, 3)
    assert with_interval(brier_score, *pair, seed=1) == with_interval(brier_score, *pair, seed=1)
    assert with_interval(brier_score, *pair, seed=1) != with_interval(brier_score, *pair, seed=2)


def test_dependent_votes_are_worth_fewer() -> None:
    np.testing.assert_allclose(effective_votes(np.array([1, 5, 100]), 0.0), [1, 5, 100])
    np.testing.assert_allclose(effective_votes(np.array([1, 5, 100]), 1.0), [1, 1, 1])
    assert effective_votes(np.array([10]), 0.3)[0] == pytest.approx(10 / 3.7)


@pytest.mark.parametrize(("common", "expected"), [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)])
def test_the_dependence_of_errors_is_found(votes_of: MakeVotes, common: float, expected: float) -> None:
    """With chance `common` a worker copies a draw of the item, so two copy it with the square of that."""
    rng = np.random.default_rng(0)
    triples, truth = [], {}
    for item in range(1500):
        truth[item] = "a"
        shared = rng.random() < 0.7
        for worker in range(4 + item % 2):
            right = shared if rng.random() < common else rng.random() < 0.7
            triples.append((item, worker, "a" if right else "b"))
    assert error_dependence(votes_of(triples), truth) == pytest.approx(expected, abs=0.04)


def test_dependence_needs_two_items_with_two_votes(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "v", "a"), (1, "w", "b"), (2, "v", "a")])
    assert np.isnan(error_dependence(votes, {1: "a", 2: "a"}))
    assert np.isnan(error_dependence(votes, {}))


def test_a_crowd_without_an_error_has_no_dependence(votes_of: MakeVotes) -> None:
    assert error_dependence(votes_of([(i, w, "a") for i in range(3) for w in range(2)]), {0: "a", 1: "a"}) == 0
