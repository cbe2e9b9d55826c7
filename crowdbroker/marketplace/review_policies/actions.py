"""What a score leads to: approving, rejecting, extending, by the moves that the operations use too."""

from __future__ import annotations

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.faults import Fault, wrong_assignment_state
from crowdbroker.marketplace.review_policies.kinds import Thresholds
from crowdbroker.marketplace.review_policies.report import CANCELLED, FAILED, SUCCEEDED, Report
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.times import SECOND_MS


def decide(report: Report, hit: HitRow, place: AssignmentRow, percent: int, thresholds: Thresholds) -> None:
    """Approve or reject an Assignment when its score reaches a threshold."""
    if thresholds.approve_at_least is not None and percent >= thresholds.approve_at_least:
        _approve(report, hit, place, thresholds.approve_reason)
    if thresholds.reject_below is not None and percent < thresholds.reject_below:
        _reject(report, hit, place, thresholds.reject_reason)


def extend(report: Report, hit: HitRow, percent: int, thresholds: Thresholds) -> None:
    """Give a HIT one place more when its score is too low, up to the policy's most.

    Ending a HIT is its owner's only brake: a policy does not reopen, and pay for, what its owner has stopped.
    """
    if thresholds.extend_below is None or percent >= thresholds.extend_below:
        return
    if hit.ended:
        report.action("extend", hit, CANCELLED, "The requester has ended the HIT")
    elif hit.max_assignments >= thresholds.extend_to:
        report.action("extend", hit, SUCCEEDED, f"Already at {hit.max_assignments} assignments")
    else:
        _extend(report, hit, thresholds)


def _approve(report: Report, hit: HitRow, place: AssignmentRow, reason: str | None) -> None:
    if place.status == lifecycle.APPROVED:
        report.action("approve", place, SUCCEEDED, "Already approved")
    elif place.status != lifecycle.SUBMITTED:
        _refuse(report, "approve", place)
    else:
        lifecycle.approve(report.session, hit, place, report.at_ms, reason)
        report.action("approve", place, SUCCEEDED, "Approved")


def _reject(report: Report, hit: HitRow, place: AssignmentRow, reason: str) -> None:
    if place.status == lifecycle.REJECTED:
        report.action("reject", place, SUCCEEDED, "Already rejected")
    elif place.status != lifecycle.SUBMITTED:
        _refuse(report, "reject", place)
    else:
        lifecycle.reject(report.session, hit, place, report.at_ms, reason)
        report.action("reject", place, SUCCEEDED, "Rejected")


def _refuse(report: Report, name: str, place: AssignmentRow) -> None:
    error = wrong_assignment_state(lifecycle.SUBMITTED)
    report.action(name, place, FAILED, "Assignment was in an invalid state for this operation.", error)


def _extend(report: Report, hit: HitRow, thresholds: Thresholds) -> None:
    least_ms = report.at_ms + thresholds.extend_s * SECOND_MS
    # ExtendMinimumTime is a least time from now, as its name says: a HIT that is open for longer keeps its end.
    later_ms = least_ms if thresholds.extend_s and least_ms > hit.expires_ms else None
    try:
        lifecycle.extend(report.session, hit, report.at_ms, places=1, expires_ms=later_ms)
    except Fault as fault:
        report.action("extend", hit, FAILED, fault.text, fault)
    else:
        report.action("extend", hit, SUCCEEDED, f"Extended to {hit.max_assignments} assignments")
