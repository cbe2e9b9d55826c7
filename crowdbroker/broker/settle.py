"""`settle`: verdicts become Effects, and the relay carries them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.readmit import readmissions
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.domain.quality import Decision
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, ExclusionRow, HITRow, WorkerRow

_CALLS = {
    Decision.APPROVE: EffectKind.APPROVE,
    Decision.APPROVE_AND_EXCLUDE: EffectKind.APPROVE,
    Decision.REJECT: EffectKind.REJECT,
}


def settle(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> RelayReport:
    """Exclude, pay and refuse as judged; what is held waits for a person."""
    check_marketplace(batch, marketplace)
    with store.write(batch.id) as session:
        # Exclusions go first, so that an excluded Worker takes no further HIT while the payments run.
        intend(session, [*_exclusions(session, batch), *_decisions(session, batch)], clock())
    return relay(store, market, clock, batch_id=batch.id, progress=progress)


@dataclass(frozen=True)
class Due:
    """What settling would do now; `cents` are the rewards and fees of the approvals."""

    approvals: int
    refusals: int
    cents: int


def due(session: Session, batch_id: int) -> Due:
    """The verdicts that are not carried out yet."""
    waiting = [
        col(AssignmentRow.batch_id) == batch_id,
        col(AssignmentRow.hit_row) == col(HITRow.id),
        col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
    ]
    pays = col(AssignmentRow.verdict).in_([Decision.APPROVE, Decision.APPROVE_AND_EXCLUDE])
    refuses = col(AssignmentRow.verdict) == Decision.REJECT
    price = col(HITRow.reward_cents) + col(HITRow.fee_cents)
    rows = select(
        func.count().filter(pays), func.count().filter(refuses), func.coalesce(func.sum(price).filter(pays), 0)
    ).where(*waiting)
    approvals, refusals, cents = session.exec(rows).one()
    return Due(approvals, refusals, int(cents))


def _exclusions(session: Session, batch: BatchView) -> Iterator[Intent]:
    type_id = session.get_one(BatchRow, batch.id).exclusion_type_id
    times = readmissions(session, batch.id)
    rows = select(WorkerRow.worker_id).where(
        col(ExclusionRow.worker_row) == col(WorkerRow.id), col(ExclusionRow.batch_id) == batch.id
    )
    for worker_id in session.exec(rows.order_by(col(ExclusionRow.at), col(WorkerRow.id))):
        request = {"qualification_type_id": type_id, "worker_id": worker_id}
        again = f":{times[worker_id] + 1}" if times[worker_id] else ""
        yield Intent(f"{EffectKind.EXCLUDE}:{batch.uid}:{worker_id}{again}", EffectKind.EXCLUDE, batch.id, request)


def _decisions(session: Session, batch: BatchView) -> Iterator[Intent]:
    """Approvals and refusals without an Effect: refusals first, and of each the one that silence decides first.

    The marketplace pays by itself what nobody has decided on in time, so that a refusal is lost by waiting and an
    approval is not.
    """
    begun = select(EffectRow.assignment_row).where(
        col(EffectRow.batch_id) == batch.id, col(EffectRow.assignment_row).is_not(None)
    )
    rows = (
        select(AssignmentRow, WorkerRow.worker_id)
        .where(
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.batch_id) == batch.id,
            col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
            col(AssignmentRow.verdict).in_(list(_CALLS)),
            col(AssignmentRow.id).not_in(begun),
        )
        .order_by(
            col(AssignmentRow.verdict) != Decision.REJECT, col(AssignmentRow.auto_approval_at), col(AssignmentRow.id)
        )
    )
    for row, worker_id in session.exec(rows):
        kind = _CALLS[Decision(str(row.verdict))]
        request = {"assignment_id": row.assignment_id, "worker_id": worker_id, "feedback": row.reason}
        key = f"{kind}:{batch.uid}:{row.assignment_id}:{worker_id}"
        yield Intent(key, kind, batch.id, request, hit_row=row.hit_row, assignment_row=row.id)
