"""What the marketplace has decided on Assignments is booked: their states and their money, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select, update

from crowdbroker.domain.lifecycle import AssignmentState, check_move
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import AssignmentRow, HITRow

_UNDECIDED = (AssignmentState.SUBMITTED, AssignmentState.HELD)


def book_decisions(session: Session, decided: Mapping[int, AssignmentState], now: datetime) -> int:
    """Move Assignments that wait to approved or rejected, and what is owed for them to where it goes.

    One that is already decided stays as it is, and its money moves no second time.

    Args:
        decided: Assignment row -> what was decided.

    Returns:
        How many were moved.
    """
    by_state: dict[AssignmentState, list[int]] = defaultdict(list)
    for row, state in decided.items():
        for was in _UNDECIDED:
            check_move(was, state)
        by_state[state].append(row)
    transfers = [
        transfer for state, rows in sorted(by_state.items()) for transfer in _moved(session, sorted(rows), state, now)
    ]
    post(session, transfers, now)
    return len(transfers)


def book_decision(session: Session, assignment_row: int, decided: AssignmentState, now: datetime) -> None:
    """The same for one Assignment."""
    book_decisions(session, {assignment_row: decided}, now)


def _moved(session: Session, rows: list[int], state: AssignmentState, now: datetime) -> list[Transfer]:
    """The transfers of those that were undecided until now."""
    statement = (
        update(AssignmentRow)
        .where(col(AssignmentRow.id).in_(rows), col(AssignmentRow.state).in_(_UNDECIDED))
        .values(state=state, decided_at=now)
        .returning(col(AssignmentRow.id), col(AssignmentRow.hit_row), col(AssignmentRow.batch_id))
    )
    found = session.execute(statement).all()
    hits = {hit_row for _, hit_row, _ in found}
    prices = select(HITRow.id, HITRow.reward_cents, HITRow.fee_cents).where(col(HITRow.id).in_(hits))
    price = {hit: (reward, fee) for hit, reward, fee in session.exec(prices)}
    return [
        Transfer(f"decide:{row}", batch_id, _moves(state, *price[hit_row])) for row, hit_row, batch_id in sorted(found)
    ]


def _moves(state: AssignmentState, reward_cents: int, fee_cents: int) -> dict[Account, int]:
    owed = reward_cents + fee_cents
    if state is AssignmentState.APPROVED:
        return {Account.OWED: -owed, Account.REWARDS: reward_cents, Account.FEES: fee_cents}
    return {Account.OWED: -owed, Account.AVAILABLE: owed}
