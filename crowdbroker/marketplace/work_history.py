"""Looking back: what a worker has earned and handed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.marketplace import ledger, lifecycle
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, BonusRow, HitRow, HitTypeRow, RequesterRow
from crowdbroker.marketplace.times import SECOND_MS, from_ms, maybe_from_ms
from crowdbroker.marketplace.work_views import Earnings, PastAssignment, PastBonus
from crowdbroker.marketplace.workers import known


def earnings(market: Marketplace, worker_id: str) -> Earnings:
    """Return what the worker has earned so far. Raises UnknownWorker."""
    catch_up(market, market.now_ms())
    took_ms = func.sum(col(AssignmentRow.submitted_ms) - col(AssignmentRow.accepted_ms))
    with market.read() as session:
        known(session, worker_id)
        sums = (
            select(AssignmentRow.status, func.count(), func.sum(AssignmentRow.reward_cents), took_ms)
            .where(AssignmentRow.worker_id == worker_id, col(AssignmentRow.status).in_(lifecycle.VISIBLE))
            .group_by(col(AssignmentRow.status))
        )
        found = {status: (count, int(cents), int(took or 0)) for status, count, cents, took in session.exec(sums).all()}
        bonuses = session.exec(select(func.sum(BonusRow.amount_cents)).where(BonusRow.worker_id == worker_id)).one()
        owed_cents = ledger.balance_cents(session, ledger.owed(worker_id))
    approved, pending, refused = (
        found.get(status, (0, 0, 0)) for status in (lifecycle.APPROVED, lifecycle.SUBMITTED, lifecycle.REJECTED)
    )
    return Earnings(
        approved_cents=approved[1],
        pending_cents=pending[1],
        rejected=refused[0],
        bonus_cents=int(bonuses or 0),
        decided_s=(approved[2] + refused[2]) / SECOND_MS,
        owed_cents=owed_cents,
    )


def history(
    market: Marketplace,
    worker_id: str,
    *,
    statuses: Collection[str] = lifecycle.VISIBLE,
    first: int = 0,
    most: int | None = None,
) -> list[PastAssignment]:
    """Return the Assignments that the worker has handed in, newest first.

    Args:
        statuses: of which to return, from `Submitted`, `Approved` and `Rejected`.
        first: how many of them are passed over.
        most: how many are returned; None: all.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    catch_up(market, market.now_ms())
    with market.read() as session:
        known(session, worker_id)
        return _past(session, worker_id, col(AssignmentRow.status).in_(statuses), first=first, most=most)


def past(market: Marketplace, worker_id: str, assignment_id: str) -> PastAssignment | None:
    """Return one Assignment that the worker has handed in, or None. Raises UnknownWorker."""
    catch_up(market, market.now_ms())
    with market.read() as session:
        known(session, worker_id)
        handed_in = col(AssignmentRow.status).in_(lifecycle.VISIBLE)
        found = _past(session, worker_id, AssignmentRow.id == assignment_id, handed_in)
    return found[0] if found else None


def bonuses(market: Marketplace, worker_id: str, *, most: int | None = None) -> list[PastBonus]:
    """Return the bonuses that the worker was paid, newest first. Raises UnknownWorker."""
    with market.read() as session:
        known(session, worker_id)
        rows = (
            select(BonusRow, HitTypeRow.title, RequesterRow.name)
            .join(HitRow, col(HitRow.id) == col(BonusRow.hit_id))
            .join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
            .join(RequesterRow, col(RequesterRow.id) == col(BonusRow.requester_id))
            .where(BonusRow.worker_id == worker_id)
            .order_by(col(BonusRow.seq).desc())
            .limit(most)
        )
        return [
            PastBonus(title, requester, row.amount_cents, row.reason, from_ms(row.granted_ms))
            for row, title, requester in session.exec(rows).all()
        ]


def _past(
    session: Session, worker_id: str, *conditions: Any, first: int = 0, most: int | None = None
) -> list[PastAssignment]:
    rows = (
        select(AssignmentRow, HitTypeRow.title, RequesterRow.name)
        .join(HitRow, col(HitRow.id) == col(AssignmentRow.hit_id))
        .join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
        .join(RequesterRow, col(RequesterRow.id) == col(AssignmentRow.requester_id))
        .where(AssignmentRow.worker_id == worker_id, *conditions)
        .order_by(col(AssignmentRow.submitted_ms).desc(), col(AssignmentRow.id))
        .offset(first)
        .limit(most)
    )
    return [_one(place, title, requester) for place, title, requester in session.exec(rows).all()]


def _one(place: AssignmentRow, title: str, requester: str) -> PastAssignment:
    assert place.submitted_ms is not None
    return PastAssignment(
        assignment_id=place.id,
        hit_id=place.hit_id,
        title=title,
        requester=requester,
        status=place.status,
        reward_cents=place.reward_cents,
        took_s=(place.submitted_ms - place.accepted_ms) / SECOND_MS,
        submitted_at=from_ms(place.submitted_ms),
        decides_at=maybe_from_ms(place.due_ms),
        decided_at=maybe_from_ms(place.decided_ms),
        feedback=place.feedback or "",
    )
