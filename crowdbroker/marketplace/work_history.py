"""Looking back: what a worker has earned and handed in."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, BonusRow, HitRow, HitTypeRow, RequesterRow
from crowdbroker.marketplace.times import from_ms, maybe_from_ms
from crowdbroker.marketplace.work_views import Earnings, PastAssignment
from crowdbroker.marketplace.workers import known


def earnings(market: Marketplace, worker_id: str) -> Earnings:
    """Return what the worker has earned so far. Raises UnknownWorker."""
    catch_up(market, market.now_ms())
    with market.read() as session:
        known(session, worker_id)
        sums = (
            select(AssignmentRow.status, func.count(), func.sum(AssignmentRow.reward_cents))
            .where(AssignmentRow.worker_id == worker_id)
            .group_by(col(AssignmentRow.status))
        )
        by_status = {status: (count, int(cents)) for status, count, cents in session.exec(sums).all()}
        bonuses = session.exec(select(func.sum(BonusRow.amount_cents)).where(BonusRow.worker_id == worker_id)).one()
    nothing = (0, 0)
    return Earnings(
        approved_cents=by_status.get(lifecycle.APPROVED, nothing)[1],
        pending_cents=by_status.get(lifecycle.SUBMITTED, nothing)[1],
        rejected=by_status.get(lifecycle.REJECTED, nothing)[0],
        bonus_cents=int(bonuses or 0),
    )


def history(market: Marketplace, worker_id: str) -> list[PastAssignment]:
    """Return the Assignments that the worker has handed in, newest first. Raises UnknownWorker."""
    catch_up(market, market.now_ms())
    with market.read() as session:
        known(session, worker_id)
        rows = (
            select(AssignmentRow, HitTypeRow.title, RequesterRow.name)
            .join(HitRow, col(HitRow.id) == col(AssignmentRow.hit_id))
            .join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
            .join(RequesterRow, col(RequesterRow.id) == col(AssignmentRow.requester_id))
            .where(AssignmentRow.worker_id == worker_id, col(AssignmentRow.status).in_(lifecycle.VISIBLE))
            .order_by(col(AssignmentRow.submitted_ms).desc(), col(AssignmentRow.id))
        )
        return [_past(place, title, requester) for place, title, requester in session.exec(rows).all()]


def _past(place: AssignmentRow, title: str, requester: str) -> PastAssignment:
    assert place.submitted_ms is not None
    return PastAssignment(
        assignment_id=place.id,
        hit_id=place.hit_id,
        title=title,
        requester=requester,
        status=place.status,
        reward_cents=place.reward_cents,
        submitted_at=from_ms(place.submitted_ms),
        decides_at=maybe_from_ms(place.due_ms),
        decided_at=maybe_from_ms(place.decided_ms),
        feedback=place.feedback or "",
    )
