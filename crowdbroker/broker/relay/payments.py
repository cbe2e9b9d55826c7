"""The Effects on Assignments: approve and reject."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from crowdbroker.broker.relay.kinds import Desk, Kind, NeedsPerson, Receipt, nothing_follows
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.errors import Refused, Throttled
from crowdbroker.store.decisions import book_decisions
from crowdbroker.store.tables import EffectRow, HITRow


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
    _wait_for_newer_state(desk, effect, error)
    if error.code != "InvalidAssignmentState":
        raise error
    if "null" in error.message:
        # The submission reached the lists before it reached the operation that decides on it.
        raise Throttled(error.message) from error
    receipt = _look_up(desk, effect)
    if receipt is None:
        raise error
    return receipt


def _wait_for_newer_state(desk: Desk, effect: EffectRow, error: Refused) -> None:
    if error.code == "AssignmentDoesNotExist" and _hit_is_unknown(desk, effect):
        # Nothing can be decided before the newer state is back.
        raise Throttled(
            f"{error.message} Nor does its HIT: was the marketplace restored from an older backup?"
        ) from error


def _hit_is_unknown(desk: Desk, effect: EffectRow) -> bool:
    """Whether the marketplace does not even know the HIT; one that was deleted it knows for 120 days."""
    with desk.store.read() as session:
        hit_id = session.get_one(HITRow, effect.hit_row).hit_id
    try:
        desk.market.get_hit(str(hit_id))
    except Refused as error:
        if error.code == "HITDoesNotExist":
            return True
        raise
    return False


def _look_up(desk: Desk, effect: EffectRow) -> Receipt | None:
    try:
        found = desk.market.get_assignment(effect.request["assignment_id"])
    except Refused as error:
        _wait_for_newer_state(desk, effect, error)
        if error.code != "InvalidHITState":
            raise
        # A HIT is deleted only when all its work is decided, and shows nothing of it any more.
        raise NeedsPerson("its HIT was deleted at the marketplace, where it was decided by somebody else") from error
    if found.worker_id != effect.request["worker_id"]:
        raise NeedsPerson(f"the Assignment is held by {found.worker_id}, not by {effect.request['worker_id']}")
    if found.status == "Submitted":
        return None
    if effect.kind == "approve" and found.status != "Approved":
        raise NeedsPerson(f"it was to be approved and is {found.status} at the marketplace")
    return {"status": found.status}


def _book(session: Session, effect: EffectRow, receipt: Receipt, now: datetime) -> None:
    _book_all(session, [(effect, receipt)], now)


def _book_all(session: Session, done: list[tuple[EffectRow, Receipt]], now: datetime) -> None:
    # A refusal that came too late finds the Assignment approved by the marketplace's clock: it is paid.
    decided: dict[int, AssignmentState] = {}
    for effect, receipt in done:
        assert effect.assignment_row is not None
        decided[effect.assignment_row] = AssignmentState(receipt["status"].lower())
    book_decisions(session, decided, now)


APPROVE = Kind(act=_approve, look_up=_look_up, done=_book, failed=nothing_follows, all_done=_book_all)
REJECT = Kind(act=_reject, look_up=_look_up, done=_book, failed=nothing_follows, all_done=_book_all)
