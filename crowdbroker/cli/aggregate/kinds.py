"""Text of tables and of the command line in the types of the answers: Parquet and JSON lines may hold numbers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any


def typed(texts: Sequence[str], column: Sequence[Any]) -> list[Hashable]:
    """Return labels of the command line in the type of a column of labels, which has one row at least."""
    kind = type(column[0])
    return [as_kind(kind, text) for text in texts]


def as_kind(kind: type, value: Any) -> Hashable:
    """Return a value in a type; as text where it has no such form."""
    text = as_text(value)
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (int, float):
        try:
            number = float(text)
        except ValueError:
            return text
        whole: Hashable = int(text) if text.lstrip("-").isdigit() else number
        return number if kind is float else whole
    return text


def as_text(value: Any) -> str:
    """Return a value as a table would hold it: true, 3, 0.5 and not True or 3.0."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
