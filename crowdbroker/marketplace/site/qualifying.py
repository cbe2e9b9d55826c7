"""A worker's qualifications: what is held, what can be requested, and taking a test for it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import question_form, worker
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.site import cookies
from crowdbroker.marketplace.site.headers import QUESTION_FORM_PAGE
from crowdbroker.marketplace.site.pages import PAGE_SIZE, Site, go, page_of, show

Fields = Sequence[tuple[str, str]]
OPEN = ("testing", "waiting")


def qualifications(site: Site, request: Request, person: Person) -> Response:
    """Show what the worker has, what is open, and what can be requested; search and page stand in the address."""
    search = request.query_params.get("search", "").strip()[:100]
    mine = worker.qualifications(site.market, person.worker_id)
    offered = worker.requestable(site.market, person.worker_id, search=search)
    found = [one for one in offered if one.state not in OPEN and not one.is_revoked]
    page, pages = page_of(request, len(found))
    return show(
        site,
        request,
        "qualifications.html",
        person=person,
        nav="qualifications",
        record=worker.record(site.market, person.worker_id),
        mine=mine,
        asked=worker.open_requests(site.market, person.worker_id),
        found=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(found),
        search=search,
        page=page,
        pages=pages,
        address_of=lambda number: "/qualifications?" + urlencode({"search": search, "page": number}),
    )


def qualification(site: Site, request: Request, person: Person) -> Response:
    """Show one qualification: what it is, what the worker has of it, and what requesting it would lead to."""
    seen = worker.qualification(site.market, person.worker_id, request.path_params["type_id"])
    return show(site, request, "qualification.html", person=person, nav="qualifications", seen=seen)


def ask(site: Site, request: Request, person: Person) -> Response:
    """Request a qualification; a test leads to its page, everything else back with what came of it."""
    seen = worker.request_qualification(site.market, person.worker_id, request.path_params["type_id"])
    if seen.state == "testing":
        return go(f"/tests/{seen.request_id}")
    said = "qualification-waits" if seen.state == "waiting" else "qualification-granted"
    return go(f"/qualifications/{seen.type_id}?said={said}")


def withdraw(site: Site, request: Request, person: Person) -> Response:
    """Take a request back."""
    worker.withdraw_request(site.market, person.worker_id, request.path_params["request_id"])
    return go("/qualifications?said=request-withdrawn")


def take_test(site: Site, request: Request, person: Person) -> Response:
    """Show a test that is being taken; one that is handed in leads to the list."""
    try:
        taken = worker.get_test(site.market, person.worker_id, request.path_params["request_id"])
    except worker.AlreadyDone:
        return go("/qualifications")
    return _test_page(site, request, person, taken)


def hand_in(site: Site, request: Request, person: Person) -> Response:
    """Hand in a test, or show it again with what was filled in and what is missing."""
    request_id, fields = request.path_params["request_id"], request.state.fields
    try:
        seen = worker.submit_test(site.market, person.worker_id, request_id, fields)
    except worker.Incomplete as refusal:
        taken = worker.get_test(site.market, person.worker_id, request_id)
        return _test_page(site, request, person, taken, fields=fields, problems=refusal.problems)
    except worker.AlreadyDone:
        # Sent twice: the first one counts, and its result is what the worker wants to see.
        return go("/qualifications")
    said = "test-waits" if seen.state == "waiting" else "test-graded"
    return go(f"/qualifications/{seen.type_id}?said={said}")


def _test_page(
    site: Site,
    request: Request,
    person: Person,
    taken: worker.QualificationTest,
    *,
    fields: Fields = (),
    problems: Sequence[question_form.Problem] = (),
) -> Response:
    hidden = {"form_token": site.tokens.form_token(cookies.browser_of(request))}
    shown = question_form.render(
        taken.form,
        action=f"/tests/{taken.request_id}",
        hidden=hidden,
        fields=fields,
        problems=problems,
        submit="Hand in",
    )
    page = show(
        site,
        request,
        "qualification_test.html",
        status=422 if problems else 200,
        person=person,
        nav="qualifications",
        taken=taken,
        form=shown,
        seconds_left=max(round((taken.deadline - site.market.clock()).total_seconds()), 0),
    )
    page.headers["content-security-policy"] = QUESTION_FORM_PAGE
    return page
