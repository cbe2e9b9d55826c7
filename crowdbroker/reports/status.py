"""How far a Batch is, who waits for whom, what it has cost, and what happens next by itself and when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState, HITState
from crowdbroker.store.ledger import balances
from crowdbroker.store.reads import BatchView, Held, Progress, held, progress
from crowdbroker.store.tables import AssignmentRow, HITRow

SCHEMA = "crowdbroker/status/1"


@dataclass(frozen=True)
class Status:
    """The state of one Batch at a glance.

    Attributes:
        held: Assignments that wait for a person, the most urgent first.
        money_cents: cents by account.
        hits_end_at: when the last open HIT expires; None: none is open.
        approval_at: when the marketplace approves the first undecided Assignment by itself; None: all are decided.
    """

    batch: BatchView
    progress: Progress
    held: list[Held]
    money_cents: dict[str, int]
    hits_end_at: datetime | None
    approval_at: datetime | None


def batch_status(session: Session, batch: BatchView) -> Status:
    """Read the state of a Batch."""
    undecided = [AssignmentState.SUBMITTED, AssignmentState.HELD]
    hits_end_at = select(func.max(HITRow.expires_at)).where(
        col(HITRow.batch_id) == batch.id, col(HITRow.state) == HITState.OPEN
    )
    approval_at = select(func.min(AssignmentRow.auto_approval_at)).where(
        col(AssignmentRow.batch_id) == batch.id, col(AssignmentRow.state).in_(undecided)
    )
    return Status(
        batch,
        progress(session, batch.id),
        held(session, batch.id),
        {account.value: cents for account, cents in balances(session, batch.id).items()},
        session.exec(hits_end_at).one(),
        session.exec(approval_at).one(),
    )


def status_document(found: list[Status]) -> dict[str, Any]:
    """All Batches as one document; amounts in integer cents, times in ISO 8601 (UTC)."""
    return {"schema": SCHEMA, "batches": [_document(one) for one in found]}


def _document(status: Status) -> dict[str, Any]:
    return {
        "batch": status.batch.name,
        "complete": status.progress.complete,
        **asdict(status.progress),
        "held": [asdict(one) | {"auto_approval_at": _iso(one.auto_approval_at)} for one in status.held],
        "money_cents": status.money_cents,
        "next": {"hits_end_at": _iso(status.hits_end_at), "automatic_approval_at": _iso(status.approval_at)},
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
