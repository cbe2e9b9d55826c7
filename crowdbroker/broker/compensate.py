"""`compensate`: a named Worker is paid beside the reward, once for each reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.domain.money import Tariff, dollars
from crowdbroker.errors import InputError, OverBudget
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.audit import record
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.ledger import Account, Transfer, balances, post
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

    The same Worker, amount and reason is one payment for ever: a second call changes nothing, unless the marketplace
    refused the first.

    Args:
        worker: a WorkerId, or the name that reports show.
        reason: what the Worker reads.

    Raises:
        InputError: the Worker has no decided Assignment in the Batch, several have that name, or the reason is empty.
        OverBudget: amount and fee pass what the Batch has left.
    """
    check_marketplace(batch, marketplace)
    reason = reason.strip()
    if not reason:
        raise InputError(
            "a payment needs a reason that its Worker reads", field="--reason", remedy="Give --reason TEXT."
        )
    now = clock()
    with store.write(batch.id) as session:
        if promise_bonus(session, batch, worker=worker, cents=cents, reason=reason, tariff=tariff, now=now):
            record(
                session,
                actor="crowdbroker compensate",
                action="bonus",
                subject=f"worker:{worker}",
                reason=reason,
                evidence={"cents": cents + tariff.bonus_fee(cents), "bonus_cents": cents},
                batch_id=batch.id,
                at=now,
            )
    return relay(store, market, clock, batch_id=batch.id)


def promise_bonus(
    session: Session, batch: BatchView, *, worker: str, cents: int, reason: str, tariff: Tariff, now: datetime
) -> bool:
    """Set a bonus's money aside and write its Effect; return whether it is new.

    Raises:
        InputError: the Worker has no decided Assignment in the Batch, or several have that name.
        OverBudget: amount and fee pass what the Batch has left.
    """
    fee = tariff.bonus_fee(cents)
    row, worker_id = _latest_assignment(session, batch, worker)
    key = bonus_key(batch.uid, worker_id, cents, reason)
    tries = _tries(session, batch.id, key)
    if any(state != EffectState.FAILED for state in tries):
        return False
    key = f"{key}:{len(tries) + 1}" if tries else key
    _refuse_over_budget(session, batch, cents + fee)
    moves = {Account.AVAILABLE: -(cents + fee), Account.RESERVED: cents + fee}
    post(session, [Transfer(f"reserve:{key}", batch.id, moves)], now)
    request = {
        "worker_id": worker_id,
        "assignment_id": row.assignment_id,
        "cents": cents,
        "fee_cents": fee,
        "reason": reason,
    }
    intend(session, [Intent(key, EffectKind.BONUS, batch.id, request)], now)
    return True


def bonus_key(uid: str, worker_id: str, cents: int, reason: str) -> str:
    """The key of the first try at a bonus, by the uid of its Batch."""
    mark = hashlib.sha256(reason.encode()).hexdigest()[:16]
    return f"{EffectKind.BONUS}:{uid}:{worker_id}:{cents}:{mark}"


def _tries(session: Session, batch_id: int, key: str) -> Sequence[str]:
    """The states of all tries at a bonus: another one is numbered after each refusal, which paid nothing.

    After an adoption the only one may be the second, because refusals are not to be seen at the marketplace.
    """
    rows = select(EffectRow.state).where(
        col(EffectRow.batch_id) == batch_id, col(EffectRow.key).startswith(key, autoescape=True)
    )
    return session.exec(rows).all()


def _refuse_over_budget(session: Session, batch: BatchView, cents: int) -> None:
    available = balances(session, batch.id)[Account.AVAILABLE]
    if cents > available:
        raise OverBudget(
            f"the bonus and its fee come to {dollars(cents)} and the Batch has {dollars(available)} left",
            needed_cents=cents,
            available_cents=available,
            remedy="Raise `budget` in the Project and load again.",
        )


def _latest_assignment(session: Session, batch: BatchView, worker: str) -> tuple[AssignmentRow, str]:
    rows = (
        select(AssignmentRow, WorkerRow.worker_id)
        .where(
            col(AssignmentRow.batch_id) == batch.id,
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.state).in_([AssignmentState.APPROVED, AssignmentState.REJECTED]),
        )
        .order_by(col(AssignmentRow.submitted_at).desc(), col(AssignmentRow.id).desc())
    )
    # A WorkerId goes before a name, which anybody may choose.
    found = session.exec(rows.where(col(WorkerRow.worker_id) == worker)).all()
    found = found or session.exec(rows.where(col(WorkerRow.name) == worker)).all()
    worker_ids = sorted({worker_id for _, worker_id in found})
    if len(worker_ids) > 1:
        raise InputError(
            f"several Workers are called {worker!r}", field="WORKER", remedy=f"Name one of {', '.join(worker_ids)}."
        )
    if not found:
        raise InputError(
            f"{worker!r} has no decided Assignment in the Batch {batch.name!r}",
            field="WORKER",
            remedy="Name a Worker of `crowdbroker export --what workers`; MTurk pays bonuses on Assignments only.",
        )
    return found[0]
