"""NotifyWorkers: a message into the inbox of each worker whose work the requester has decided."""

from __future__ import annotations

from sqlmodel import col, select

from crowdbroker.marketplace import inputs, lifecycle
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.tables import AssignmentRow, MessageRow, WorkerRow


@operation(inputs.NotifyWorkers, writes=True)
def notify_workers(call: Call, asked: inputs.NotifyWorkers) -> Output:
    """Deliver a message, and list the workers who did not get it; the call itself succeeds."""
    failures = []
    for worker_id in dict.fromkeys(asked.WorkerIds):
        problem = _problem(call, worker_id)
        if problem is None:
            deliver(call, worker_id, asked.Subject, asked.MessageText)
            continue
        failures.append(
            {
                "NotifyWorkersFailureCode": "HardFailure",
                "NotifyWorkersFailureMessage": problem,
                "WorkerId": worker_id,
            }
        )
    return {"NotifyWorkersFailureStatuses": failures}


def deliver(call: Call, worker_id: str, subject: str, text: str) -> None:
    """Put a message of the caller's into a worker's inbox."""
    message = MessageRow(
        worker_id=worker_id, requester_id=call.requester_id, subject=subject, text=text, sent_ms=call.now_ms
    )
    call.session.add(message)


def _problem(call: Call, worker_id: str) -> str | None:
    if call.session.get(WorkerRow, worker_id) is None:
        return f"The WorkerId {worker_id} is invalid: no worker has it."
    decided = select(AssignmentRow.id).where(
        AssignmentRow.worker_id == worker_id,
        AssignmentRow.requester_id == call.requester_id,
        col(AssignmentRow.status).in_((lifecycle.APPROVED, lifecycle.REJECTED)),
    )
    if call.session.exec(decided.limit(1)).first() is None:
        return f"The worker {worker_id} has no work that you approved or rejected."
    return None
