"""A Worker who was excluded gets work again, once nothing stands against them any more.

The rule: an exclusion is lifted when a person has paid what was held or refused, and no other Assignment of the Worker
in the Batch is held, refused, to be refused, or paid with an exclusion. An exclusion that a person decided is lifted by
a person alone. What the Worker does later is judged anew, on all the gold they have answered, so that poor work
excludes them again.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlmodel import Session, col, delete, select

from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.domain.quality import Decision
from crowdbroker.store.audit import record
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, ExclusionRow, WorkerRow

BY_HAND = "by"
"""In the evidence of an exclusion: the person who decided it. Only a person lifts it."""


def readmit_if_cleared(session: Session, batch: BatchView, worker_row: int, now: datetime, *, actor: str) -> bool:
    """Lift a Worker's exclusion from a Batch where the rule allows it; return whether it was lifted.

    Call it in the transaction that changes a verdict or books a reversal.
    """
    excluded = session.get(ExclusionRow, (batch.id, worker_row))
    if excluded is None or BY_HAND in excluded.evidence or _stands_against(session, batch.id, worker_row):
        return False
    lift(session, batch, excluded, now, actor=actor, reason="Nothing stands against the Worker any more.")
    return True


def lift(session: Session, batch: BatchView, excluded: ExclusionRow, now: datetime, *, actor: str, reason: str) -> None:
    """Take an exclusion back, in the caller's transaction.

    The qualification is taken back by an Effect, unless another Batch of the Project excludes the Worker too.
    """
    worker_row = excluded.worker_row
    worker = session.get_one(WorkerRow, worker_row)
    record(
        session,
        actor=actor,
        action="readmit",
        subject=f"worker:{worker.worker_id}",
        reason=reason,
        evidence={
            "worker": worker_row,
            "excluded_for": excluded.reason,
            "excluded_at": excluded.at.isoformat(),
            "excluded_by": excluded.evidence.get(BY_HAND),
        },
        batch_id=batch.id,
        at=now,
    )
    session.exec(
        delete(ExclusionRow).where(col(ExclusionRow.batch_id) == batch.id, col(ExclusionRow.worker_row) == worker_row)
    )
    if _was_told(session, batch, worker.worker_id) and not _elsewhere(session, batch, worker_row):
        intend(session, [_intent(session, batch, worker.worker_id)], now)


def readmissions(session: Session, batch_id: int) -> Counter[str]:
    """WorkerId -> times taken back, so that each exclusion and each readmission has a key of its own."""
    rows = select(EffectRow.request).where(
        col(EffectRow.batch_id) == batch_id, col(EffectRow.kind) == EffectKind.READMIT
    )
    return Counter(request["worker_id"] for request in session.exec(rows))


def _stands_against(session: Session, batch_id: int, worker_row: int) -> bool:
    verdict, state = col(AssignmentRow.verdict), col(AssignmentRow.state)
    against = (
        (verdict == Decision.APPROVE_AND_EXCLUDE)
        | ((verdict == Decision.HOLD) & (state == AssignmentState.HELD))
        | ((verdict == Decision.REJECT) & (state != AssignmentState.APPROVED))
    )
    rows = select(AssignmentRow.id).where(
        col(AssignmentRow.batch_id) == batch_id, col(AssignmentRow.worker_row) == worker_row, against
    )
    return session.exec(rows.limit(1)).first() is not None


def _was_told(session: Session, batch: BatchView, worker_id: str) -> bool:
    """Whether the marketplace was or will be told of the exclusion."""
    rows = select(EffectRow.id).where(
        col(EffectRow.batch_id) == batch.id,
        col(EffectRow.kind) == EffectKind.EXCLUDE,
        col(EffectRow.state) != EffectState.FAILED,
        col(EffectRow.request)["worker_id"].as_string() == worker_id,
    )
    return session.exec(rows.limit(1)).first() is not None


def _elsewhere(session: Session, batch: BatchView, worker_row: int) -> bool:
    rows = select(ExclusionRow.batch_id).where(
        col(ExclusionRow.batch_id) == col(BatchRow.id),
        col(ExclusionRow.worker_row) == worker_row,
        col(BatchRow.project) == batch.project.name,
    )
    return session.exec(rows.limit(1)).first() is not None


def _intent(session: Session, batch: BatchView, worker_id: str) -> Intent:
    type_id = session.get_one(BatchRow, batch.id).exclusion_type_id
    number = readmissions(session, batch.id)[worker_id] + 1
    request = {"qualification_type_id": type_id, "worker_id": worker_id}
    return Intent(f"{EffectKind.READMIT}:{batch.uid}:{worker_id}:{number}", EffectKind.READMIT, batch.id, request)
