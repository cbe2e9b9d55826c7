"""`compensate`: a named Worker is paid beside the reward, once for each reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, WorkerRow


def compensate(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    worker: str,
    cents: int,
    reason: str,
    tariff: Tariff,
    marketplace: str,
) -> RelayReport:
    """Pay a bonus on the Worker's latest decided Assignment of the Batch.

    The same Worker, amount and reason is one payment for ever: a second call changes nothing.

    Args:
        worker: a WorkerId, or the name that reports show.
        reason: what the Worker reads.

    Raises:
        InputError: the Worker has no decided Assignment in the Batch, or the reason is empty.
        OverBudget: amount and fee pass what the Batch has left.
    """
    check_marketplace(batch, marketplace)
    if not reason.strip():
        raise InputError(
            "a payment needs a reason that its Worker reads", field="--reason", remedy="Give --reason TEXT."
        )
    fee = tariff.bonus_fee(cents)
    now = clock()
    with store.write() as session:
        row, worker_id = _latest_assignment(session, batch, worker)
        mark = hashlib.sha256(reason.encode()).hexdigest()[:16]
        key = f"{EffectKind.BONUS}:{batch.uid}:{worker_id}:{cents}:{mark}"
        if session.exec(select(EffectRow.id).where(col(EffectRow.key) == key)).first() is None:
            moves = {Account.AVAILABLE: -(cents + fee), Account.RESERVED: cents + fee}
            post(session, [Transfer(f"reserve:{key}", batch.id, moves)], now)
            request = {
                "worker_id": worker_id,
                "assignment_id": row.assignment_id,
                "cents": cents,
                "fee_cents": fee,
                "reason": reason.strip(),
            }
            intend(session, [Intent(key, EffectKind.BONUS, batch.id, request)], now)
    return relay(store, market, clock, batch_id=batch.id)


def _latest_assignment(session: Session, batch: BatchView, worker: str) -> tuple[AssignmentRow, str]:
    named = (col(WorkerRow.worker_id) == worker) | (col(WorkerRow.name) == worker)
    rows = (
        select(AssignmentRow, WorkerRow.worker_id)
        .where(
            col(AssignmentRow.batch_id) == batch.id,
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.state).in_([AssignmentState.APPROVED, AssignmentState.REJECTED]),
            named,
        )
        .order_by(col(AssignmentRow.submitted_at).desc(), col(AssignmentRow.id).desc())
    )
    found = session.exec(rows).first()
    if found is None:
        raise InputError(
            f"{worker!r} has no decided Assignment in the Batch {batch.name!r}",
            field="WORKER",
            remedy="Name a Worker of `crowdbroker export --what workers`; MTurk pays bonuses on Assignments only.",
        )
    return found
