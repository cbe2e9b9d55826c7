"""A proof of the books: balances against entries, held money against places, counters against rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from crowdbroker.marketplace import ledger, lifecycle
from crowdbroker.marketplace.payout_tables import PayoutLineRow
from crowdbroker.marketplace.tables import AccountRow, AssignmentRow, BonusRow, EntryRow, HitRow, HitTypeRow


def check_books(session: Session) -> list[str]:
    """Return a sentence for everything that does not agree; an empty list says that the books are right."""
    checks = (_entries, _holds, _payments, _payouts, _counters, _types_with_work)
    return [sentence for check in checks for sentence in check(session)]


def _entries(session: Session) -> Iterator[str]:
    came = _sums(session, EntryRow.target, EntryRow.cents)
    went = _sums(session, EntryRow.source, EntryRow.cents)
    balances = dict(session.exec(select(AccountRow.id, AccountRow.balance_cents)).all())
    for name, balance in balances.items():
        entered = came.get(name, 0) - went.get(name, 0)
        if balance != entered:
            yield f"Account {name} has {balance} cents, its entries come to {entered}."
    if sum(balances.values()) != 0:
        yield f"All balances come to {sum(balances.values())} cents instead of 0."


def _holds(session: Session) -> Iterator[str]:
    open_places = _sums(session, HitRow.requester_id, col(HitRow.available) * col(HitRow.place_cents))
    taken_places = _sums(session, AssignmentRow.requester_id, AssignmentRow.held_cents)
    for requester_id in open_places:
        needed = open_places[requester_id] + taken_places.get(requester_id, 0)
        balance = ledger.balance_cents(session, ledger.held(requester_id))
        if balance != needed:
            yield f"Requester {requester_id} has {balance} cents on hold, its places need {needed}."


def _payments(session: Session) -> Iterator[str]:
    paid = col(AssignmentRow.status) == lifecycle.APPROVED
    rewards = _sums(session, AssignmentRow.worker_id, case((paid, col(AssignmentRow.reward_cents)), else_=0))
    bonuses = _sums(session, BonusRow.worker_id, BonusRow.amount_cents)
    paid_out = _paid_out(session)
    for worker_id in (rewards.keys() | bonuses.keys() | paid_out.keys()) - {None}:
        earned = rewards.get(worker_id, 0) + bonuses.get(worker_id, 0)
        balance = ledger.balance_cents(session, ledger.owed(worker_id)) + paid_out.get(worker_id, 0)
        if balance != earned:
            yield f"Worker {worker_id} is owed or was paid {balance} cents, work and bonuses come to {earned}."
    reward_fees = session.exec(select(func.sum(AssignmentRow.fee_cents)).where(paid)).one()
    bonus_fees = session.exec(select(func.sum(BonusRow.fee_cents))).one()
    fees = int(reward_fees or 0) + int(bonus_fees or 0)
    balance = ledger.balance_cents(session, ledger.FEES)
    if balance != fees:
        yield f"Fees come to {balance} cents in the ledger and {fees} by payment."


def _payouts(session: Session) -> Iterator[str]:
    standing = case((col(PayoutLineRow.reversed_ms).is_(None), col(PayoutLineRow.cents)), else_=0)
    lines = _sums(session, PayoutLineRow.worker_id, standing)
    balances = _paid_out(session)
    for worker_id in lines.keys() | balances.keys():
        posted, balance = lines.get(worker_id, 0), balances.get(worker_id, 0)
        if posted != balance:
            yield f"Worker {worker_id} was paid {balance} cents in the ledger, payout lines come to {posted}."


def _paid_out(session: Session) -> Mapping[str, int]:
    prefix = ledger.paid_out("")
    rows = session.exec(
        select(AccountRow.id, AccountRow.balance_cents).where(col(AccountRow.id).startswith(prefix))
    ).all()
    return {name.removeprefix(prefix): cents for name, cents in rows}


def _counters(session: Session) -> Iterator[str]:
    status = col(AssignmentRow.status)
    rows = select(
        AssignmentRow.hit_id,
        func.sum(case((status == lifecycle.HELD, 1), else_=0)),
        func.sum(case((status == lifecycle.SUBMITTED, 1), else_=0)),
        func.sum(case((status.in_((lifecycle.APPROVED, lifecycle.REJECTED)), 1), else_=0)),
    ).group_by(col(AssignmentRow.hit_id))
    counted = {hit_id: tuple(map(int, counts)) for hit_id, *counts in session.exec(rows).all()}
    for hit in session.exec(select(HitRow)):
        kept = (hit.pending, hit.submitted, hit.completed)
        if kept != counted.get(hit.id, (0, 0, 0)):
            yield f"HIT {hit.id} counts {kept} places taken, its Assignments are {counted.get(hit.id)}."
        if hit.available and hit.available + sum(kept) != hit.max_assignments:
            yield f"HIT {hit.id} has {hit.available} places left and {kept} taken of {hit.max_assignments}."


def _types_with_work(session: Session) -> Iterator[str]:
    open_hits = _sums(session, HitRow.hit_type_id, case((col(HitRow.status) == lifecycle.ASSIGNABLE, 1), else_=0))
    for kind_id, count in session.exec(select(HitTypeRow.id, HitTypeRow.assignable_hits)).all():
        if count != open_hits.get(kind_id, 0):
            yield f"HIT type {kind_id} counts {count} assignable HITs, there are {open_hits.get(kind_id, 0)}."


def _sums(session: Session, by: Any, what: Any) -> Mapping[Any, int]:
    rows = session.exec(select(by, func.sum(what)).group_by(by)).all()
    return {name: int(total) for name, total in rows}
