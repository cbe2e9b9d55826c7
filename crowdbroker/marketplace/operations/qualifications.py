"""Giving, taking and reading qualifications of the caller's own types."""

from __future__ import annotations

from sqlmodel import col, select

from crowdbroker.marketplace import inputs, notices, qualification_requests
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.messages import deliver
from crowdbroker.marketplace.operations.owned import (
    known_worker,
    own_qualification_type,
    own_qualification_type_to_change,
)
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.tables import QualificationRow

GRANTED = "Granted"
REVOKED = "Revoked"


@operation(inputs.AssociateQualificationWithWorker, writes=True)
def associate_qualification(call: Call, asked: inputs.AssociateQualificationWithWorker) -> Output:
    """Give a worker a qualification, or another value of it; the worker is told unless SendNotification is false.

    A request of the worker's that waits is left waiting.
    """
    kind = own_qualification_type_to_change(call, asked.QualificationTypeId)
    worker_id = known_worker(call, asked.WorkerId).id
    value = 1 if asked.IntegerValue is None else asked.IntegerValue
    qualification_requests.grant(call.session, kind, worker_id, value, call.now_ms)
    if asked.SendNotification is not False:
        deliver(call, worker_id, "A qualification for you", f"You now have {kind.name} with value {value}.")
    return {}


@operation(inputs.DisassociateQualificationFromWorker, writes=True)
def disassociate_qualification(call: Call, asked: inputs.DisassociateQualificationFromWorker) -> Output:
    """Take a qualification from a worker; the reason is shown to the worker."""
    # A test that is graded at this moment must see the revocation, or be seen by it.
    kind = qualification_requests.locked_type(call.session, asked.QualificationTypeId)
    row = _granted(call, asked.QualificationTypeId, asked.WorkerId)
    row.status = REVOKED
    row.reason = asked.Reason
    name = kind.name if kind is not None else ""
    notices.revoked(call.session, row.worker_id, row.type_id, name, asked.Reason or "", call.now_ms)
    return {}


@operation(inputs.GetQualificationScore, writes=False)
def get_qualification_score(call: Call, asked: inputs.GetQualificationScore) -> Output:
    """Return a worker's qualification of one of the caller's types."""
    return {"Qualification": shown.qualification(_granted(call, asked.QualificationTypeId, asked.WorkerId))}


@operation(inputs.ListWorkersWithQualificationType, writes=False)
def list_workers(call: Call, asked: inputs.ListWorkersWithQualificationType) -> Output:
    """Return the qualifications of one of the caller's types that are Granted, or Revoked, by WorkerId."""
    kind = own_qualification_type(call, asked.QualificationTypeId)
    status = asked.Status or GRANTED
    wanted = page(asked, (str,), kind.id, status)
    worker_id = col(QualificationRow.worker_id)
    rows = select(QualificationRow).where(QualificationRow.type_id == kind.id, QualificationRow.status == status)
    rows = rows.order_by(worker_id).limit(wanted.size)
    if wanted.after is not None:
        rows = rows.where(worker_id > wanted.after[0])
    found = call.session.exec(rows).all()
    listed = [shown.qualification(row) for row in found]
    return wanted.output(found, lambda row: (row.worker_id,)) | {"Qualifications": listed}


def _granted(call: Call, type_id: str, worker_id: str) -> QualificationRow:
    kind = own_qualification_type(call, type_id)
    row = call.session.get(QualificationRow, (kind.id, worker_id))
    if row is None:
        raise Fault("QualificationDoesNotExist", f"The qualification {kind.id} of worker {worker_id} does not exist.")
    if row.status != GRANTED:
        raise Fault("InvalidQualificationState", f"This operation can be called with a status of: {GRANTED}")
    return row
