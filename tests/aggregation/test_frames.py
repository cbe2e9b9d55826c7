"""A notebook written for crowd-kit: the import changes, the rest stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation import Auto, DawidSkene, MajorityVote, OneCoin, WeightedMajority
from crowdbroker.errors import InputError

COLUMNS = {
    "task": ["t1", "t1", "t1", "t2", "t2", "t2"],
    "worker": ["u", "v", "w", "u", "v", "w"],
    "label": ["cat", "cat", "dog", "dog", "dog", "dog"],
}
METHODS = [Auto, DawidSkene, MajorityVote, OneCoin, WeightedMajority]


@pytest.mark.parametrize("method", METHODS)
def test_a_pandas_frame_gives_a_series_by_task(method: Any) -> None:
    pandas = pytest.importorskip("pandas")
    found = method().fit_predict(pandas.DataFrame(COLUMNS))
    assert found.to_dict() == {"t1": "cat", "t2": "dog"}
    assert (found.index.name, found.name) == ("task", "agg_label")
    shares = method().fit_predict_proba(pandas.DataFrame(COLUMNS))
    assert list(shares.columns) == ["cat", "dog"]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares.loc["t1", "cat"] > 0.5


@pytest.mark.parametrize("method", METHODS)
def test_a_polars_frame_gives_a_frame(method: Any) -> None:
    polars = pytest.importorskip("polars")
    found = method().fit_predict(polars.DataFrame(COLUMNS))
    assert found.to_dicts() == [{"task": "t1", "agg_label": "cat"}, {"task": "t2", "agg_label": "dog"}]
    shares = method().fit_predict_proba(polars.DataFrame(COLUMNS))
    assert shares.columns == ["task", "cat", "dog"]


def test_known_labels_come_as_a_series_or_a_mapping() -> None:
    pandas = pytest.importorskip("pandas")
    for known in (pandas.Series({"t1": "dog"}), {"t1": "dog"}):
        assert DawidSkene().fit_predict(pandas.DataFrame(COLUMNS), known).to_dict()["t1"] == "dog"


@pytest.mark.parametrize("method", METHODS)
def test_arrow_and_plain_columns_come_back_as_they_went(method: Any) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = method().fit_predict(arrow.table(COLUMNS))
    assert isinstance(table, arrow.Table)
    assert table.to_pydict() == {"task": ["t1", "t2"], "agg_label": ["cat", "dog"]}
    assert method().fit_predict(COLUMNS) == {"task": ["t1", "t2"], "agg_label": ["cat", "dog"]}
    assert list(method().fit_predict_proba(COLUMNS)) == ["task", "cat", "dog"]


def test_a_frame_without_a_column_is_told_which() -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(InputError, match="no column 'worker'"):
        MajorityVote().fit_predict(polars.DataFrame({"task": [1], "x": [2]}))
