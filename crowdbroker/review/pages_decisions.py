"""Decisions waiting: what is held, what is to be refused, and calls of which nobody knows whether they happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.broker.by_hand import stamp
from crowdbroker.broker.payers import spent_today
from crowdbroker.broker.reverse import WINDOW
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.domain.quality import Decision
from crowdbroker.reports.spending import FORGOTTEN
from crowdbroker.review.pages import NotThere, Page, Review, Tab, show
from crowdbroker.review.pages_workers import page_of, row_of
from crowdbroker.review.sessions import Person
from crowdbroker.store.doubts import in_doubt
from crowdbroker.store.tables import AssignmentRow, WorkerRow
from crowdbroker.store.worker_reads import Submission, answers_of, submission, submissions

SAID: Mapping[str, str] = {}
TABS: Sequence[Tab] = (Tab("decisions", "Decisions", "/decisions"),)
PAGE = 25


def _waiting(batch_id: int) -> Sequence[Any]:
    return (
        col(AssignmentRow.batch_id) == batch_id,
        col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
        col(AssignmentRow.verdict).in_([Decision.HOLD, Decision.REJECT]),
    )


def _names(session: Session, found: Sequence[Submission]) -> dict[int, str]:
    rows = select(WorkerRow.id, WorkerRow.name).where(col(WorkerRow.id).in_({one.worker for one in found}))
    return {row: name or FORGOTTEN for row, name in session.exec(rows) if row is not None}


def default_of(one: Submission, now: datetime) -> str:
    """What happens where nobody decides."""
    if one.effect in ("ready", "sent"):
        return "The refusal is being carried out."
    if one.effect in ("in_doubt", "failed"):
        return "The refusal could not be carried out; the marketplace pays it by its clock."
    if one.auto_approval_at <= now:
        return "The marketplace has paid it by its clock, or does so now."
    if one.verdict == Decision.REJECT:
        return "The next settle or run refuses it; without one, the marketplace pays it."
    return "The marketplace pays it."


def _all(review: Review, request: Request, person: Person) -> Response:
    now = review.clock()
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        which = _waiting(batch.id)
        total = session.exec(select(func.count()).select_from(AssignmentRow).where(*which)).one()
        page = min(page_of(request), max(1, -(-total // PAGE)))
        order = [col(AssignmentRow.auto_approval_at), col(AssignmentRow.id)]
        found = submissions(session, *which, order=order, limit=PAGE, offset=(page - 1) * PAGE)
        names, doubts = _names(session, found), in_doubt(session, batch.id)
    return show(
        review,
        request,
        "decisions.html",
        person=person,
        batch=batch,
        tab="decisions",
        rows=[(one, names[one.worker], default_of(one, now)) for one in found],
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        doubts=doubts,
    )


def _one(review: Review, request: Request, person: Person) -> Response:
    return _form(review, request, person, "decision.html")


def _refusal(review: Review, request: Request, person: Person) -> Response:
    return _form(review, request, person, "reversal.html")


def _form(review: Review, request: Request, person: Person, template: str) -> Response:
    now = review.clock()
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        one = submission(session, batch.id, row_of(request))
        if one is None:
            raise NotThere("There is no such Assignment in this Batch.")
        name, said = _names(session, [one])[one.worker], answers_of(session, one)
        spent = spent_today(session, person.name, now)
    undecided = one.state in (AssignmentState.SUBMITTED, AssignmentState.HELD)
    waits = undecided and one.verdict in (Decision.HOLD, Decision.REJECT) and one.effect is None
    until = one.submitted_at + WINDOW
    refused = one.state == AssignmentState.REJECTED and one.reversal in (None, "failed")
    return show(
        review,
        request,
        template,
        person=person,
        batch=batch,
        tab="decisions",
        one=one,
        seen=stamp(one.verdict, one.judged_at),
        name=name,
        answers=said,
        waits=waits,
        silence=default_of(one, now),
        until=until,
        may_reverse=refused and now < until,
        price=one.reward_cents + one.fee_cents,
        left=None if person.cap_cents is None else max(person.cap_cents - spent, 0),
        fresh=person.is_fresh(now),
    )


PAGES: Sequence[Page] = (
    Page("/batches/{batch_id:int}/decisions", _all),
    Page("/batches/{batch_id:int}/decisions/{row:int}", _one),
    Page("/batches/{batch_id:int}/refusals/{row:int}", _refusal),
)
