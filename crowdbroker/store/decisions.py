"""What the marketplace has decided on an Assignment is booked: its state and its money, once."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, update

from crowdbroker.domain.lifecycle import AssignmentState, check_move
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import AssignmentRow, HITRow

_UNDECIDED = (AssignmentState.SUBMITTED, AssignmentState.HELD)


def book_decision(session: Session, assignment_row: int, decided: AssignmentState, now: datetime) -> None:
    """Move an Assignment that waits to approved or rejected, and what is owed for it to where it goes.

    An Assignment that is already decided stays as it is, and its money moves no second time.
    """
    for was in _UNDECIDED:
        check_move(was, decided)
    changed = session.exec(
        update(AssignmentRow)
        .where(col(AssignmentRow.id) == assignment_row, col(AssignmentRow.state).in_(_UNDECIDED))
        .values(state=decided, decided_at=now)
    )
    if changed.rowcount == 0:
        return
    assignment = session.get_one(AssignmentRow, assignment_row)
    hit = session.get_one(HITRow, assignment.hit_row)
    owed = hit.reward_cents + hit.fee_cents
    if decided is AssignmentState.APPROVED:
        moves = {Account.OWED: -owed, Account.REWARDS: hit.reward_cents, Account.FEES: hit.fee_cents}
    else:
        moves = {Account.OWED: -owed, Account.AVAILABLE: owed}
    post(session, [Transfer(f"decide:{assignment_row}", assignment.batch_id, moves)], now)
