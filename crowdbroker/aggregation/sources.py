"""Votes of a table, whoever made it: pandas, polars, Arrow, or a mapping of columns."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

from crowdbroker.aggregation.ordering import Repeats
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError


def votes_of(
    table: Any,
    *,
    item: str = "task",
    worker: str = "worker",
    label: str = "label",
    label_set: Collection[Hashable] | None = None,
    repeats: Repeats = "keep_first",
    skip: Collection[Hashable] = (),
) -> Votes:
    """Return the votes of a table with one row for each.

    Args:
        table: a pandas or polars frame, an Arrow table, or a mapping from column name to column.
        item: the column of items.
        worker: the column of workers.
        label: the column of labels.
        label_set: see `Votes.from_columns`; so are the others.
        repeats: which vote of one worker on one item counts.
        skip: labels that mean that there was no answer.

    Raises:
        InputError: the table has no such column; or as `Votes.from_columns` does.
    """
    there = _column_names(table)
    for name in (item, worker, label):
        if name not in there:
            raise InputError(
                f"the table has no column {name!r}, only {', '.join(map(repr, there))}",
                field=name,
                remedy="Rename a column, or say which one it is.",
            )
    return Votes.from_columns(table[item], table[worker], table[label], label_set, repeats, skip)


def _column_names(table: Any) -> list[str]:
    # Arrow's `columns` are the columns themselves.
    names = getattr(table, "column_names", None)
    if names is None:
        names = getattr(table, "columns", None)
    return list(table if names is None else names)
