"""`settle`: verdicts become Effects, and the relay carries them out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.readmit import readmissions
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
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

_REFUSED_AGAIN_AFTER = timedelta(minutes=10)
"""What the marketplace refused is asked for again, but not in every round."""


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
        now = clock()
        intend(session, [*_exclusions(session, batch, now), *_decisions(session, batch, now)], now)
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


def _exclusions(session: Session, batch: BatchView, now: datetime) -> Iterator[Intent]:
    """One for each exclusion; another one after it was lifted, and after each refusal."""
    type_id = session.get_one(BatchRow, batch.id).exclusion_type_id
    if type_id is None:
        # Nothing was published yet, so that there is nothing to keep anybody from.
        return
    times, refused = readmissions(session, batch.id), _refused_exclusions(session, batch.id)
    rows = select(WorkerRow.worker_id).where(
        col(ExclusionRow.worker_row) == col(WorkerRow.id), col(ExclusionRow.batch_id) == batch.id
    )
    for worker_id in session.exec(rows.order_by(col(ExclusionRow.at), col(WorkerRow.id))):
        if any(at > now - _REFUSED_AGAIN_AFTER for at in refused[worker_id]):
            continue
        request = {"qualification_type_id": type_id, "worker_id": worker_id}
        key = _numbered(f"{EffectKind.EXCLUDE}:{batch.uid}:{worker_id}", times[worker_id] + len(refused[worker_id]))
        yield Intent(key, EffectKind.EXCLUDE, batch.id, request)


def _refused_exclusions(session: Session, batch_id: int) -> defaultdict[str, list[datetime]]:
    """WorkerId -> when the marketplace refused to exclude."""
    rows = select(EffectRow.request, EffectRow.ended_at).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind) == EffectKind.EXCLUDE,
        col(EffectRow.state) == EffectState.FAILED,
    )
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for request, at in session.exec(rows):
        if at is not None:
            found[request["worker_id"]].append(at)
    return found


def _numbered(key: str, earlier: int) -> str:
    return f"{key}:{earlier + 1}" if earlier else key


def _decisions(session: Session, batch: BatchView, now: datetime) -> Iterator[Intent]:
    """Approvals and refusals without an Effect: refusals first, and of each the one that silence decides first.

    The marketplace pays by itself what nobody has decided on in time, so that a refusal is lost by waiting and an
    approval is not. What the marketplace refused is asked for again until then.
    """
    failed = col(EffectRow.state) == EffectState.FAILED
    begun = select(EffectRow.assignment_row).where(
        col(EffectRow.batch_id) == batch.id,
        col(EffectRow.assignment_row).is_not(None),
        ~failed | (col(EffectRow.ended_at) > now - _REFUSED_AGAIN_AFTER),
    )
    decided_there = select(EffectRow.assignment_row).where(
        col(EffectRow.batch_id) == batch.id,
        failed,
        col(EffectRow.assignment_row) == col(AssignmentRow.id),
        col(AssignmentRow.auto_approval_at) <= now,
    )
    tries = _refused_decisions(session, batch.id)
    rows = (
        select(AssignmentRow, WorkerRow.worker_id)
        .where(
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.batch_id) == batch.id,
            col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
            col(AssignmentRow.verdict).in_(list(_CALLS)),
            col(AssignmentRow.id).not_in(begun),
            ~decided_there.exists(),
        )
        .order_by(
            col(AssignmentRow.verdict) != Decision.REJECT, col(AssignmentRow.auto_approval_at), col(AssignmentRow.id)
        )
    )
    for row, worker_id in session.exec(rows):
        kind = _CALLS[Decision(str(row.verdict))]
        request = {"assignment_id": row.assignment_id, "worker_id": worker_id, "feedback": row.reason}
        key = _numbered(f"{kind}:{batch.uid}:{row.assignment_id}:{worker_id}", tries[row.id, kind])
        yield Intent(key, kind, batch.id, request, hit_row=row.hit_row, assignment_row=row.id)


def _refused_decisions(session: Session, batch_id: int) -> Counter[tuple[int | None, str]]:
    """(Assignment row, kind) -> how often the marketplace refused that."""
    rows = (
        select(EffectRow.assignment_row, EffectRow.kind, func.count())
        .where(
            col(EffectRow.batch_id) == batch_id,
            col(EffectRow.state) == EffectState.FAILED,
            col(EffectRow.kind).in_(_CALLS.values()),
        )
        .group_by(col(EffectRow.assignment_row), col(EffectRow.kind))
    )
    return Counter({(row, kind): count for row, kind, count in session.exec(rows)})
