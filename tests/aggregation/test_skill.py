from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crowdbroker.aggregation.gold import encode_gold
from crowdbroker.aggregation.skill import gold_record, informedness
from crowdbroker.aggregation.votes import Votes

WEIGHTS = arrays(np.float64, 4, elements=st.floats(0.01, 1))
MATRICES = arrays(np.float64, (3, 4, 4), elements=st.floats(0.01, 1))


@settings(deadline=None)
@given(WEIGHTS)
def test_the_perfect_worker_has_skill_one(prior: np.ndarray) -> None:
    np.testing.assert_allclose(informedness(np.eye(4)[np.newaxis], prior / prior.sum()), [1])


@settings(deadline=None)
@given(WEIGHTS, WEIGHTS)
def test_dice_of_any_shape_have_no_skill(prior: np.ndarray, dice: np.ndarray) -> None:
    matrix = np.tile(dice / dice.sum(), (1, 4, 1))
    np.testing.assert_allclose(informedness(matrix, prior / prior.sum()), [0], atol=1e-9)


@settings(deadline=None)
@given(MATRICES, WEIGHTS)
def test_skill_stays_within_one(matrix: np.ndarray, prior: np.ndarray) -> None:
    skill = informedness(matrix / matrix.sum(axis=2, keepdims=True), prior / prior.sum())
    assert (np.abs(skill) <= 1 + 1e-12).all()


def test_with_two_labels_it_is_youdens_index() -> None:
    matrix = np.array([[[0.9, 0.1], [0.3, 0.7]]])
    np.testing.assert_allclose(informedness(matrix, np.array([0.2, 0.8])), [0.9 + 0.7 - 1])


def test_who_always_swaps_two_labels_has_skill_minus_one() -> None:
    np.testing.assert_allclose(informedness(np.array([[[0.0, 1.0], [1.0, 0.0]]]), np.array([0.5, 0.5])), [-1])


@pytest.mark.parametrize("prior", [[1.0], [1.0, 0.0]])
def test_one_label_alone_tells_nothing(prior: list[float]) -> None:
    np.testing.assert_array_equal(informedness(np.eye(len(prior))[np.newaxis], np.array(prior)), [0])


def test_the_gold_record_counts_seen_and_right(votes_of: Callable[..., Votes]) -> None:
    votes = votes_of([(1, "u", "a"), (1, "v", "b"), (2, "u", "b"), (3, "u", "a"), (3, "w", "a")])
    seen, right = gold_record(votes, encode_gold(votes, {1: "a", 2: ["a", "b"], 9: "a"}))
    assert dict(zip(votes.workers, zip(seen.tolist(), right.tolist(), strict=True), strict=True)) == {
        "u": (2, 2),
        "v": (1, 0),
        "w": (0, 0),
    }


def test_the_gold_record_without_gold_is_all_zeros(votes_of: Callable[..., Votes]) -> None:
    votes = votes_of([(1, "u", "a"), (1, "v", "b")])
    seen, right = gold_record(votes, encode_gold(votes, None))
    assert seen.tolist() == right.tolist() == [0, 0]
