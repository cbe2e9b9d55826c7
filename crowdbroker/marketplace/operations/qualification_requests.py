"""What workers have asked for: ListQualificationRequests, AcceptQualificationRequest, RejectQualificationRequest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import col, select

from crowdbroker.marketplace import inputs, qualification_requests
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.messages import deliver
from crowdbroker.marketplace.operations.owned import own_qualification_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.qualification_tables import SUBMITTED, QualificationRequestRow
from crowdbroker.marketplace.tables import QualificationTypeRow


@operation(inputs.ListQualificationRequests, writes=False)
def list_qualification_requests(call: Call, asked: inputs.ListQualificationRequests) -> Output:
    """Return the requests for the caller's types, or for one of them, that wait for a decision; oldest first."""
    if asked.QualificationTypeId is not None:
        own_qualification_type(call, asked.QualificationTypeId)
    wanted = page(asked, (int, int), call.requester_id, asked.QualificationTypeId)
    row = QualificationRequestRow
    submitted_ms, seq = col(row.submitted_ms), col(row.seq)
    conditions: list[Any] = [col(QualificationTypeRow.requester_id) == call.requester_id, col(row.state) == SUBMITTED]
    if asked.QualificationTypeId is not None:
        conditions.append(col(row.type_id) == asked.QualificationTypeId)
    if wanted.after is not None:
        after_ms, after_seq = wanted.after
        conditions.append(or_(submitted_ms > after_ms, and_(submitted_ms == after_ms, seq > after_seq)))
    rows = select(row).join(QualificationTypeRow, col(QualificationTypeRow.id) == col(row.type_id)).where(*conditions)
    found = call.session.exec(rows.order_by(submitted_ms, seq).limit(wanted.size)).all()
    listed = [shown.qualification_request(each) for each in found]
    output = wanted.output(found, lambda each: (each.submitted_ms or 0, each.seq or 0))
    return output | {"QualificationRequests": listed}


@operation(inputs.AcceptQualificationRequest, writes=True)
def accept_qualification_request(call: Call, asked: inputs.AcceptQualificationRequest) -> Output:
    """Grant a request; it may change the value that the worker has had so far."""
    kind, request = _waiting(call, asked.QualificationRequestId)
    value = 1 if asked.IntegerValue is None else asked.IntegerValue
    qualification_requests.accept(call.session, kind, request, value, call.now_ms)
    deliver(call, request.worker_id, "A qualification for you", f"You now have {kind.name} with value {value}.")
    return {}


@operation(inputs.RejectQualificationRequest, writes=True)
def reject_qualification_request(call: Call, asked: inputs.RejectQualificationRequest) -> Output:
    """Refuse a request; the worker is told the reason, and keeps a qualification held from before."""
    kind, request = _waiting(call, asked.QualificationRequestId)
    qualification_requests.reject(call.session, request, asked.Reason, call.now_ms)
    why = f" The requester writes: {asked.Reason}" if asked.Reason else ""
    deliver(call, request.worker_id, "A qualification was refused", f"Your request for {kind.name} was refused.{why}")
    return {}


def _waiting(call: Call, request_id: str) -> tuple[QualificationTypeRow, QualificationRequestRow]:
    found = qualification_requests.locked_request(call.session, request_id)
    if found is None or found[0].requester_id != call.requester_id:
        raise Fault("QualificationRequestDoesNotExist", f"QualificationRequest {request_id[:64]} does not exist.")
    kind, request = found
    if request.state != SUBMITTED:
        raise Fault(
            "InvalidQualificationRequestState",
            f"This QualificationRequest is currently in the state '{request.state}'.  "
            f"This operation can be called with a status of: {SUBMITTED}",
        )
    return kind, request
