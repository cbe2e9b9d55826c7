"""The audit trail: who did what to which thing, when, why and on what evidence. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.store.audit_tables import AuditRow


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    reason: str = "",
    evidence: Mapping[str, Any] | None = None,
    batch_id: int | None = None,
) -> None:
    """Write one act in the caller's transaction, so that it stands exactly where what it tells of does.

    Args:
        actor: the person's name, or the command that acted by itself.
        action: a verb of the house, such as `resolve` or `adopt`.
        subject: what it was about, by its id or key.
        evidence: what the actor saw; JSON values only.
    """
    session.add(
        AuditRow(
            batch_id=batch_id,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            reason=reason,
            evidence=dict(evidence or {}),
        )
    )
    session.flush()


def acts_on(session: Session, subject: str) -> list[AuditRow]:
    """Everything that was done to one thing, oldest first."""
    rows = select(AuditRow).where(col(AuditRow.subject) == subject).order_by(col(AuditRow.id))
    return list(session.exec(rows))
