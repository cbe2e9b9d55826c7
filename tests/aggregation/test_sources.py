"""The same votes out of every kind of table, and one clear error for what is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.errors import EmptyVotes, MissingValue, UnknownLabel
from crowdbroker.aggregation.sources import votes_of
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

ROWS: dict[str, list[Any]] = {
    "task": ["t2", "t1", "t2", "t10", "t1"],
    "worker": ["", "ann", "ann", "Ömer", ""],
    "label": ["cat", "dog", "dog", "cat", "ant"],
}


def _pandas(rows: dict[str, list[Any]], dtype: str | None = None) -> Any:
    frame = pytest.importorskip("pandas").DataFrame(rows)
    return frame if dtype is None else frame.astype(dtype)


def _polars(rows: dict[str, list[Any]], dtype: str | None = None) -> Any:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(rows)
    return frame if dtype is None else frame.with_columns(polars.all().cast(getattr(polars, dtype)))


def _arrow(rows: dict[str, list[Any]], encoded: bool = False) -> Any:
    arrow = pytest.importorskip("pyarrow")
    halves = [arrow.table({name: column[part] for name, column in rows.items()}) for part in (slice(1), slice(1, None))]
    table = arrow.concat_tables(halves)
    columns = {name: table[name].dictionary_encode() if encoded else table[name] for name in rows}
    return arrow.table(columns)


TABLES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "arrays": lambda rows: {name: np.array(column) for name, column in rows.items()},
    "pandas": _pandas,
    "pandas objects": lambda rows: _pandas(rows, "object"),
    "pandas categories": lambda rows: _pandas(rows, "category"),
    "polars": _polars,
    "polars categories": lambda rows: _polars(rows, "Categorical"),
    "arrow in chunks": _arrow,
    "arrow dictionaries": lambda rows: _arrow(rows, encoded=True),
}


def same(one: Votes, other: Votes) -> None:
    assert (one.items, one.workers, one.labels) == (other.items, other.workers, other.labels)
    for name in ("item", "worker", "label"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table_gives_the_same_votes(kind: str) -> None:
    same(votes_of(TABLES[kind](ROWS)), votes_of(ROWS))


@pytest.mark.parametrize("kind", ["arrays", "pandas", "polars", "arrow in chunks"])
@pytest.mark.parametrize("offset", [0, -3, 10**12])
def test_numbers_need_no_names(kind: str, offset: int) -> None:
    rows = {"task": [5, 3, 5], "worker": [offset + 9, offset + 9, offset], "label": [True, False, True]}
    votes = votes_of(TABLES[kind](rows))
    same(votes, votes_of(rows))
    assert votes.workers == (offset, offset + 9)
    assert [type(name) for name in (votes.items[0], votes.workers[0], votes.labels[0])] == [int, int, bool]


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        (np.int8, [-128, 127, 5]),
        (np.int8, range(-128, 128)),
        (np.uint8, range(256)),
        (np.uint64, [2**64 - 1, 2**64 - 3]),
        (np.int64, [-(2**63), 2**63 - 1]),
    ],
)
def test_numbers_at_the_edges_of_their_type_are_right(kind: type, ids: list[int]) -> None:
    votes = Votes.from_columns(np.array([*ids, *ids], dtype=kind), np.repeat([1, 2], len(ids)), ["a"] * 2 * len(ids))
    assert votes.items == sorted(ids)
    assert votes.items.at(votes.item) == sorted([*ids, *ids])


def test_numbers_far_apart_are_sorted() -> None:
    votes = Votes.from_columns(np.array([10**15, -7, 10**15]), np.array([1, 1, 2]), np.array([0.5, 0.25, 0.5]))
    assert (votes.items, votes.labels) == ((-7, 10**15), (0.25, 0.5))


@pytest.mark.parametrize("kind", ["pandas", "pandas objects", "pandas categories", "polars", "arrow in chunks"])
@pytest.mark.parametrize("column", ["task", "worker", "label"])
def test_a_missing_value_is_an_error_that_names_its_row(kind: str, column: str) -> None:
    rows = ROWS | {column: [*ROWS[column][:3], None, ROWS[column][4]]}
    what = "item" if column == "task" else column
    with pytest.raises(MissingValue, match=f"vote 3 .* has no {what}") as caught:
        votes_of(TABLES[kind](rows))
    assert caught.value.position == 3


@pytest.mark.parametrize("kind", ["arrays", "pandas", "polars", "arrow in chunks"])
def test_nan_is_missing(kind: str) -> None:
    with pytest.raises(MissingValue, match=r"vote 1 .* has no label"):
        votes_of(TABLES[kind]({"task": [1, 2], "worker": [1, 1], "label": [0.5, math.nan]}))


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no column 'worker', only 'task', 'annotator', 'label'"):
        votes_of({"task": [1], "annotator": [1], "label": [1]})


@pytest.mark.parametrize("kind", TABLES)
def test_skipped_answers_are_kept_apart(kind: str) -> None:
    votes = votes_of(TABLES[kind](ROWS), skip=["ant", "dog"])
    assert votes.skipped == (("t1", "ann"), ("t2", "ann"), ("t1", ""))
    assert (votes.items, votes.workers, votes.labels) == (("t10", "t2"), ("", "Ömer"), ("cat",))


def test_a_missing_label_can_mean_skipped() -> None:
    votes = votes_of(_pandas(ROWS | {"label": ["cat", None, "dog", None, "ant"]}), skip=[None])
    assert votes.skipped == (("t1", "ann"), ("t10", "Ömer"))
    assert len(votes) == 3


def test_errors_count_skipped_rows_too() -> None:
    with pytest.raises(UnknownLabel, match="vote 4 "):
        votes_of(ROWS, skip=["cat"], label_set=["dog"])


def test_only_skipped_answers_are_no_votes() -> None:
    with pytest.raises(EmptyVotes, match="every answer was skipped"):
        votes_of(ROWS, skip=["cat", "dog", "ant"])


def test_mixed_numbers_and_text_keep_their_types() -> None:
    votes = votes_of(_pandas({"task": ["a", "b"], "worker": ["w", "w"], "label": [1, "1"]}))
    assert votes.labels == (1, "1")


def test_true_and_one_in_an_object_column_are_not_taken_for_each_other() -> None:
    with pytest.raises(InputError, match="equal but of unequal type"):
        votes_of(_pandas({"task": ["a", "b"], "worker": ["w", "w"], "label": [1, True]}))


def test_the_first_vote_counts_in_any_kind_of_table() -> None:
    rows = {"task": [1, 2, 1, 1], "worker": [1, 1, 1, 2], "label": ["b", "a", "a", "a"]}
    assert votes_of(_pandas(rows)).label.tolist() == [1, 0, 0]
    assert votes_of(_pandas(rows), repeats="keep_last").label.tolist() == [0, 0, 0]
