"""ListReviewPolicyResultsForHIT: what a HIT's review policies found and did."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from sqlmodel import col, or_, select

from crowdbroker.marketplace import inputs, lifecycle
from crowdbroker.marketplace.faults import wrong_hit_state
from crowdbroker.marketplace.operations.hit_changes import NOT_DISPOSED
from crowdbroker.marketplace.operations.owned import own_hit
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.review_policies.stored import ASSIGNMENT, HIT, policy_names
from crowdbroker.marketplace.review_tables import ReviewRow
from crowdbroker.marketplace.times import wire_seconds


@operation(inputs.ListReviewPolicyResultsForHIT, writes=False)
def list_review_policy_results(call: Call, asked: inputs.ListReviewPolicyResultsForHIT) -> Output:
    """Return the names of a HIT's policies, and a page of their results and actions in the order of their making."""
    hit = own_hit(call, asked.HITId)
    if hit.status == lifecycle.DISPOSED:
        raise wrong_hit_state(hit.status, NOT_DISPOSED)
    levels = sorted(set(asked.PolicyLevels or (ASSIGNMENT, HIT)))
    actions, results = asked.RetrieveActions is not False, asked.RetrieveResults is not False
    wanted = page(asked, (int,), hit.id, levels, actions, results)
    rows = select(ReviewRow).where(ReviewRow.hit_id == hit.id, col(ReviewRow.level).in_(levels))
    kinds = [col(ReviewRow.name).is_not(None)] * actions + [col(ReviewRow.key).is_not(None)] * results
    rows = rows.where(or_(False, *kinds)).order_by(col(ReviewRow.seq)).limit(wanted.size)
    if wanted.after is not None:
        rows = rows.where(col(ReviewRow.seq) > wanted.after[0])
    found = call.session.exec(rows).all()
    shown = {"HITId": hit.id} | wanted.output(found, lambda row: (row.seq or 0,))
    del shown["NumResults"]  # every other list has it; this one's output does not
    names = policy_names(call.session, hit)
    for level in names:
        shown[f"{level}ReviewPolicy"] = {"PolicyName": names[level]}
        if level in levels:
            shown[f"{level}ReviewReport"] = _report([row for row in found if row.level == level])
    return shown


def _report(rows: Sequence[ReviewRow]) -> Output:
    return {
        "ReviewResults": [_result(row) for row in rows if row.key is not None],
        "ReviewActions": [_action(row) for row in rows if row.name is not None],
    }


def _result(row: ReviewRow) -> Output:
    shown = {
        "ActionId": _action_id(row.hit_id, row.action_seq),
        "SubjectId": row.subject_id,
        "SubjectType": row.subject_type,
        "QuestionId": row.question_id,
        "Key": row.key,
        "Value": row.text,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _action(row: ReviewRow) -> Output:
    shown = {
        "ActionId": _action_id(row.hit_id, row.seq),
        "ActionName": row.name,
        "TargetId": row.subject_id,
        "TargetType": row.subject_type,
        "Status": row.status,
        "CompleteTime": wire_seconds(row.at_ms),
        "Result": row.text,
        "ErrorCode": row.error_code,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _action_id(hit_id: str, seq: int | None) -> str:
    """Return an id of the usual shape that follows from the action's place in the report."""
    digest = hashlib.sha256(f"{hit_id}:{seq}".encode()).digest()
    return "3" + base64.b32encode(digest).decode()[:29]
