"""One file of answers in parts for several processes, each with all answers of its tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from crowdbroker.cli.aggregate.kinds import typed
from crowdbroker.errors import InputError
from crowdbroker.formats.answer_files import is_json_lines, read_answers
from crowdbroker.formats.votes_parquet import polars_for


def split_file(
    path: Path, count: int, folder: Path, *, encoding: str | None, delimiter: str | None, skip: Sequence[str]
) -> list[Path]:
    """Write the answers of a table or Parquet file as so many Parquet files, and return their paths.

    The tasks of each come before those of the next, so labels have the order that they have together. There are fewer
    files where tasks are too few, and none where the file cannot be split: JSON lines, without polars, or where a part
    would hold skipped answers alone.

    Args:
        path: the file; all of it is in memory meanwhile.
        count: 2 or more.
        folder: where to write.
        encoding, delimiter, skip: as for `AnswerShard`.

    Raises:
        InputError: the file is wrong, as for `read_answers`.
    """
    if is_json_lines(path):
        return []
    columns = read_answers([path], encoding=encoding, delimiter=delimiter)
    try:
        polars = polars_for(path)
    except InputError:
        return []
    frame = polars.DataFrame(columns).sort("task", maintain_order=True)
    parts = list(_parts(frame, count))
    none = typed(skip, columns["label"])
    if len(parts) < 2 or any(set(part["label"].unique()) <= set(none) for part in parts):
        return []
    written = [folder / f"{number}.parquet" for number in range(len(parts))]
    for part, target in zip(parts, written, strict=True):
        part.write_parquet(target)
    return written


def _parts(frame: Any, count: int) -> Iterator[Any]:
    """Yield parts of about equally many rows of a sorted frame, each with all rows of its tasks."""
    task = frame["task"]
    wanted = [len(frame) * part // count for part in range(1, count)]
    edges = sorted({0, *(int(task.search_sorted(task[row], side="left")) for row in wanted), len(frame)})
    for first, last in pairwise(edges):
        yield frame.slice(first, last - first)
