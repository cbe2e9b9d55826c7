"""Repeated calls of operations that the service model calls idempotent, and that the service refused."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.tables import AssignmentRow


def is_repeat(session: Session, operation: str, asked: Any, fault: Fault) -> bool:
    """Tell whether a refused call asked for what is so already, by an operation that is modelled so."""
    match operation:
        case "UpdateExpirationForHIT":
            return "has already been processed" in fault.text
        case "DeleteHIT":
            return fault.code == "InvalidHITState" and "'Disposed'" in fault.text
        case "ApproveAssignment" | "RejectAssignment":
            place = session.get(AssignmentRow, asked.AssignmentId)
            status = lifecycle.APPROVED if operation == "ApproveAssignment" else lifecycle.REJECTED
            return fault.code == "InvalidAssignmentState" and place is not None and place.status == status
    return False
