"""The queue of Labels: filtered, in the order of doubt, a page at a time by where the last one ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Text, and_, cast, func, or_
from sqlmodel import Session, col, select

from crowdbroker.store.tables import ItemRow, LabelRow

MOST_MATCHES = 1000
"""Items that a search finds."""

MOST_COUNTED = 250
"""Rows that a count goes up to: what somebody pages through by hand needs no more."""

_ESCAPE = "\\"


@dataclass(frozen=True)
class Place:
    """Where a Label stands in the order of doubt."""

    confidence: float
    item: int


@dataclass(frozen=True)
class Filter:
    """Which Labels of a Batch.

    Attributes:
        review: the decision that holds, empty for those that wait; None: all.
        label: one of the labels; empty: all.
        search: in the Item's id and cells; empty: all.
        surest_first: the other way round.
        found: the Items that the search found, once it was looked up.
    """

    review: str | None = ""
    label: str = ""
    search: str = ""
    surest_first: bool = False
    found: tuple[int, ...] | None = None

    @property
    def narrows(self) -> bool:
        """Whether more than the decision is asked for."""
        return bool(self.label or self.search)


@dataclass(frozen=True)
class QueuedLabel:
    """A Label in the queue with its Item."""

    item: int
    key: str
    data: Mapping[str, str]
    label: LabelRow

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.label.confidence, self.item)


def looked_up(session: Session, batch_id: int, asked: Filter) -> Filter:
    """The filter with its search looked up, so that what asks several times looks through the Items once."""
    if not asked.search:
        return asked
    return replace(asked, found=tuple(session.exec(_matching(session, batch_id, asked.search))))


def queue(
    session: Session, batch_id: int, asked: Filter, *, limit: int, after: Place | None = None, backwards: bool = False
) -> list[QueuedLabel]:
    """The Labels that follow a place, or with `backwards` those before it, the nearest first."""
    up = asked.surest_first == backwards
    rows = select(ItemRow, LabelRow).where(
        col(LabelRow.item_id) == col(ItemRow.id), *_conditions(session, batch_id, asked)
    )
    if after is not None:
        rows = rows.where(_beyond(after, up=up))
    places = (col(LabelRow.confidence), col(LabelRow.item_id))
    rows = rows.order_by(*(one if up else one.desc() for one in places)).limit(limit)
    return [QueuedLabel(item.id or 0, item.key, item.data, label) for item, label in session.exec(rows)]


def count(session: Session, batch_id: int, asked: Filter) -> int:
    """How many Labels match; MOST_COUNTED + 1 says more than that."""
    some = select(LabelRow.item_id).where(*_conditions(session, batch_id, asked)).limit(MOST_COUNTED + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def _conditions(session: Session, batch_id: int, asked: Filter) -> list[Any]:
    found: list[Any] = [col(LabelRow.batch_id) == batch_id]
    if asked.review is not None:
        found.append(col(LabelRow.review) == asked.review)
    if asked.label:
        found.append(col(LabelRow.label) == asked.label)
    if asked.found is not None:
        found.append(col(LabelRow.item_id).in_(asked.found))
    elif asked.search:
        found.append(col(LabelRow.item_id).in_(_matching(session, batch_id, asked.search)))
    return found


def _matching(session: Session, batch_id: int, search: str) -> Any:
    # Cells are kept as JSON, which writes some characters as escapes.
    in_cells = json.dumps(search)[1:-1]
    cells = _contains(session, cast(ItemRow.data, Text), in_cells)
    key = _contains(session, col(ItemRow.key), search)
    found = select(ItemRow.id).where(col(ItemRow.batch_id) == batch_id, or_(key, cells)).limit(MOST_MATCHES)
    # Some databases take no LIMIT in an IN, but for a subquery of its own.
    inner = found.subquery()
    return select(inner.c.id)


def _contains(session: Session, column: Any, text: str) -> Any:
    pattern = f"%{_literal(text)}%"
    # SQLite's LIKE takes both cases of a letter already; lowering every row first would double the time.
    insensitive = session.get_bind().dialect.name != "sqlite"
    return column.ilike(pattern, escape=_ESCAPE) if insensitive else column.like(pattern, escape=_ESCAPE)


def _literal(text: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


def _beyond(place: Place, *, up: bool) -> Any:
    confidence, item = col(LabelRow.confidence), col(LabelRow.item_id)
    if up:
        same = and_(confidence == place.confidence, item > place.item)
        return and_(confidence >= place.confidence, or_(confidence > place.confidence, same))
    same = and_(confidence == place.confidence, item < place.item)
    return and_(confidence <= place.confidence, or_(confidence < place.confidence, same))
