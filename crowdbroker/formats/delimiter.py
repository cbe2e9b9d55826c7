"""What separates the cells of a table: recognised where header and rows agree on it, asked for where they do not."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from crowdbroker.errors import InputError

_RIVALS = (";", "\t")
_NAMES = {"tab": "\t", "\\t": "\t"}  # a shell passes no tab
_FIRST_LINES = 200
_FIRST_ROWS = 20


def checked_delimiter(path: Path, given: str) -> str:
    """The delimiter that was given by name or by itself.

    Raises:
        InputError: it is no single character, or one that means something else in a table.
    """
    delimiter = _NAMES.get(given, given)
    if len(delimiter) != 1 or delimiter in '"\r\n\0 ' or delimiter.isalnum():
        raise InputError(
            f"{given!r} cannot separate cells", file=path, field="--delimiter", remedy="Give one of , ; | or tab."
        )
    return delimiter


def shown(delimiter: str) -> str:
    """A delimiter as a person types it in a shell."""
    return "tab" if delimiter == "\t" else f"'{delimiter}'"


def recognised(path: Path, lines: Iterator[str], required: Sequence[str]) -> tuple[Iterator[str], str]:
    """All the lines again, and what separates their cells: commas, unless that leaves one column and another fits.

    Args:
        required: columns that the caller wants, to name one of them in the error.

    Raises:
        InputError: the header has one column by commas and several by semicolons or tabs, but the first rows do not
            all have as many cells as the header.
    """
    before = list[str]()
    for line in lines:
        before.append(line)
        if line.strip("\r\n"):
            break
    lines = chain(before, lines)
    if not any(mark in line for mark in _RIVALS for line in before[-1:]):
        return lines, ","
    head = list(islice(lines, _FIRST_LINES))
    lines = chain(head, lines)
    rivals = {mark: widths for mark in _RIVALS if (widths := _widths(head, mark))[0] > 1}
    if not rivals or _widths(head, ",")[0] > 1:
        return lines, ","
    mark, widths = next(iter(rivals.items()))
    if len(rivals) > 1 or len(widths) == 1 or len(set(widths)) > 1:
        raise _uncertain(path, list(rivals), head, required)
    return lines, mark


def _widths(head: list[str], delimiter: str) -> list[int]:
    """How many cells the header and each of the first rows have."""
    records, widths = csv.reader(head, delimiter=delimiter), list[int]()
    try:
        widths += (len(record) for record in islice(filter(None, records), _FIRST_ROWS))
    except csv.Error:  # a cell beyond the limit: the reading itself will name its row
        return [*widths, 0]
    is_cut = len(head) == _FIRST_LINES and records.line_num == _FIRST_LINES and len(widths) > 1
    return widths[:-1] if is_cut else widths


def _uncertain(path: Path, rivals: list[str], head: list[str], required: Sequence[str]) -> InputError:
    line = next(number for number, line in enumerate(head, 1) if line.strip("\r\n"))
    header = head[line - 1].rstrip("\r\n")
    marks, options = " or ".join(map(repr, rivals)), " or ".join(f"--delimiter {shown(mark)}" for mark in rivals)
    return InputError(
        f"cannot tell what separates the cells: the header has {marks} and no ',', but the rows do not settle it",
        file=path,
        row=line,
        field=next((name for name in required if name != header), None),
        remedy=f"The header seems to be separated by {marks}: give {options}, or --delimiter ',' if it is one column.",
    )
