"""SendBonus and ListBonusPayments."""

from __future__ import annotations

from sqlmodel import col, select

from crowdbroker.marketplace import inputs, ledger, lifecycle, notices, tokens
from crowdbroker.marketplace.faults import BadValue, already_processed, wrong_assignment_state
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.hit_types import wire_amount
from crowdbroker.marketplace.operations.owned import own_assignment, own_hit
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.tables import AssignmentRow, BonusRow

BONUS = "SendBonus"


@operation(inputs.SendBonus, writes=True)
def send_bonus(call: Call, asked: inputs.SendBonus) -> Output:
    """Pay a worker beside the reward, out of the available balance, with its fee."""
    token = asked.UniqueRequestToken
    if token:
        made = tokens.recall(call.session, call.requester_id, BONUS, token, call.now_ms)
        if made:
            raise already_processed(token, made)
    amount_cents = wire_amount(asked.BonusAmount, least_cents=1, member="BonusAmount")
    place = own_assignment(call, asked.AssignmentId)
    if place.status not in lifecycle.VISIBLE:
        raise wrong_assignment_state("Submitted,Approved,Rejected")
    if place.worker_id != asked.WorkerId:
        raise BadValue(f"The WorkerId {asked.WorkerId} is invalid: another worker submitted this Assignment.")
    _pay(call, asked, place, amount_cents)
    if token:
        tokens.remember(call.session, call.requester_id, BONUS, token, call.request_id, call.now_ms)
    return {}


@operation(inputs.ListBonusPayments, writes=False)
def list_bonus_payments(call: Call, asked: inputs.ListBonusPayments) -> Output:
    """Return the bonuses paid for one HIT or one Assignment, in the order of payment."""
    if (asked.HITId is None) == (asked.AssignmentId is None):
        raise BadValue("ListBonusPayments takes exactly one of HITId and AssignmentId.")
    wanted = page(asked, (int,), call.requester_id, asked.HITId, asked.AssignmentId)
    if asked.HITId is not None:
        about = col(BonusRow.hit_id) == own_hit(call, asked.HITId).id
    else:
        about = col(BonusRow.assignment_id) == own_assignment(call, asked.AssignmentId or "").id
    rows = select(BonusRow).where(about).order_by(col(BonusRow.seq)).limit(wanted.size)
    if wanted.after is not None:
        rows = rows.where(col(BonusRow.seq) > wanted.after[0])
    found = call.session.exec(rows).all()
    listed = [shown.bonus(row) for row in found]
    return wanted.output(found, lambda row: (row.seq or 0,)) | {"BonusPayments": listed}


def _pay(call: Call, asked: inputs.SendBonus, place: AssignmentRow, amount_cents: int) -> None:
    fee_cents = call.market.tariff.bonus_fee_cents(amount_cents)
    purse = ledger.available(call.requester_id)
    about = {"hit_id": place.hit_id, "assignment_id": place.id}
    ledger.move(call.session, purse, ledger.FEES, fee_cents, "bonus fee", call.now_ms, **about)
    ledger.move(call.session, purse, ledger.owed(asked.WorkerId), amount_cents, "bonus", call.now_ms, **about)
    row = BonusRow(
        requester_id=call.requester_id,
        worker_id=asked.WorkerId,
        hit_id=place.hit_id,
        assignment_id=place.id,
        amount_cents=amount_cents,
        fee_cents=fee_cents,
        reason=asked.Reason,
        granted_ms=call.now_ms,
    )
    call.session.add(row)
    notices.bonus(call.session, place, amount_cents, asked.Reason, call.now_ms)
