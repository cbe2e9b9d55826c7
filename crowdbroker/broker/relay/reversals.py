"""The Effect that pays an Assignment after all, although it was refused."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, update

from crowdbroker.broker.relay.kinds import Desk, Kind, NeedsPerson, Receipt
from crowdbroker.domain.lifecycle import AssignmentState, check_move
from crowdbroker.errors import InsufficientFunds, Refused, StaleState
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import view
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow


def _reverse(desk: Desk, effect: EffectRow) -> Receipt:
    request = effect.request
    try:
        desk.market.approve(request["assignment_id"], feedback=request["feedback"], override=True)
    except InsufficientFunds:
        raise
    except Refused as error:
        # A refusal because it is approved may be our own earlier success.
        receipt = _look_up(desk, effect)
        if receipt is None:
            raise error
        return receipt
    return {"status": "Approved"}


def _look_up(desk: Desk, effect: EffectRow) -> Receipt | None:
    found = desk.market.get_assignment(effect.request["assignment_id"])
    if found.worker_id != effect.request["worker_id"]:
        raise NeedsPerson(f"the Assignment is held by {found.worker_id}, not by {effect.request['worker_id']}")
    if found.status == "Approved":
        return {"status": found.status}
    if found.status == "Rejected":
        return None
    raise NeedsPerson(f"its refusal was to be taken back and it is {found.status} at the marketplace")


def _book(session: Session, effect: EffectRow, _receipt: Receipt, now: datetime) -> None:
    check_move(AssignmentState.REJECTED, AssignmentState.APPROVED)
    this = col(AssignmentRow.id) == effect.assignment_row, col(AssignmentRow.state) == AssignmentState.REJECTED
    done = session.exec(update(AssignmentRow).where(*this).values(state=AssignmentState.APPROVED, decided_at=now))
    if done.rowcount != 1:
        raise StaleState(f"the Assignment of the Effect {effect.key} is not refused")
    cents, fee = effect.request["cents"], effect.request["fee_cents"]
    moves = {Account.RESERVED: -(cents + fee), Account.REWARDS: cents, Account.FEES: fee}
    post(session, [Transfer(f"reverse:{effect.key}", effect.batch_id, moves)], now)
    # The rule needs the kinds of Effects, which need this module.
    from crowdbroker.broker.by_hand import readmit_unless_by_hand

    row = session.get_one(AssignmentRow, effect.assignment_row)
    batch = view(session.get_one(BatchRow, effect.batch_id))
    readmit_unless_by_hand(session, batch, row.worker_row, now, actor="crowdbroker relay")


def _give_back(session: Session, effect: EffectRow, now: datetime) -> None:
    cents = effect.request["cents"] + effect.request["fee_cents"]
    moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
    post(session, [Transfer(f"release:{effect.key}", effect.batch_id, moves)], now)


REVERSE = Kind(act=_reverse, look_up=_look_up, done=_book, failed=_give_back)
