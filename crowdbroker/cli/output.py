"""Results on stdout as a table, CSV or one JSON document; everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

Cell = str | int | float | None


def note(text: str) -> None:
    """Say something beside the result."""
    click.echo(printable(text, keep="\n"), err=True)


def counted(count: int, one: str, more: str = "") -> str:
    """`1 HIT`, `2 HITs`; `more` where the plural has no s of its own."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def emit_json(document: Mapping[str, Any], out: Path | None = None) -> None:
    """One document with a `schema` field, on stdout or in a file."""
    assert "schema" in document
    _emit(json.dumps(document, indent=2, ensure_ascii=False), out)


def emit_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], as_format: str, out: Path | None = None) -> None:
    """Rows as CSV, or as an aligned table with numbers to the right.

    Raises:
        InputError: `out` cannot be written.
    """
    if as_format != "csv":
        _emit(aligned(columns, rows), out)
        return
    from crowdbroker.formats.csv_table import dump_table, write_table

    if out is not None:
        write_table(out, columns, rows)
    else:
        dump_table(sys.stdout, columns, rows)


def aligned(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A table in columns; those that hold only numbers, amounts or nothing are set to the right."""
    cells = [["" if cell is None else printable(str(cell)) for cell in row] for row in rows]
    lines = [list(columns), *cells]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    right = [all(_numeric(line[place]) for line in cells) for place in range(len(columns))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def printable(text: str, *, keep: str = "") -> str:
    """Text whose control characters are spelt out: what workers wrote must not steer a terminal."""
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode() for char in text
    )


def write_text(path: Path, text: str) -> None:
    """Write a file, or say in one sentence why not."""
    _emit(text.rstrip("\n"), path)


def _emit(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text)
        return
    from crowdbroker.formats.atomic import replace_files

    replace_files([(out, lambda sink: sink.write(text + "\n"))])


def _numeric(text: str) -> bool:
    return text.strip("$-%").replace(",", "").replace(".", "").isdigit() or text in ("", "-")
