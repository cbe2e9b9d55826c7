"""Text that would be a formula in a spreadsheet, made harmless on the way out and restored on the way in."""

from __future__ import annotations

import re

_FORMULA_STARTS = frozenset("=+-@\t\r\n\0")
# A plain negative number is a value in every spreadsheet, and "-1" is a common label.
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


def defuse(cell: str) -> str:
    """Return text that no spreadsheet runs: a quote goes before what could begin a formula.

    Text that begins with quotes and then so gets one more, which makes `undefuse` exact.
    """
    return f"'{cell}" if _could_run(cell) else cell


def undefuse(cell: str) -> str:
    """Return the text that `defuse` was given."""
    return cell[1:] if cell.startswith("'") and _could_run(cell[1:]) else cell


def _could_run(cell: str) -> bool:
    return cell.lstrip("'")[:1] in _FORMULA_STARTS and not _NEGATIVE_NUMBER.fullmatch(cell)
