"""Decisions about Labels are written by compare-and-set: whoever has not seen the latest one changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.store.review_tables import ReviewDecisionRow
from crowdbroker.store.tables import LabelRow

_AT_ONCE = 500
"""Values of one IN: SQLite takes a bounded number of parameters."""


@dataclass(frozen=True)
class Held:
    """The decision about an Item that holds; version 0: nobody decided yet."""

    version: int = 0
    kind: str = ""
    label: str = ""
    reviewer: str = ""
    at: datetime | None = None


def held_decisions(session: Session, items: Collection[int]) -> dict[int, Held]:
    """The latest decision about each of these Items that has one."""
    found: dict[int, Held] = {}
    for some in _chunks(sorted(items)):
        newest = (
            select(ReviewDecisionRow.item_id, func.max(ReviewDecisionRow.version).label("version"))
            .where(col(ReviewDecisionRow.item_id).in_(some))
            .group_by(col(ReviewDecisionRow.item_id))
            .subquery()
        )
        rows = select(ReviewDecisionRow).join(
            newest,
            (col(ReviewDecisionRow.item_id) == newest.c.item_id) & (ReviewDecisionRow.version == newest.c.version),
        )
        for row in session.exec(rows):
            found[row.item_id] = Held(row.version, row.kind, row.label, row.reviewer, row.at)
    return found


def all_decisions(session: Session, batch_id: int) -> list[ReviewDecisionRow]:
    """Every decision about Items of a Batch, in the order in which they were made."""
    rows = select(ReviewDecisionRow).where(col(ReviewDecisionRow.batch_id) == batch_id)
    return list(session.exec(rows.order_by(col(ReviewDecisionRow.id))))


def label_rows(session: Session, items: Collection[int]) -> dict[int, LabelRow]:
    """The Labels of these Items, by Item row."""
    rows = [row for some in _chunks(sorted(items)) for row in session.exec(select(LabelRow).where(_item_in(some)))]
    return {row.item_id: row for row in rows}


def add_decisions(session: Session, decisions: Iterable[ReviewDecisionRow]) -> None:
    """Write decisions; a version that exists already is refused by the database."""
    session.add_all(decisions)
    session.flush()


def _item_in(items: list[int]) -> Any:
    return col(LabelRow.item_id).in_(items)


def _chunks(items: list[int]) -> Iterable[list[int]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
