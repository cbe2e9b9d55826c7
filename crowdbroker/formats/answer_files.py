"""Answers in files of any kind that we read: CSV, TSV, JSON lines and Parquet, by their suffix."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crowdbroker.errors import InputError
from crowdbroker.formats.csv_table import scan_table
from crowdbroker.formats.votes_csv import read_votes
from crowdbroker.formats.votes_jsonl import read_json_columns
from crowdbroker.formats.votes_parquet import read_parquet_columns

ANSWER_COLUMNS = ("task", "worker", "label")
# What other programs write for a value that is missing.
_NOT_A_LABEL = ("nan", "NaN")


def files_of(pattern: str) -> list[Path]:
    """Return the files that a path or a pattern with * ? or [ names, in the order of their names.

    Raises:
        InputError: no file matches the pattern.
    """
    if Path(pattern).exists() or not glob.has_magic(pattern):
        return [Path(pattern)]
    # Path.glob takes no absolute pattern.
    names = glob.glob(pattern, recursive=True)  # noqa: PTH207
    found = sorted(path for path in map(Path, names) if path.is_file())
    if not found:
        remedy = f"Patterns are relative to {Path.cwd()}; quote them, so that the shell leaves them alone."
        raise InputError("no file matches", file=pattern, remedy=remedy)
    return found


def read_answers(paths: Sequence[Path], *, encoding: str | None = None, delimiter: str | None = None) -> dict[str, Any]:
    """Return the answers of all files as columns task, worker and label, in the order of the files.

    Args:
        paths: one at least.
        encoding, delimiter: of tables, as for `read_table`.

    Raises:
        InputError: as the readers do; or a column is text in one file and numbers in another.
    """
    parts = [_columns(path, encoding, delimiter) for path in paths]
    return {name: _joined(paths, name, [part[name] for part in parts]) for name in ANSWER_COLUMNS}


def row_of_label(path: Path, label: Any, *, encoding: str | None = None, delimiter: str | None = None) -> int | None:
    """Return where a label comes first in a file of answers, 1-based; None where it does not."""
    if is_json_lines(path) or is_parquet(path):
        column = list(_columns(path, encoding, delimiter)["label"])
        return column.index(label) + 1 if label in column else None
    columns, records = scan_table(path, encoding=encoding, delimiter=delimiter)
    place = columns.index("label")
    return next((line for line, record in records if record[place] == label), None)


def refuse_missing(labels: Sequence[Any], where: Callable[[Any], tuple[Path, int | None]]) -> None:
    """Raise where a label is what programs write for a missing value.

    Args:
        labels: the label set.
        where: gives file and row of a label.

    Raises:
        InputError: a label is nan.
    """
    for label in labels:
        if label in _NOT_A_LABEL:
            path, row = where(label)
            raise InputError(
                f"{label!r} is what programs write where there is no label",
                file=path,
                row=row,
                field="label",
                remedy=f"Leave these rows out, or give --skip {label}; if it is a label, name all in --labels.",
            )


def is_json_lines(path: Path) -> bool:
    """Return whether a file holds JSON lines, by its suffix."""
    return path.suffix.lower() in (".jsonl", ".ndjson")


def is_parquet(path: Path) -> bool:
    """Return whether a file is Parquet, by its suffix."""
    return path.suffix.lower() in (".parquet", ".pq")


def _columns(path: Path, encoding: str | None, delimiter: str | None) -> dict[str, Any]:
    if is_parquet(path):
        return read_parquet_columns(path, ANSWER_COLUMNS)
    if is_json_lines(path):
        return dict(read_json_columns(path, ANSWER_COLUMNS, encoding=encoding))
    found = read_votes(path, encoding=encoding, delimiter=delimiter)
    return {"task": found.tasks, "worker": found.workers, "label": found.labels}


def _joined(paths: Sequence[Path], name: str, parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    kinds = [type(part[0]) for part in parts]
    for path, kind in zip(paths, kinds, strict=True):
        if kind is not kinds[0]:
            message = f"{kind.__name__} here, but {kinds[0].__name__} in {paths[0]}"
            remedy = f"Write every {name} in one type."
            raise InputError(message, file=path, field=name, remedy=remedy)
    if any(isinstance(part, list) for part in parts):
        return [value for part in parts for value in part]
    import polars

    frames = [part.to_frame(name) for part in parts]
    return polars.concat(frames, how="vertical_relaxed")[name]
