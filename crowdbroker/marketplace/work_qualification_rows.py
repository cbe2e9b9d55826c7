"""Qualification types as one worker's `Qualification` views, read from the database a few queries at a time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.marketplace.qualification_requests import access, is_late
from crowdbroker.marketplace.qualification_tables import (
    EXPIRED,
    GRANTED,
    DeletedQualificationTypeRow,
    QualificationRequestRow,
)
from crowdbroker.marketplace.tables import QualificationRow, QualificationTypeRow, RequesterRow
from crowdbroker.marketplace.times import from_ms, maybe_from_ms
from crowdbroker.marketplace.work_qualification_views import PastRequest, Qualification


def views(session: Session, worker_id: str, now_ms: int, *conditions: Any) -> list[Qualification]:
    """Return the types that meet the conditions as this worker sees them, by name.

    Args:
        conditions: on `QualificationTypeRow`; types that are deleted are among them unless a condition says otherwise.
    """
    kind = QualificationTypeRow
    rows = (
        select(kind, RequesterRow.name)
        .join(RequesterRow, col(RequesterRow.id) == col(kind.requester_id))
        .where(*conditions)
    )
    found = session.exec(rows).all()
    held = held_by(session, worker_id)
    requests = requests_of(session, worker_id)
    names = deleted_names(session, [row.id for row, _ in found])
    seen = [
        _view(row, names.get(row.id, row.name), requester, held.get(row.id), requests.get(row.id, []), now_ms)
        for row, requester in found
    ]
    return sorted(seen, key=lambda one: (one.name.casefold(), one.type_id))


def held_by(session: Session, worker_id: str) -> dict[str, QualificationRow]:
    """Return the worker's qualifications by type, revoked ones too."""
    rows = select(QualificationRow).where(QualificationRow.worker_id == worker_id)
    return {row.type_id: row for row in session.exec(rows)}


def requests_of(session: Session, worker_id: str) -> dict[str, list[QualificationRequestRow]]:
    """Return the worker's requests by type, oldest first."""
    rows = select(QualificationRequestRow).where(QualificationRequestRow.worker_id == worker_id)
    by_type: dict[str, list[QualificationRequestRow]] = {}
    for row in session.exec(rows.order_by(col(QualificationRequestRow.seq))):
        by_type.setdefault(row.type_id, []).append(row)
    return by_type


def deleted_names(session: Session, type_ids: Collection[str]) -> dict[str, str]:
    """Return the names that deleted types among these had."""
    rows = select(DeletedQualificationTypeRow).where(col(DeletedQualificationTypeRow.type_id).in_(type_ids))
    return {row.type_id: row.name for row in session.exec(rows)}


def _view(
    kind: QualificationTypeRow,
    name: str,
    requester: str,
    held: QualificationRow | None,
    requests: list[QualificationRequestRow],
    now_ms: int,
) -> Qualification:
    may = access(kind, held, requests, now_ms)
    granted = held is not None and held.status == GRANTED
    return Qualification(
        type_id=kind.id,
        name=name,
        description=kind.description,
        requester=requester,
        test_duration_s=kind.test_duration_s if kind.test is not None else None,
        at_once=kind.auto_granted or kind.answer_key is not None,
        retry_delay_s=kind.retry_delay_s,
        value=held.value if held is not None and granted else None,
        since=from_ms(held.granted_ms) if held is not None and granted else None,
        is_revoked=held is not None and not granted,
        reason=(held.reason or "") if held is not None and not granted else "",
        state=may.state,
        at=maybe_from_ms(may.at_ms),
        request_id=may.request_id,
        last=_past(requests[-1], now_ms) if requests else None,
    )


def _past(request: QualificationRequestRow, now_ms: int) -> PastRequest:
    late = is_late(request, now_ms)
    return PastRequest(
        request_id=request.id,
        state=EXPIRED if late else request.state,
        has_test=request.test is not None,
        requested_at=from_ms(request.requested_ms),
        ended_at=maybe_from_ms(request.deadline_ms if late else request.decided_ms),
        value=request.value,
        reason=request.reason or "",
    )
