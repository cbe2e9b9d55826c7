"""Tables in CSV and TSV files: strict reading, and writing that a spreadsheet can open without running anything.

UTF-8, or UTF-16 with its mark; the suffix `.tsv` means tabs, any other suffix commas, unless header and rows agree on
semicolons or tabs; cells are quoted as in RFC 4180. Whatever cannot be read without guessing is an InputError with its
place and a remedy. Blank lines between rows are skipped, because spreadsheets leave them at the end of a file.
"""

from __future__ import annotations

import csv
import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from crowdbroker.errors import InputError
from crowdbroker.formats.atomic import replace_files
from crowdbroker.formats.delimiter import checked_delimiter, recognised, shown
from crowdbroker.formats.encoding import decoded_lines
from crowdbroker.formats.formulas import defuse, undefuse

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        line: 1-based line of the file at which the row begins; quoted cells may span lines.
        cells: column name -> text exactly as in the file.
    """

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one file under one header."""

    path: Path
    columns: tuple[str, ...]
    rows: list[Row]


class TextSink(Protocol):
    """Anything that takes text."""

    def write(self, text: str, /) -> object: ...


def read_table(
    path: Path,
    *,
    required: Sequence[str] = (),
    rows_required: bool = False,
    defused: bool = False,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Return the table in a file.

    Args:
        path: a CSV file, or TSV by its suffix.
        required: columns that must be there, in any order; others are kept too.
        rows_required: refuse a file that holds a header alone.
        defused: take back the quote that `write_table` puts before formulas.
        encoding: one of Python's names; None recognises UTF-8, and UTF-16 by its mark.
        delimiter: one character, or `tab`; None recognises it where that is certain.

    Raises:
        InputError: the file cannot be read, is no table with these columns, or has a cell beyond the csv module's limit
            (131,072 characters), which most often is a quote that nobody closed.
    """
    columns, records = scan_table(path, required=required, encoding=encoding, delimiter=delimiter)
    rows = [Row(line, dict(zip(columns, record, strict=True))) for line, record in records]
    if rows_required and not rows:
        raise InputError("only a header and no rows", file=path, row=1, remedy="Add a row for every item.")
    if defused:
        rows = [Row(row.line, {name: undefuse(cell) for name, cell in row.cells.items()}) for row in rows]
    return Table(path, columns, rows)


def scan_table(
    path: Path, *, required: Sequence[str] = (), encoding: str | None = None, delimiter: str | None = None
) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """Return the columns and an iterator over (line, cells) that never holds the whole file.

    Raises:
        InputError: as `read_table`; what is wrong below the header is raised while iterating.
    """
    lines = _lines(path, encoding)
    if delimiter is None and delimiter_of(path) == ",":
        lines, found = recognised(path, lines, required)
    else:
        found = checked_delimiter(path, delimiter_of(path) if delimiter is None else delimiter)
    records = _records(path, lines, found)
    header = next(records, None)
    if header is None:
        raise InputError("the file is empty", file=path, remedy="The first row must name the columns.")
    line, columns = header
    _check_header(path, line, columns, required)
    return tuple(columns), _even(path, records, len(columns))


def write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, spreadsheet_safe: bool = True
) -> None:
    """Write one table: afterwards the file holds all of it, or what it held before.

    Args:
        path: replaced if it is there.
        columns: the header.
        rows: text, numbers or None (an empty cell). Lone surrogates, which UTF-8 cannot hold, become `?`.
        spreadsheet_safe: put a quote before text that a spreadsheet would run as a formula.

    Raises:
        InputError: the path cannot be written.
    """
    dump = partial(
        dump_table, columns=columns, rows=rows, delimiter=delimiter_of(path), spreadsheet_safe=spreadsheet_safe
    )
    replace_files([(path, dump)])


def dump_table(
    sink: TextSink,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    delimiter: str = ",",
    spreadsheet_safe: bool = True,
) -> None:
    """Write a header and rows to an open text sink such as stdout."""
    keep = defuse if spreadsheet_safe else str
    writer = csv.writer(_LineFeeds(sink), delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([keep(name) for name in columns])
    writer.writerows([keep(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def delimiter_of(path: Path) -> str:
    """Return what separates the cells of this file: tabs by its suffix `.tsv`, else commas."""
    return "\t" if path.suffix.lower() == ".tsv" else ","


class _LineFeeds:
    """Ends rows with LF. csv quotes a lone CR or LF only while both are in its own line terminator (Python < 3.13)."""

    def __init__(self, sink: TextSink) -> None:
        self._sink = sink

    def write(self, row: str) -> object:
        return self._sink.write(row.removesuffix("\r\n") + "\n")


def _records(path: Path, lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line at which the row begins, cells) for every row that is not blank."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quoting_error(path, line, str(error)) from error
        if record:
            yield line, record


def _lines(path: Path, encoding: str | None) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            yield from decoded_lines(path, file, encoding)
    except FileNotFoundError as error:
        raise _missing_file(path) from error
    except IsADirectoryError as error:
        raise InputError("this is a folder", file=path, remedy="Name one CSV or TSV file.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            f"cannot be read: {reason}", file=path, remedy="Check the path and its permissions."
        ) from error


def _quoting_error(path: Path, line: int, reason: str) -> InputError:
    if "unexpected end of data" in reason or "field larger than" in reason:
        message = "a quoted cell in this row is never closed"
        if "field larger" in reason:
            message = f"a cell is longer than {csv.field_size_limit():,} characters; perhaps its quote is never closed"
        return InputError(message, file=path, row=line, remedy='Close it with " and write quotes inside it as "".')
    return InputError(
        "text follows a closing quote", file=path, row=line, remedy='Write quotes inside a quoted cell as "".'
    )


def _missing_file(path: Path) -> InputError:
    names = [entry.name for entry in path.parent.iterdir()] if os.access(path.parent, os.R_OK | os.X_OK) else []
    near = difflib.get_close_matches(path.name, names, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Paths are relative to {Path.cwd()}."
    return InputError("no such file", file=path, remedy=hint)


def _check_header(path: Path, line: int, columns: list[str], required: Sequence[str]) -> None:
    for place, name in enumerate(columns):
        if name in columns[:place]:
            raise InputError(
                "two columns have this name", file=path, row=line, field=name, remedy="Rename one of them."
            )
    for name in required:
        if name not in columns:
            raise InputError("no such column", file=path, row=line, field=name, remedy=_column_hint(name, columns))


def _column_hint(name: str, columns: list[str]) -> str:
    if len(columns) == 1 and (other := next((mark for mark in ";\t|," if mark in columns[0]), "")):
        return f"The header seems to be separated by {other!r}: give --delimiter {shown(other)}."
    folded = {column.strip().casefold(): column for column in columns}
    near = [folded[match] for match in difflib.get_close_matches(name.casefold(), list(folded), n=2)]
    found = ", ".join(repr(column) for column in near or columns)
    return f"Did you mean {found}? Rename it to {name!r}." if near else f"The columns are {found}."


def _even(path: Path, records: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, record in records:
        if len(record) != width:
            raise InputError(
                f"cells: {len(record)}, but the header has {width}",
                file=path,
                row=line,
                remedy="Quote cells that hold the separator, and give every row all cells.",
            )
        yield line, record
