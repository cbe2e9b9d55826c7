"""Batches: all of them with how far each is, and one with its figures, live while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.review.pages import Page, Review, Tab, go, show
from crowdbroker.review.sessions import Person
from crowdbroker.store.reads import view
from crowdbroker.store.review_reads import batch_rows

SAID: Mapping[str, str] = {}
TABS: Sequence[Tab] = (Tab("overview", "Overview", ""),)


def _all(review: Review, request: Request, person: Person) -> Response:
    with review.store.read() as session:
        batches = [view(row) for row in batch_rows(session, review.only)]
    if review.only is not None and batches:
        return go(f"/batches/{batches[0].id}")
    rows = [(batch, review.facts.of(batch)) for batch in batches]
    return show(review, request, "batches.html", person=person, rows=rows)


def _one(review: Review, request: Request, person: Person) -> Response:
    return _figures(review, request, person, "batch.html")


def _live(review: Review, request: Request, person: Person) -> Response:
    """The figures alone, as htmx asks for them while the Batch runs."""
    return _figures(review, request, person, "batch_figures.html")


def _figures(review: Review, request: Request, person: Person, template: str) -> Response:
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    facts, crowd = review.facts.of(batch), review.facts.crowd(batch)
    return show(review, request, template, person=person, batch=batch, tab="overview", facts=facts, crowd=crowd)


PAGES: Sequence[Page] = (
    Page("/", _all),
    Page("/batches/{batch_id:int}", _one),
    Page("/batches/{batch_id:int}/live", _live, unasked=True),
)
