"""Rows as the wire shows them."""

from __future__ import annotations

import json

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.money import wire_from_cents
from crowdbroker.marketplace.operations.registry import Output
from crowdbroker.marketplace.qualification_tables import QualificationRequestRow
from crowdbroker.marketplace.system_qualifications import SystemType
from crowdbroker.marketplace.tables import (
    AssignmentRow,
    BonusRow,
    HitRow,
    HitTypeRow,
    QualificationRow,
    QualificationTypeRow,
)
from crowdbroker.marketplace.times import SECOND_MS, wire_seconds


def hit(row: HitRow, kind: HitTypeRow, question: str, layout_id: str | None) -> Output:
    """Return a HIT, with the layout that it was made from, if any.

    Its group is its type, so that both ids lead a worker to the same work.
    """
    shown = {
        "HITId": row.id,
        "HITTypeId": row.hit_type_id,
        "HITGroupId": row.hit_type_id,
        "HITLayoutId": layout_id,
        "CreationTime": wire_seconds(row.created_ms),
        "Title": kind.title,
        "Description": kind.description,
        "Question": question,
        "Keywords": kind.keywords or None,
        "HITStatus": row.status,
        "MaxAssignments": row.max_assignments,
        "Reward": wire_from_cents(kind.reward_cents),
        "AutoApprovalDelayInSeconds": kind.auto_approval_s,
        "Expiration": wire_seconds(row.expires_ms),
        "AssignmentDurationInSeconds": kind.duration_s,
        "RequesterAnnotation": row.annotation,
        "QualificationRequirements": json.loads(kind.requirements),
        "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsPending": row.pending,
        "NumberOfAssignmentsAvailable": row.available,
        "NumberOfAssignmentsCompleted": row.completed,
    }
    return _present(shown)


def assignment(row: AssignmentRow) -> Output:
    """Return an Assignment that was submitted."""
    assert row.submitted_ms is not None, "only submitted Assignments are shown"
    decided = None if row.decided_ms is None else wire_seconds(row.decided_ms)
    shown = {
        "AssignmentId": row.id,
        "WorkerId": row.worker_id,
        "HITId": row.hit_id,
        "AssignmentStatus": row.status,
        "AutoApprovalTime": wire_seconds(row.submitted_ms + row.auto_approval_s * SECOND_MS),
        "AcceptTime": wire_seconds(row.accepted_ms),
        "SubmitTime": wire_seconds(row.submitted_ms),
        "ApprovalTime": decided if row.status == lifecycle.APPROVED else None,
        "RejectionTime": decided if row.status == lifecycle.REJECTED else None,
        "Deadline": wire_seconds(row.deadline_ms),
        "Answer": row.answer,
        "RequesterFeedback": row.feedback,
    }
    return _present(shown)


def bonus(row: BonusRow) -> Output:
    """Return a bonus payment."""
    return {
        "WorkerId": row.worker_id,
        "BonusAmount": wire_from_cents(row.amount_cents),
        "AssignmentId": row.assignment_id,
        "Reason": row.reason,
        "GrantTime": wire_seconds(row.granted_ms),
    }


def qualification_type(row: QualificationTypeRow, requester_id: str) -> Output:
    """Return a qualification type; nobody but who made it sees the answers to its test."""
    shown = {
        "QualificationTypeId": row.id,
        "CreationTime": wire_seconds(row.created_ms),
        "Name": row.name,
        "Description": row.description,
        "Keywords": row.keywords,
        "QualificationTypeStatus": row.status,
        "Test": row.test,
        "TestDurationInSeconds": row.test_duration_s,
        "AnswerKey": row.answer_key if row.requester_id == requester_id else None,
        "RetryDelayInSeconds": row.retry_delay_s,
        "IsRequestable": True,
        "AutoGranted": row.auto_granted,
        "AutoGrantedValue": row.auto_granted_value,
    }
    return _present(shown)


def system_type(kind: SystemType) -> Output:
    """Return one of the marketplace's own qualification types, which nobody can request."""
    return {
        "QualificationTypeId": kind.id,
        "CreationTime": 0.0,
        "Name": kind.name,
        "Description": kind.description,
        "QualificationTypeStatus": "Active",
        "IsRequestable": False,
        "AutoGranted": False,
    }


def qualification_request(row: QualificationRequestRow) -> Output:
    """Return a request that waits for a decision."""
    assert row.submitted_ms is not None, "only submitted requests are shown"
    shown = {
        "QualificationRequestId": row.id,
        "QualificationTypeId": row.type_id,
        "WorkerId": row.worker_id,
        "Test": row.test,
        "Answer": row.answer,
        "SubmitTime": wire_seconds(row.submitted_ms),
    }
    return _present(shown)


def qualification(row: QualificationRow) -> Output:
    """Return one worker's qualification."""
    return {
        "QualificationTypeId": row.type_id,
        "WorkerId": row.worker_id,
        "GrantTime": wire_seconds(row.granted_ms),
        "IntegerValue": row.value,
        "Status": row.status,
    }


def _present(shown: Output) -> Output:
    return {name: value for name, value in shown.items() if value is not None}
