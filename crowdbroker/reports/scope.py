"""Which Batches a report is about, since when, and when it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from crowdbroker.errors import InputError
from crowdbroker.store.reads import BatchView, all_batches, find_batch

# Python reads weeks and days without hyphens, too, which look like mistakes to everybody else.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Scope:
    """What a report covers.

    Attributes:
        name: the Batch that was asked for; None: all.
        since: the first UTC day that counts; None: from the beginning.
        at: when the report is made.
    """

    name: str | None
    batches: Sequence[BatchView]
    since: date | None
    at: datetime

    @property
    def since_at(self) -> datetime | None:
        """The first moment that counts."""
        return datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC) if self.since else None

    @property
    def ids(self) -> list[int]:
        """The Batches' rows."""
        return [one.id for one in self.batches]

    @property
    def names(self) -> Mapping[int, str]:
        """Batch row -> its name."""
        return {one.id: one.name for one in self.batches}

    def head(self, schema: str) -> dict[str, Any]:
        """What every report's document begins with."""
        return {
            "schema": schema,
            "at": self.at.isoformat(),
            "scope": {"batch": self.name, "since": self.since.isoformat() if self.since else None},
        }


def read_scope(session: Session, *, batch: str | None, since: str | None, at: datetime) -> Scope:
    """The scope that options ask for.

    Args:
        since: a day such as 2026-03-02, or None.

    Raises:
        InputError: there is no such Batch, or `since` is no day or not over yet.
    """
    day = _day(since, at) if since is not None else None
    return Scope(batch, [find_batch(session, batch)] if batch is not None else all_batches(session), day, at)


def _day(text: str, at: datetime) -> date:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise InputError(f"{text!r} is no day", field="--since", remedy="Write it like 2026-03-02 (UTC).")
    if day > at.date():
        raise InputError(
            f"{text} is still to come", field="--since", remedy=f"Today is {at.date().isoformat()} in UTC."
        )
    return day
