"""Answers in Parquet, by the extra `data`: read without a Python object for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crowdbroker.errors import InputError


def polars_for(path: Path) -> Any:
    """Return the module polars.

    Raises:
        InputError: it is not installed.
    """
    try:
        import polars
    except ModuleNotFoundError as error:
        remedy = "pip install 'crowdbroker[data]', or use CSV or JSON lines."
        raise InputError("Parquet needs polars, which is not installed", file=path, remedy=remedy) from error
    return polars


def read_parquet_columns(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """Return some columns of a file as polars Series of equal length; categories become text.

    Raises:
        InputError: polars is not installed, the file cannot be read or has no row, or a column is not there, has a
            missing value, or holds what cannot be an id or a label.
    """
    polars = polars_for(path)
    there = parquet_names(path)
    for name in names:
        if name not in there:
            remedy = f"The columns are {', '.join(map(repr, there))}. Rename one to {name!r}."
            raise InputError("no such column", file=path, field=name, remedy=remedy)
    with _read(polars, path):
        frame = polars.read_parquet(path, columns=list(names))
    if not len(frame):
        raise InputError("no rows", file=path, remedy="Give a row for every answer.")
    return {name: _checked(polars, path, frame[name]) for name in names}


def parquet_names(path: Path) -> list[str]:
    """Return the columns of a file.

    Raises:
        InputError: polars is not installed, or the file cannot be read.
    """
    polars = polars_for(path)
    with _read(polars, path):
        return list(polars.read_parquet_schema(path))


@contextmanager
def _read(polars: Any, path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, polars.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise InputError(f"cannot be read as Parquet: {reason}", file=path, remedy="Check the path.") from error


def _checked(polars: Any, path: Path, column: Any) -> Any:
    kind = column.dtype
    if isinstance(kind, (polars.Categorical, polars.Enum)):
        column = column.cast(polars.String)
    elif not (kind.is_integer() or kind.is_float() or kind in (polars.String, polars.Boolean)):
        raise InputError(
            f"values of type {kind} are no answers", file=path, field=column.name, remedy="Give text, numbers or true."
        )
    missing = column.is_null()
    if kind.is_float():
        missing |= column.is_nan().fill_null(False)
    if column.dtype == polars.String:
        missing |= (column == "").fill_null(False)
    if missing.any():
        row = int(missing.arg_true()[0]) + 1
        remedy = "Fill it, or leave the row out."
        raise InputError("the value is missing", file=path, row=row, field=column.name, remedy=remedy)
    return column
