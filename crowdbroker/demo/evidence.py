"""Who was refused and who excluded, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.store.reads import worker_names
from crowdbroker.store.tables import AssignmentRow, ExclusionRow


def refusals(session: Session, batch_id: int) -> list[dict[str, Any]]:
    """Who was refused, in the order of the first refusal: how many Assignments, and the evidence of the last one."""
    names = worker_names(session)
    rows = (
        select(AssignmentRow)
        .where(col(AssignmentRow.batch_id) == batch_id, col(AssignmentRow.state) == AssignmentState.REJECTED)
        .order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id))
    )
    by_worker: dict[str, dict[str, Any]] = {}
    for row in session.exec(rows):
        found = by_worker.setdefault(names[row.worker_row], {"worker": names[row.worker_row], "assignments": 0})
        found["assignments"] += 1
        found |= _evidence(row.evidence)
    return list(by_worker.values())


def exclusions(session: Session, batch_id: int) -> list[dict[str, Any]]:
    """Who gets no more work, in the order in which that was decided."""
    names = worker_names(session)
    rows = select(ExclusionRow).where(col(ExclusionRow.batch_id) == batch_id)
    ordered = rows.order_by(col(ExclusionRow.at), col(ExclusionRow.worker_row))
    return [{"worker": names[row.worker_row], **_evidence(row.evidence)} for row in session.exec(ordered)]


def _evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "gold_seen": evidence["look"],
        "gold_right": evidence["right"],
        "below_bar": round(float(evidence["below_bar"]), 4),
        "signals": evidence["signals"],
    }
