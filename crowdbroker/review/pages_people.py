"""What was done about people and not about a Batch: who was let in, removed, given a password, or forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.review.pages import Page, Review, Tab, show
from crowdbroker.review.pages_audit import before_of, evidence_of
from crowdbroker.review.roles import Role
from crowdbroker.review.sessions import Person
from crowdbroker.store.audit_tables import AuditRow

TABS: Sequence[Tab] = ()
SAID: Mapping[str, str] = {}
PAGE = 50


def _acts(review: Review, request: Request, person: Person) -> Response:
    before = before_of(request)
    rows = select(AuditRow).where(col(AuditRow.batch_id).is_(None)).order_by(col(AuditRow.id).desc()).limit(PAGE + 1)
    with review.store.read() as session:
        found = session.exec(rows if before is None else rows.where(col(AuditRow.id) < before)).all()
    return show(
        review,
        request,
        "people.html",
        person=person,
        rows=[(row, evidence_of(row)) for row in found[:PAGE]],
        before=before,
        after=found[PAGE - 1].id if len(found) > PAGE else None,
    )


PAGES: Sequence[Page] = (Page("/audit", _acts, role=Role.ADMIN),)
