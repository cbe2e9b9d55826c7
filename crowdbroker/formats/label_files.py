"""Tables of results in files: CSV and TSV that a spreadsheet can open, JSON lines, and Parquet; by the suffix."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from crowdbroker.formats.answer_files import is_json_lines, is_parquet
from crowdbroker.formats.atomic import Writer
from crowdbroker.formats.csv_table import TextSink, delimiter_of, dump_table
from crowdbroker.formats.votes_parquet import polars_for

# Rows of Parquet that are Python objects at one time.
_BLOCK = 1 << 16


def writer_of(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Writer:
    """Return what writes a table to a file, in the kind that the file's suffix names.

    Args:
        path: .jsonl or .ndjson, .parquet or .pq, .tsv; anything else gets commas.
        columns: the header.
        rows: text, numbers, booleans or None; taken one by one.

    Raises:
        InputError: Parquet needs polars, which is not installed.
    """
    if is_parquet(path):
        return partial(_dump_parquet, polars_for(path), columns, rows)
    if is_json_lines(path):
        return partial(dump_json_lines, columns=columns, rows=rows)
    return partial(dump_plain, columns=columns, rows=rows, delimiter=delimiter_of(path))


def dump_plain(sink: TextSink, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, delimiter: str = ",") -> None:
    """Write rows as a table; booleans become `true` and `false`."""
    dump_table(sink, columns, ([as_cell(value) for value in row] for row in rows), delimiter=delimiter)


def dump_json_lines(sink: TextSink, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write an object a line."""
    for row in rows:
        sink.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")


def as_cell(value: Any) -> Any:
    """Return a value as it is written in a table."""
    return str(value).lower() if isinstance(value, bool) else value


def _dump_parquet(polars: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]], sink: TextIO) -> None:
    left = iter(rows)
    parts = []
    while block := list(islice(left, _BLOCK)):
        parts.append(polars.DataFrame(block, schema=list(columns), orient="row", infer_schema_length=None))
    frame = polars.concat(parts, how="vertical_relaxed") if parts else polars.DataFrame(schema=list(columns))
    frame.write_parquet(sink.buffer)
