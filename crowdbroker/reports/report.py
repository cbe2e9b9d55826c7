"""What a report is before anybody writes it down: one document for machines, and its tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What the values of a column are; `cents` are integers, `share` is 0 to 1, `rate` is cents with a fraction."""

    TEXT = "text"
    COUNT = "count"
    CENTS = "cents"
    RATE = "rate"
    SHARE = "share"
    NUMBER = "number"
    SECONDS = "seconds"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """One column; `name` is the key of the document's rows, `title` what people read."""

    name: str
    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Section:
    """One table of a report.

    Attributes:
        by: what `--by` calls it; empty where no option chooses it.
        title: a sentence that says what it shows.
        rows: as the document holds them; a missing value is None.
        empty: what to say where there is no row.
        note: how to read it, where that is not plain.
    """

    by: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    empty: str = "Nothing yet."
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """One figure for monitoring, with a value for every set of labels; a value of None is left out."""

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float | None]]


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        name: budget, quality, workers or fairness.
        title: its heading.
        document: the whole report for machines, as its JSON Schema describes it.
        lead: what people should know first, in sentences.
        sections: its tables, the most important first.
        measures: its figures for monitoring.
    """

    name: str
    title: str
    document: Mapping[str, Any]
    lead: Sequence[str]
    sections: Sequence[Section]
    measures: Sequence[Measure] = field(default=())

    def section(self, by: str) -> Section:
        """The table that `--by` names."""
        return next(one for one in self.sections if one.by == by)
