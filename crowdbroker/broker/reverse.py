"""A refusal is taken back: its money is set aside anew, and the marketplace is asked to pay after all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from crowdbroker.broker.payers import Payer, check_cap
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.domain.money import dollars
from crowdbroker.errors import InputError, OverBudget, StaleState
from crowdbroker.store.audit import record
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.ledger import Account, Transfer, balances, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITRow, WorkerRow

WINDOW = timedelta(days=30)
"""API reference, ApproveAssignment: a rejected Assignment can be approved for so long after its submission."""
_ACCEPTED = "The refusal was a mistake and is taken back. You are paid in full."


def reverse(store: Store, batch: BatchView, row: int, *, reason: str, payer: Payer, now: datetime) -> None:
    """Take back the refusal of an Assignment; `run` or `settle` carries it out.

    Args:
        reason: what the Worker reads; empty: an apology.

    Raises:
        InputError: it is not refused, it is too late, or the reason is too long.
        OverBudget: reward and fee pass what the Batch has left, or the person's cap.
        StaleState: it is being taken back already.
    """
    reason = reason.strip() or _ACCEPTED
    with store.write(batch.id) as session:
        refused = _refused(session, batch, row, reason, now)
        hit, worker = session.get_one(HITRow, refused.hit_row), session.get_one(WorkerRow, refused.worker_row)
        cents = hit.reward_cents + hit.fee_cents
        _check_budget(session, batch, cents)
        check_cap(session, payer, cents, now)
        key = _key(session, batch, refused, worker.worker_id)
        moves = {Account.AVAILABLE: -cents, Account.RESERVED: cents}
        post(session, [Transfer(f"reserve:{key}", batch.id, moves)], now)
        request = {
            "assignment_id": refused.assignment_id,
            "worker_id": worker.worker_id,
            "feedback": reason,
            "cents": hit.reward_cents,
            "fee_cents": hit.fee_cents,
        }
        intent = Intent(key, EffectKind.REVERSE, batch.id, request, hit_row=refused.hit_row, assignment_row=row)
        intend(session, [intent], now)
        record(
            session,
            actor=payer.name,
            action="reverse",
            subject=f"assignment:{refused.assignment_id}",
            reason=reason,
            evidence={
                "cents": cents,
                "refusal": refused.reason,
                "saw": dict(refused.evidence),
                "worker": refused.worker_row,
                "row": row,
            },
            batch_id=batch.id,
            at=now,
        )


def _refused(session: Session, batch: BatchView, row: int, reason: str, now: datetime) -> AssignmentRow:
    found = session.get(AssignmentRow, row)
    if found is None or found.batch_id != batch.id or found.state != AssignmentState.REJECTED:
        raise InputError("This Assignment is not refused.", remedy="Look at it again: it may be paid by now.")
    if now >= found.submitted_at + WINDOW:
        raise InputError(
            "A refusal can be taken back for 30 days after the submission, and they are over.",
            remedy="Pay the Worker a bonus instead.",
        )
    if len(reason) > 1024:
        raise InputError("MTurk takes a reason of 1,024 characters at the most.", remedy="Shorten it.")
    return found


def _check_budget(session: Session, batch: BatchView, cents: int) -> None:
    available = balances(session, batch.id)[Account.AVAILABLE]
    if cents > available:
        raise OverBudget(
            f"Reward and fee come to {dollars(cents)} and the Batch has {dollars(available)} left.",
            needed_cents=cents,
            available_cents=available,
            remedy="Raise `budget` in the Project and load again.",
        )


def _key(session: Session, batch: BatchView, row: AssignmentRow, worker_id: str) -> str:
    """The key of this reversal; another one after each that the marketplace refused."""
    key = f"{EffectKind.REVERSE}:{batch.uid}:{row.assignment_id}:{worker_id}"
    tried = select(EffectRow.state).where(
        col(EffectRow.assignment_row) == row.id, col(EffectRow.kind) == EffectKind.REVERSE
    )
    states = session.exec(tried).all()
    if any(state != EffectState.FAILED for state in states):
        raise StaleState("This refusal is being taken back already.")
    return f"{key}:{len(states) + 1}" if states else key
