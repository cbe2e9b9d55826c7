"""One value for people, and one for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crowdbroker.domain.durations import in_words
from crowdbroker.domain.money import dollars, to_wire
from crowdbroker.reports.report import Column, Kind, Section

Cell = str | int | float | None


def shown(value: Any, kind: Kind) -> str:
    """The value as people read it; nothing where there is none."""
    if value is None:
        return ""
    match kind:
        case Kind.CENTS:
            return dollars(value)
        case Kind.RATE:
            return f"${value / 100:,.4f}"
        case Kind.SHARE:
            return f"{value:.1%}"
        case Kind.COUNT:
            return f"{value:,}"
        case Kind.NUMBER:
            return f"{value:,.3f}"
        case Kind.SECONDS:
            return in_words(value) if value >= 60 else f"{value:.1f} s"
        case Kind.TIME:
            return moment(value)
        case Kind.FLAG:
            return "yes" if value else "no"
        case _:
            return str(value)


def plain(value: Any, kind: Kind) -> Cell:
    """The value as programs read it: amounts in dollars as decimals, shares from 0 to 1, times in ISO 8601."""
    if value is None:
        return None
    if kind is Kind.CENTS:
        return to_wire(value)
    if kind is Kind.RATE:
        return f"{value / 100:.4f}"
    if kind is Kind.FLAG:
        return "yes" if value else "no"
    return value  # type: ignore[no-any-return]


def moment(iso: str) -> str:
    """A moment of a document, to the minute."""
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC"


def plain_rows(section: Section) -> list[list[Cell]]:
    """The rows of a table for programs."""
    return [[plain(row.get(one.name), one.kind) for one in section.columns] for row in section.rows]


def shown_row(row: Mapping[str, Any], columns: tuple[Column, ...]) -> list[str]:
    """One row for people."""
    return [shown(row.get(one.name), one.kind) for one in columns]
