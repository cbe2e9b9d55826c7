"""How far a Batch is, who waits for whom, what it has cost, and what happens next by itself and when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.top_up import deficits
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.store.ledger import balances
from crowdbroker.store.reads import BatchView, Held, Progress, held, progress
from crowdbroker.store.tables import AnswerRow, AssignmentRow, EffectRow, HITRow, ItemRow, LabelRow

SCHEMA = "crowdbroker/status/1"


@dataclass(frozen=True)
class Doubt:
    """An Effect of which nobody knows whether it happened.

    Attributes:
        effect: its number, by which a person settles it.
        kind: the call, as the Effect names it: create_hit, bonus, ...
        request: what was asked for, such as worker_id and cents.
        hit: the 1-based number of its HIT in the Batch, where it concerns one.
        first_sent_at: None: it was never sent.
        problem: what the marketplace or the look-up said.
    """

    effect: int
    kind: str
    request: dict[str, Any]
    hit: int | None
    first_sent_at: datetime | None
    attempts: int
    problem: str


@dataclass(frozen=True)
class Status:
    """The state of one Batch at a glance.

    Attributes:
        held: Assignments that wait for a person, the most urgent first.
        doubts: Effects in doubt, which wait for a person too, oldest first.
        unlabelled: Items of the dataset with usable Answers and no Label yet.
        missing_places: places that ended HITs lack to the overlap; `publish --top-up` asks for them again.
        money_cents: cents by account.
        hits_end_at: when the last open HIT expires; None: none is open.
        approval_at: when the marketplace approves the first undecided Assignment by itself; None: all are decided.
    """

    batch: BatchView
    progress: Progress
    held: list[Held]
    doubts: list[Doubt]
    unlabelled: int
    missing_places: int
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
        _doubts(session, batch.id),
        _unlabelled(session, batch.id),
        sum(one.missing for one in deficits(session, batch)),
        {account.value: cents for account, cents in balances(session, batch.id).items()},
        session.exec(hits_end_at).one(),
        session.exec(approval_at).one(),
    )


def _doubts(session: Session, batch_id: int) -> list[Doubt]:
    rows = (
        select(EffectRow, HITRow.position)
        .outerjoin(HITRow, col(EffectRow.hit_row) == col(HITRow.id))
        .where(col(EffectRow.batch_id) == batch_id, col(EffectRow.state) == EffectState.IN_DOUBT)
        .order_by(col(EffectRow.id))
    )
    return [
        Doubt(
            effect.id or 0,
            effect.kind,
            effect.request,
            None if position is None else position + 1,
            effect.first_sent_at,
            effect.attempts,
            effect.problem,
        )
        for effect, position in session.exec(rows)
    ]


def _unlabelled(session: Session, batch_id: int) -> int:
    answered = select(AnswerRow.item_id).where(
        col(AnswerRow.assignment_row) == col(AssignmentRow.id),
        col(AssignmentRow.batch_id) == batch_id,
        col(AssignmentRow.state) != AssignmentState.REJECTED,
    )
    rows = (
        select(func.count())
        .select_from(ItemRow)
        .outerjoin(LabelRow, col(LabelRow.item_id) == col(ItemRow.id))
        .where(
            col(ItemRow.batch_id) == batch_id,
            ~col(ItemRow.mixed_in),
            col(LabelRow.item_id).is_(None),
            col(ItemRow.id).in_(answered),
        )
    )
    return session.exec(rows).one()


def status_document(found: list[Status]) -> dict[str, Any]:
    """All Batches as one document; amounts in integer cents, times in ISO 8601 (UTC)."""
    return {"schema": SCHEMA, "batches": [_document(one) for one in found]}


def _document(status: Status) -> dict[str, Any]:
    return {
        "batch": status.batch.name,
        "complete": status.progress.complete,
        "paused_at": _iso(status.batch.row.paused_at),
        "closed_at": _iso(status.batch.row.closed_at),
        **asdict(status.progress),
        "held": [asdict(one) | {"auto_approval_at": _iso(one.auto_approval_at)} for one in status.held],
        "doubts": [asdict(one) | {"first_sent_at": _iso(one.first_sent_at)} for one in status.doubts],
        "unlabelled": status.unlabelled,
        "missing_places": status.missing_places,
        "money_cents": status.money_cents,
        "next": {"hits_end_at": _iso(status.hits_end_at), "automatic_approval_at": _iso(status.approval_at)},
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
