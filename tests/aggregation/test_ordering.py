from __future__ import annotations

import numpy as np
import pytest

from crowdbroker.aggregation.ordering import Repeats, one_vote_each


@pytest.mark.parametrize("wide", [1, 1 << 40])
@pytest.mark.parametrize(("repeats", "label"), [("keep_first", 3), ("keep_last", 1)])
def test_positions_of_any_width_are_ordered_and_one_of_a_pair_is_kept(wide: int, repeats: Repeats, label: int) -> None:
    item, worker = np.array([2, 1, 2, 2, 0]) * wide, np.array([5, 9, 5, 4, 9])
    kept = one_vote_each([item, worker, np.array([3, 2, 1, 0, 1000])], repeats)
    assert (kept.item // wide).tolist() == [0, 1, 2, 2]
    assert kept.worker.tolist() == [9, 9, 4, 5]
    assert kept.label.tolist() == [1000, 2, 0, label]


@pytest.mark.parametrize("wide", [1, 1 << 42])
def test_positions_without_repeats_are_ordered(wide: int) -> None:
    rng = np.random.default_rng(0)
    item, worker = rng.permutation(1000), rng.permutation(1000)
    kept = one_vote_each([item * wide, worker, worker % 7], "error")
    np.testing.assert_array_equal(kept.item, np.arange(1000) * wide)
    np.testing.assert_array_equal(kept.worker[item], worker)
    np.testing.assert_array_equal(kept.label, kept.worker % 7)
