"""Answers as JSON lines: an object a line with task, worker and label; other keys are left alone.

A column has one kind of value, text or numbers or booleans: 1 beside "1" would be two labels that look like one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from crowdbroker.errors import InputError
from crowdbroker.formats.encoding import decoded_lines

_KINDS: dict[type, str] = {str: "text", int: "a number", float: "a number", bool: "true or false"}


def read_json_columns(path: Path, names: Sequence[str], *, encoding: str | None = None) -> dict[str, list[Any]]:
    """Return some keys of all objects, as columns of equal length.

    Args:
        path: the file.
        names: keys that every object must have.
        encoding: as for `read_table`.

    Raises:
        InputError: the file cannot be read, a line is no object with these keys, a value is missing or of another kind
            than those before it, or there is no line.
    """
    columns: dict[str, list[Any]] = {name: [] for name in names}
    kinds: dict[str, str] = {}
    for line, found in _objects(path, encoding):
        for name, column in columns.items():
            value = found.get(name)
            kind = _kind(value)
            if kind is None or kinds.setdefault(name, kind) != kind:
                raise _unfit(path, line, name, found, kinds.get(name))
            column.append(value)
    if not columns[names[0]]:
        raise InputError("the file is empty", file=path, remedy=f"Write an object a line with {', '.join(names)}.")
    return {name: _alike(column) for name, column in columns.items()}


def first_keys(path: Path, *, encoding: str | None = None) -> list[str]:
    """Return the keys of the first object; none where the file is empty.

    Raises:
        InputError: the file cannot be read, or its first line is no object.
    """
    return next((list(found) for _, found in _objects(path, encoding)), [])


def _objects(path: Path, encoding: str | None) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for line, text in enumerate(decoded_lines(path, file, encoding), 1):
                if text.strip():
                    yield line, _object(path, line, text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"cannot be read: {reason}", file=path, remedy="Check the path.") from error


def _object(path: Path, line: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        remedy = "Write one JSON object a line, or give the file its own suffix (.csv, .tsv, .parquet)."
        raise InputError(f"no JSON: {error}", file=path, row=line, remedy=remedy) from error
    if not isinstance(found, dict):
        raise InputError("no JSON object", file=path, row=line, remedy='Write {"task": …, "worker": …, "label": …}.')
    return found


def _kind(value: Any) -> str | None:
    """Return the kind of a value; None where it is missing or cannot be an id or a label."""
    return None if value == "" or value != value else _KINDS.get(type(value))


def _unfit(path: Path, line: int, name: str, found: dict[str, Any], before: str | None) -> InputError:
    value = found.get(name)
    if name not in found:
        keys = ", ".join(map(repr, found)) or "none"
        message, remedy = "no such key", f"The keys are {keys}. Rename one to {name!r}, or leave the line out."
    elif value is None or value == "" or value != value:
        message, remedy = "the value is missing", "Fill it, or leave the line out."
    elif _kind(value) is None:
        message, remedy = "a list or an object is no answer", "Give text, a number, true or false."
    else:
        message = f"{json.dumps(value)} is {_kind(value)}, after {before}"
        remedy = f"Write every {name} in one way: all with quotes, or all without."
    return InputError(message, file=path, row=line, field=name, remedy=remedy)


def _alike(column: list[Any]) -> list[Any]:
    """Return a column with all numbers of one type: 1 and 1.0 are one label."""
    return [float(value) for value in column] if {int, float} <= set(map(type, column)) else column
