"""Rows that the caller names and owns; someone else's row looks as if it were not there."""

from __future__ import annotations

from sqlmodel import select

from crowdbroker.marketplace import lifecycle, requirements
from crowdbroker.marketplace.faults import BadValue, Fault, no_such_assignment, no_such_hit
from crowdbroker.marketplace.operations.registry import Call
from crowdbroker.marketplace.qualification_requests import locked_type
from crowdbroker.marketplace.qualification_tables import ACTIVE, DELETED, INACTIVE
from crowdbroker.marketplace.tables import AssignmentRow, HitRow, HitTypeRow, QualificationTypeRow, WorkerRow


def own_hit(call: Call, hit_id: str) -> HitRow:
    """Return the caller's HIT for reading. Raises Fault, HITDoesNotExist."""
    return _owned_by(call, call.session.exec(select(HitRow).where(HitRow.id == hit_id)).first(), hit_id)


def own_hit_to_change(call: Call, hit_id: str) -> HitRow:
    """Return the caller's HIT, locked. Raises Fault, HITDoesNotExist."""
    return _owned_by(call, lifecycle.locked_hit(call.session, hit_id), hit_id)


def own_assignment(call: Call, assignment_id: str) -> AssignmentRow:
    """Return a place in a HIT of the caller's for reading. Raises Fault, AssignmentDoesNotExist."""
    place = call.session.get(AssignmentRow, assignment_id)
    if place is None or place.requester_id != call.requester_id:
        raise no_such_assignment(assignment_id)
    return place


def own_assignment_to_change(call: Call, assignment_id: str) -> tuple[HitRow, AssignmentRow]:
    """Return a place in a HIT of the caller's and that HIT, both locked. Raises Fault, AssignmentDoesNotExist."""
    hit = lifecycle.locked_hit(call.session, own_assignment(call, assignment_id).hit_id)
    place = lifecycle.locked_assignment(call.session, assignment_id)
    assert hit is not None
    assert place is not None
    return hit, place


def own_hit_type(call: Call, hit_type_id: str) -> HitTypeRow:
    """Return the caller's HIT type. Raises Fault, HITTypeDoesNotExist."""
    found = select(HitTypeRow).where(HitTypeRow.id == hit_type_id, HitTypeRow.requester_id == call.requester_id)
    row = call.session.exec(found).first()
    if row is None:
        raise _no_such_hit_type(hit_type_id)
    return row


def usable_hit_type(call: Call, hit_type_id: str) -> HitTypeRow:
    """Return the caller's HIT type for giving it to a HIT.

    Raises:
        Fault: HITTypeDoesNotExist, also when it requires a deleted qualification type, which takes the HIT types that
            use it along; InvalidQualificationTypeState when it requires an Inactive one.
    """
    row = own_hit_type(call, hit_type_id)
    statuses = requirements.statuses_of_required(call.session, row.requirements)
    if DELETED in statuses:
        raise _no_such_hit_type(hit_type_id)
    if INACTIVE in statuses:
        raise requirements.not_active()
    return row


def own_qualification_type(call: Call, type_id: str) -> QualificationTypeRow:
    """Return the caller's qualification type. Raises Fault, QualificationTypeDoesNotExist."""
    row = call.session.exec(select(QualificationTypeRow).where(QualificationTypeRow.id == type_id)).first()
    if row is None or row.requester_id != call.requester_id:
        raise no_such_qualification_type(type_id)
    return row


def own_qualification_type_to_change(call: Call, type_id: str) -> QualificationTypeRow:
    """Return the caller's qualification type, locked. Raises Fault also when it is deleted."""
    row = locked_type(call.session, type_id)
    if row is None or row.requester_id != call.requester_id:
        raise no_such_qualification_type(type_id)
    if row.status == DELETED:
        text = f"This operation can be called with a status of: {ACTIVE},{INACTIVE}"
        raise Fault("InvalidQualificationTypeState", text)
    return row


def no_such_qualification_type(type_id: str) -> Fault:
    """Return the answer to an unknown QualificationTypeId, or to someone else's."""
    return Fault("QualificationTypeDoesNotExist", f"QualificationType {type_id} does not exist.")


def known_worker(call: Call, worker_id: str) -> WorkerRow:
    """Return a worker. Raises BadValue when nobody has this WorkerId."""
    row = call.session.get(WorkerRow, worker_id)
    if row is None:
        raise BadValue(f"The WorkerId {worker_id} is invalid: no worker has it.")
    return row


def _owned_by(call: Call, hit: HitRow | None, hit_id: str) -> HitRow:
    if hit is None or hit.requester_id != call.requester_id:
        raise no_such_hit(hit_id)
    return hit


def _no_such_hit_type(hit_type_id: str) -> Fault:
    return Fault("HITTypeDoesNotExist", f"HITType {hit_type_id} does not exist.")
