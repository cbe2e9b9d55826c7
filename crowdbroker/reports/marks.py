"""What a report said the last time that it was asked to remember, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crowdbroker.store.audit_tables import ReportMarkRow

Figures = Mapping[str, int | float | None]
EVERYTHING = ""
"""The scope of a report on all Batches."""


def change(session: Session, report: str, batch: str | None, figures: Figures) -> dict[str, Any] | None:
    """The time of the mark and by how much each figure has changed since; None where there is no mark.

    A figure that is None now or was then has no change.
    """
    mark = session.get(ReportMarkRow, (report, batch or EVERYTHING))
    if mark is None:
        return None
    was = mark.figures
    return {
        "at": mark.at.isoformat(),
        "changes": {name: _difference(value, was.get(name)) for name, value in figures.items()},
    }


def _difference(now: float | None, was: float | None) -> float | None:
    if now is None or was is None:
        return None
    return now - was if isinstance(now, int) and isinstance(was, int) else round(now - was, 6)


def remember(session: Session, report: str, batch: str | None, figures: Figures, at: datetime) -> None:
    """Keep the figures, in place of those of the last time."""
    session.merge(ReportMarkRow(report=report, scope=batch or EVERYTHING, at=at, figures=dict(figures)))
