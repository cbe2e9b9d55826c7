"""When a Batch will be done, by what was stored in the last hour: a restart loses nothing of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import EffectState, HITState
from crowdbroker.store.effects import unfinished
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITRow

ENOUGH = 10
"""Happenings below which a rate says too little."""

_WINDOW = timedelta(hours=1)


def seconds_left(session: Session, batch_id: int, now: datetime) -> float | None:
    """Seconds until the waiting calls are carried out and the open places submitted, at the pace of the last hour.

    None where nothing is left, or too little has happened to tell.
    """
    calls = _at_pace(session, EffectRow.ended_at, _carried_out(batch_id), unfinished(session, batch_id), now)
    work = [col(AssignmentRow.batch_id) == batch_id]
    places = _at_pace(session, AssignmentRow.submitted_at, work, _open_places(session, batch_id), now)
    found = [left for left in (calls, places) if left is not None]
    return max(found) if found else None


def _carried_out(batch_id: int) -> list[Any]:
    return [col(EffectRow.batch_id) == batch_id, col(EffectRow.state) == EffectState.DONE]


def _at_pace(session: Session, moment: Any, which: list[Any], left: int, now: datetime) -> float | None:
    if not left:
        return None
    column = col(moment)
    recent = select(func.count(), func.min(column), func.max(column)).where(*which, column > now - _WINDOW)
    count, first, last = session.exec(recent).one()
    if count < ENOUGH or first == last:
        return None
    return float(left * (last - first).total_seconds() / (count - 1))


def _open_places(session: Session, batch_id: int) -> int:
    submitted = (
        select(func.count()).where(col(AssignmentRow.hit_row) == col(HITRow.id)).correlate(HITRow).scalar_subquery()
    )
    rows = select(func.coalesce(func.sum(col(HITRow.max_assignments) - submitted), 0)).where(
        col(HITRow.batch_id) == batch_id, col(HITRow.state) == HITState.OPEN
    )
    return int(session.exec(rows).one())
