from __future__ import annotations

import numpy as np
import pytest

from crowdbroker.aggregation.rows import row_count, row_max


@pytest.mark.parametrize("width", [1, 2, 5, 32, 33])
def test_reductions_along_rows_are_those_of_numpy(width: int) -> None:
    rng = np.random.default_rng(width)
    table = rng.random((500, width))
    np.testing.assert_array_equal(row_max(table), table.max(axis=1))
    marks = table > 0.7
    np.testing.assert_array_equal(row_count(marks), marks.sum(axis=1))


def test_the_table_is_not_changed() -> None:
    table = np.array([[1.0, 2.0], [4.0, 3.0]])
    row_max(table)
    assert table.tolist() == [[1.0, 2.0], [4.0, 3.0]]
