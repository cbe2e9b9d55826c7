"""What workers handed in: reading it, approving it, refusing it."""

from __future__ import annotations

from sqlalchemy import tuple_
from sqlmodel import col, select

from crowdbroker.marketplace import inputs, lifecycle
from crowdbroker.marketplace.faults import wrong_assignment_state, wrong_hit_state
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.hit_changes import NOT_DISPOSED
from crowdbroker.marketplace.operations.hits import show_hit
from crowdbroker.marketplace.operations.owned import own_assignment, own_assignment_to_change, own_hit
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.times import DAY_MS

OVERRIDE_WITHIN_MS = 30 * DAY_MS


@operation(inputs.ListAssignmentsForHIT, writes=False)
def list_assignments_for_hit(call: Call, asked: inputs.ListAssignmentsForHIT) -> Output:
    """Return a HIT's submitted Assignments of the given statuses, in the order of submission."""
    hit = _readable_hit(call, asked.HITId)
    statuses = sorted(set(asked.AssignmentStatuses or lifecycle.VISIBLE))
    wanted = page(asked, (int, str), hit.id, statuses)
    order = col(AssignmentRow.submitted_ms), col(AssignmentRow.id)
    rows = (
        select(AssignmentRow)
        .where(AssignmentRow.hit_id == hit.id, col(AssignmentRow.status).in_(statuses))
        .order_by(*order)
        .limit(wanted.size)
    )
    if wanted.after is not None:
        rows = rows.where(tuple_(*order) > wanted.after)
    found = call.session.exec(rows).all()
    listed = [shown.assignment(row) for row in found]
    return wanted.output(found, lambda row: (row.submitted_ms or 0, row.id)) | {"Assignments": listed}


@operation(inputs.GetAssignment, writes=False)
def get_assignment(call: Call, asked: inputs.GetAssignment) -> Output:
    """Return a submitted Assignment and its HIT."""
    place = own_assignment(call, asked.AssignmentId)
    if place.status not in lifecycle.VISIBLE:
        raise wrong_assignment_state("Reviewable,Approved,Rejected")
    hit = _readable_hit(call, place.hit_id)
    return {"Assignment": shown.assignment(place), "HIT": show_hit(call, hit)}


@operation(inputs.ApproveAssignment, writes=True)
def approve_assignment(call: Call, asked: inputs.ApproveAssignment) -> Output:
    """Pay a submitted Assignment, or with OverrideRejection one refused and submitted within the last 30 days."""
    hit, place = own_assignment_to_change(call, asked.AssignmentId)
    if not _may_approve(call, hit, place, overrides=bool(asked.OverrideRejection)):
        raise wrong_assignment_state(_wanted(place))
    lifecycle.approve(call.session, hit, place, call.now_ms, asked.RequesterFeedback)
    return {}


@operation(inputs.RejectAssignment, writes=True)
def reject_assignment(call: Call, asked: inputs.RejectAssignment) -> Output:
    """Refuse to pay a submitted Assignment; the worker reads the feedback."""
    hit, place = own_assignment_to_change(call, asked.AssignmentId)
    if place.status != lifecycle.SUBMITTED:
        raise wrong_assignment_state(_wanted(place))
    lifecycle.reject(call.session, hit, place, call.now_ms, asked.RequesterFeedback)
    return {}


def _may_approve(call: Call, hit: HitRow, place: AssignmentRow, *, overrides: bool) -> bool:
    if place.status != lifecycle.REJECTED:
        return place.status == lifecycle.SUBMITTED
    assert place.submitted_ms is not None
    recent = call.now_ms - place.submitted_ms <= OVERRIDE_WITHIN_MS
    return overrides and recent and hit.status != lifecycle.DISPOSED


def _wanted(place: AssignmentRow) -> str:
    return "Submitted" if place.status in lifecycle.VISIBLE else "null"


def _readable_hit(call: Call, hit_id: str) -> HitRow:
    hit = own_hit(call, hit_id)
    if hit.status == lifecycle.DISPOSED:
        raise wrong_hit_state(hit.status, NOT_DISPOSED)
    return hit
