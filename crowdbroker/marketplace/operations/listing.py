"""Lists of HITs, newest first: ListHITs and ListReviewableHITs."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.layout_tables import HitLayoutRow
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import Page, page
from crowdbroker.marketplace.tables import HitRow, HitTypeRow, QuestionRow


@operation(inputs.ListHITs, writes=False)
def list_hits(call: Call, asked: inputs.ListHITs) -> Output:
    """Return the caller's HITs that are not disposed of."""
    wanted = page(asked, (int,), call.requester_id)
    return hits(call, wanted, col(HitRow.listed).is_(True))


@operation(inputs.ListReviewableHITs, writes=False)
def list_reviewable_hits(call: Call, asked: inputs.ListReviewableHITs) -> Output:
    """Return the caller's HITs that are Reviewable, or Reviewing, of one type if it is named."""
    status = asked.Status or "Reviewable"
    wanted = page(asked, (int,), call.requester_id, status, asked.HITTypeId)
    conditions: list[Any] = [col(HitRow.status) == status]
    if asked.HITTypeId:
        conditions.append(col(HitRow.hit_type_id) == asked.HITTypeId)
    return hits(call, wanted, *conditions)


def hits(call: Call, wanted: Page, *conditions: Any) -> Output:
    """Return a page of the caller's HITs that meet the conditions, newest first."""
    seq = col(HitRow.seq)
    rows = (
        select(HitRow, HitTypeRow, QuestionRow.question, col(HitLayoutRow.layout_id))
        .join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
        .join(QuestionRow, col(QuestionRow.hit_id) == col(HitRow.id))
        .outerjoin(HitLayoutRow, col(HitLayoutRow.hit_id) == col(HitRow.id))
        .where(HitRow.requester_id == call.requester_id, *conditions)
        .order_by(seq.desc())
        .limit(wanted.size)
    )
    if wanted.after is not None:
        rows = rows.where(seq < wanted.after[0])
    found = call.session.exec(rows).all()
    listed = [shown.hit(hit, kind, question, layout_id) for hit, kind, question, layout_id in found]
    return wanted.output(found, lambda row: (row[0].seq or 0,)) | {"HITs": listed}
