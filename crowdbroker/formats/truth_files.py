"""Known truth in files of any kind that we read: a task and its label a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowdbroker.errors import InputError
from crowdbroker.formats.answer_files import is_json_lines, is_parquet
from crowdbroker.formats.csv_table import scan_table
from crowdbroker.formats.votes_jsonl import first_keys, read_json_columns
from crowdbroker.formats.votes_parquet import parquet_names, read_parquet_columns

TRUTH_COLUMNS = ("truth", "true_label", "label", "gold")
"""What the column of labels may be called; crowd-kit's is `true_label`."""


@dataclass(frozen=True)
class Known:
    """Known truth.

    Attributes:
        path: the file.
        field: the column of labels.
        labels: task -> label, in the order of the file; text in a table, else of any type.
        rows: task -> where it stands, 1-based.
    """

    path: Path
    field: str
    labels: dict[Any, Any]
    rows: dict[Any, int]


def read_known(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Known:
    """Return known truth; the column of labels is the first of `TRUTH_COLUMNS` that is there.

    Args:
        path: the file; its suffix says what it is.
        encoding, delimiter: of tables, as for `read_table`.

    Raises:
        InputError: the file cannot be read, has no such columns or no rows, a value is missing, or a task comes twice.
    """
    field, found = _rows(path, encoding, delimiter)
    labels: dict[Any, Any] = {}
    rows: dict[Any, int] = {}
    for row, task, label in found:
        if task in rows:
            remedy = "Keep one row a task."
            raise InputError(f"{task!r} comes a second time", file=path, row=row, field="task", remedy=remedy)
        rows[task], labels[task] = row, label
    if not labels:
        remedy = "Add a row for every known task."
        raise InputError("only a header and no rows", file=path, row=1, remedy=remedy)
    return Known(path, field, labels, rows)


def _rows(path: Path, encoding: str | None, delimiter: str | None) -> tuple[str, Iterator[tuple[int, Any, Any]]]:
    """Return the column of labels, and row, task and label of every row."""
    if is_parquet(path):
        field = _field(parquet_names(path))
        columns: Any = read_parquet_columns(path, ("task", field))
    elif is_json_lines(path):
        field = _field(first_keys(path, encoding=encoding))
        columns = read_json_columns(path, ("task", field), encoding=encoding)
    else:
        return _table_rows(path, encoding, delimiter)
    return field, ((row, *pair) for row, pair in enumerate(zip(columns["task"], columns[field], strict=True), 1))


def _table_rows(path: Path, encoding: str | None, delimiter: str | None) -> tuple[str, Iterator[tuple[int, str, str]]]:
    columns, records = scan_table(path, encoding=encoding, delimiter=delimiter)
    field = _field(columns)
    for name in ("task", field):
        if name not in columns:
            # The reader itself says best what is wrong with the header.
            scan_table(path, required=("task", field), encoding=encoding, delimiter=delimiter)
    places = [columns.index("task"), columns.index(field)]
    return field, (
        _filled(path, line, ("task", field), [record[place] for place in places]) for line, record in records
    )


def _filled(path: Path, line: int, names: tuple[str, str], cells: list[str]) -> tuple[int, str, str]:
    for name, cell in zip(names, cells, strict=True):
        if not cell:
            remedy = "Fill it, or leave the row out."
            raise InputError("the cell is empty", file=path, row=line, field=name, remedy=remedy)
    task, label = cells
    return line, task, label


def _field(columns: list[str] | tuple[str, ...]) -> str:
    return next((name for name in TRUTH_COLUMNS if name in columns), TRUTH_COLUMNS[0])
