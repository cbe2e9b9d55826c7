"""A worker's words against a refusal, kept for whoever can take it back.

The wire has no operation for it. On the hosted service workers wrote e-mails; here the operator lists what they wrote
(`crowdbroker marketplace appeals`), and the requester approves with OverrideRejection, within 30 days of submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.inbox_tables import AppealRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import AssignmentRow, HitRow, HitTypeRow, RequesterRow
from crowdbroker.marketplace.times import epoch_ms, from_ms
from crowdbroker.marketplace.work_errors import NotAppealable
from crowdbroker.marketplace.workers import known

APPEAL_WITHIN = timedelta(days=30)
LONGEST = 2000


@dataclass(frozen=True)
class Appeal:
    """One appeal, with what it is about.

    Attributes:
        status: of the Assignment now: `Rejected`, or `Approved` when the refusal was taken back.
        feedback: the requester's reason.
        open_until: until when the refusal can be taken back.
    """

    assignment_id: str
    worker_id: str
    hit_id: str
    title: str
    requester: str
    status: str
    feedback: str
    text: str
    sent_at: datetime
    open_until: datetime


def appeal(market: Marketplace, worker_id: str, assignment_id: str, text: str) -> None:
    """Store a worker's words against a refusal, once an Assignment.

    Raises:
        UnknownWorker: nobody has this WorkerId.
        NotAppealable: it is not refused, not this worker's, too old, appealed before, or the text is empty or too long.
    """
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise NotAppealable(f"Write what the requester should know, in up to {LONGEST} characters.")
    now_ms = market.now_ms()
    with market.write() as session:
        known(session, worker_id)
        place = lifecycle.locked_assignment(session, assignment_id)
        if place is None or place.worker_id != worker_id or place.status != lifecycle.REJECTED:
            raise NotAppealable("This Assignment is not one of yours that was refused.")
        if epoch_ms(_open_until(place)) < now_ms:
            raise NotAppealable("It was submitted more than 30 days ago, and can no longer be approved.")
        if session.get(AppealRow, assignment_id) is not None:
            raise NotAppealable("You have written about this Assignment before.")
        session.add(AppealRow(assignment_id=assignment_id, worker_id=worker_id, text=words, sent_ms=now_ms))


def appeal_of(market: Marketplace, worker_id: str, assignment_id: str) -> str | None:
    """Return what a worker wrote against the refusal of an Assignment, or None."""
    with market.read() as session:
        row = session.get(AppealRow, assignment_id)
        return row.text if row is not None and row.worker_id == worker_id else None


def appeals(market: Marketplace, *, requester_id: str | None = None) -> list[Appeal]:
    """Return what workers wrote against refusals, the oldest first; of one requester's work, or of all."""
    rows = (
        select(AppealRow, AssignmentRow, HitTypeRow.title, RequesterRow.name)
        .join(AssignmentRow, col(AssignmentRow.id) == col(AppealRow.assignment_id))
        .join(HitRow, col(HitRow.id) == col(AssignmentRow.hit_id))
        .join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
        .join(RequesterRow, col(RequesterRow.id) == col(AssignmentRow.requester_id))
        .order_by(col(AppealRow.sent_ms), col(AppealRow.assignment_id))
    )
    if requester_id is not None:
        rows = rows.where(AssignmentRow.requester_id == requester_id)
    with market.read() as session:
        return [_shown(row, place, title, requester) for row, place, title, requester in session.exec(rows).all()]


def _shown(row: AppealRow, place: AssignmentRow, title: str, requester: str) -> Appeal:
    return Appeal(
        assignment_id=place.id,
        worker_id=row.worker_id,
        hit_id=place.hit_id,
        title=title,
        requester=requester,
        status=place.status,
        feedback=place.feedback or "",
        text=row.text,
        sent_at=from_ms(row.sent_ms),
        open_until=_open_until(place),
    )


def _open_until(place: AssignmentRow) -> datetime:
    assert place.submitted_ms is not None, "what was refused was submitted"
    return from_ms(place.submitted_ms) + APPEAL_WITHIN
