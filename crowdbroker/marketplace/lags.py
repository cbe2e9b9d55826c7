"""What cannot be seen yet: lists that miss the newest, submissions that arrive late (fidelity switches)."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from crowdbroker.marketplace.faults import wrong_assignment_state
from crowdbroker.marketplace.fidelity import Fidelity
from crowdbroker.marketplace.tables import AssignmentRow
from crowdbroker.marketplace.times import SECOND_MS, wire_seconds

Output = dict[str, Any]

# The list that each operation shows, and the time of an entry that a lag looks at.
_LISTS = {
    "ListHITs": ("HITs", "CreationTime"),
    "ListReviewableHITs": ("HITs", "CreationTime"),
    "ListHITsForQualificationType": ("HITs", "CreationTime"),
    "ListQualificationTypes": ("QualificationTypes", "CreationTime"),
    "ListAssignmentsForHIT": ("Assignments", "SubmitTime"),
}
_UNSEEN = {
    "GetAssignment": "Reviewable,Approved,Rejected",
    "ApproveAssignment": "null",
    "RejectAssignment": "null",
}


def refuse_unseen(
    session: Session, fidelity: Fidelity, operation: str, asked: Any, requester_id: str, now_ms: int
) -> None:
    """Refuse to show or decide a submission that has not arrived yet, in the words of a place without one.

    Raises:
        Fault: InvalidAssignmentState.
    """
    if operation not in _UNSEEN or not fidelity.submission_lag_s:
        return
    place = session.get(AssignmentRow, asked.AssignmentId)
    if place is None or place.requester_id != requester_id or place.submitted_ms is None:
        return
    if place.submitted_ms > now_ms - fidelity.submission_lag_s * SECOND_MS:
        raise wrong_assignment_state(_UNSEEN[operation])


def hidden(fidelity: Fidelity, operation: str, output: Output, now_ms: int) -> Output:
    """Return a page without the entries that are too new to be listed."""
    name, moment = _LISTS.get(operation, ("", ""))
    lag_s = fidelity.submission_lag_s if name == "Assignments" else fidelity.list_lag_s
    if not name or not lag_s:
        return output
    latest = wire_seconds(now_ms) - lag_s
    seen = [entry for entry in output[name] if entry[moment] <= latest]
    shown = output | {name: seen, "NumResults": len(seen)}
    if name == "Assignments" and len(seen) < len(output[name]):
        # They come in the order of their submission: everything after this page is newer still.
        shown.pop("NextToken", None)
    return shown
