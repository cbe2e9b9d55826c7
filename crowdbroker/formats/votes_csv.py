"""Answers and known truth as tables: `task,worker,label` and `task,truth`; other columns are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from crowdbroker.errors import InputError
from crowdbroker.formats.csv_table import scan_table

_ANSWER_COLUMNS = ("task", "worker", "label")


@dataclass(frozen=True, slots=True)
class VoteColumns:
    """Answers in three columns of equal length, in the order of the file."""

    tasks: list[str]
    workers: list[str]
    labels: list[str]


def read_votes(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> VoteColumns:
    """Return the answers in a file.

    Args:
        encoding, delimiter: as for `read_table`.

    Raises:
        InputError: no such table, no rows, or an empty task, worker or label.
    """
    columns, records = scan_table(path, required=_ANSWER_COLUMNS, encoding=encoding, delimiter=delimiter)
    places = [columns.index(name) for name in _ANSWER_COLUMNS]
    votes: tuple[list[str], list[str], list[str]] = [], [], []
    # Every name is kept once: millions of answers repeat a few thousand texts.
    texts: dict[str, str] = {}
    for line, record in records:
        for name, place, column in zip(_ANSWER_COLUMNS, places, votes, strict=True):
            cell = record[place]
            column.append(texts.setdefault(cell, cell) or _refuse_empty(path, line, name))
    if not votes[0]:
        raise InputError("only a header and no rows", file=path, row=1, remedy="Add a row for every answer.")
    return VoteColumns(*votes)


def read_truth(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> dict[str, str]:
    """Return task -> true label, in the order of the file.

    Args:
        encoding, delimiter: as for `read_table`.

    Raises:
        InputError: no such table, no rows, an empty cell, or a task that comes twice.
    """
    columns, records = scan_table(path, required=("task", "truth"), encoding=encoding, delimiter=delimiter)
    task_at, truth_at = columns.index("task"), columns.index("truth")
    truth: dict[str, str] = {}
    for line, record in records:
        task = record[task_at] or _refuse_empty(path, line, "task")
        if task in truth:
            raise InputError(
                f"{task!r} comes a second time", file=path, row=line, field="task", remedy="Keep one row a task."
            )
        truth[task] = record[truth_at] or _refuse_empty(path, line, "truth")
    if not truth:
        raise InputError("only a header and no rows", file=path, row=1, remedy="Add a row for every known task.")
    return truth


def _refuse_empty(path: Path, line: int, field: str) -> NoReturn:
    raise InputError("the cell is empty", file=path, row=line, field=field, remedy="Fill it, or leave the row out.")
