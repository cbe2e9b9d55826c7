"""The Effects on Assignments: approve and reject."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from crowdbroker.broker.relay.kinds import Desk, Kind, NeedsPerson, Receipt, nothing_follows
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.errors import Refused, Throttled
from crowdbroker.store.decisions import book_decision
from crowdbroker.store.tables import EffectRow


def _approve(desk: Desk, effect: EffectRow) -> Receipt:
    request = effect.request
    try:
        desk.market.approve(request["assignment_id"], feedback=request["feedback"])
    except Refused as error:
        return _decided_already(desk, effect, error)
    return {"status": "Approved"}


def _reject(desk: Desk, effect: EffectRow) -> Receipt:
    request = effect.request
    try:
        desk.market.reject(request["assignment_id"], feedback=request["feedback"])
    except Refused as error:
        return _decided_already(desk, effect, error)
    return {"status": "Rejected"}


def _decided_already(desk: Desk, effect: EffectRow, error: Refused) -> Receipt:
    """A refusal because of the Assignment's state may be our own earlier success, or the marketplace's clock."""
    if error.code != "InvalidAssignmentState":
        raise error
    if "null" in error.message:
        # The submission reached the lists before it reached the operation that decides on it.
        raise Throttled(error.message) from error
    receipt = _look_up(desk, effect)
    if receipt is None:
        raise error
    return receipt


def _look_up(desk: Desk, effect: EffectRow) -> Receipt | None:
    found = desk.market.get_assignment(effect.request["assignment_id"])
    if found.worker_id != effect.request["worker_id"]:
        raise NeedsPerson(f"the Assignment is held by {found.worker_id}, not by {effect.request['worker_id']}")
    if found.status == "Submitted":
        return None
    if effect.kind == "approve" and found.status != "Approved":
        raise NeedsPerson(f"it was to be approved and is {found.status} at the marketplace")
    return {"status": found.status}


def _book(session: Session, effect: EffectRow, receipt: Receipt, now: datetime) -> None:
    # A refusal that came too late finds the Assignment approved by the marketplace's clock: it is paid.
    assert effect.assignment_row is not None
    book_decision(session, effect.assignment_row, AssignmentState(receipt["status"].lower()), now)


APPROVE = Kind(act=_approve, look_up=_look_up, done=_book, failed=nothing_follows)
REJECT = Kind(act=_reject, look_up=_look_up, done=_book, failed=nothing_follows)
