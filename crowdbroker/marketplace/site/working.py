"""Doing work: the queue, the work page, returning, and what follows a submission."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.site.headers import EXTERNAL_WORK_PAGE
from crowdbroker.marketplace.site.pages import PAGE_SIZE, Site, go, page_of, progress_of, show
from crowdbroker.marketplace.site.question import work_address

# What the earnings page may be narrowed to, and the marketplace's word for it.
STATUSES = {"pending": "Submitted", "approved": "Approved", "refused": "Rejected"}


def queue(site: Site, request: Request, person: Person) -> Response:
    """Show what the worker holds, the most urgent first."""
    held = worker.held(site.market, person.worker_id)
    return show(site, request, "queue.html", person=person, nav="queue", held=held, most=worker.MOST_HELD)


def work(site: Site, request: Request, person: Person) -> Response:
    """Show an accepted Assignment; one that is submitted leads to its done page."""
    assignment_id = request.path_params["assignment_id"]
    try:
        held = worker.get_held(site.market, person.worker_id, assignment_id)
    except worker.AlreadyDone:
        return go(f"/done/{assignment_id}")
    page = show(
        site,
        request,
        "work.html",
        person=person,
        nav="queue",
        held=held,
        frame=work_address(site, request, held),
        auto=request.query_params.get("auto") == "1",
        seconds_left=max(round((held.deadline - site.market.clock()).total_seconds()), 0),
    )
    if held.external_url:
        page.headers["content-security-policy"] = EXTERNAL_WORK_PAGE
    return page


def status(site: Site, request: Request, person: Person) -> Response:
    """Tell the work page's script whether its Assignment is `held`, `submitted` or `gone`."""
    assignment_id = request.path_params["assignment_id"]
    try:
        worker.get_held(site.market, person.worker_id, assignment_id)
        state = "held"
    except worker.AlreadyDone:
        state = "submitted"
    except (worker.NotHeld, worker.TooLate):
        state = "gone"
    return JSONResponse({"state": state}, headers={"cache-control": "no-store"})


def give_back(site: Site, request: Request, person: Person) -> Response:
    """Return an Assignment (the marketplace's word for giving it back)."""
    worker.give_back(site.market, person.worker_id, request.path_params["assignment_id"])
    return go("/?said=returned")


def done(site: Site, request: Request, person: Person) -> Response:
    """Tell that an Assignment is submitted and what comes next; one that is still held leads back to its work page."""
    assignment_id = request.path_params["assignment_id"]
    mine = worker.history(site.market, person.worker_id)
    finished = next((each for each in mine if each.assignment_id == assignment_id), None)
    if finished is None:
        return go(f"/work/{assignment_id}")
    hit_type_id = request.query_params.get("group", "")
    return show(site, request, "done.html", person=person, past=finished, hit_type_id=hit_type_id)


def earnings(site: Site, request: Request, person: Person) -> Response:
    """Show what was earned, what waits, and what was refused and why; the address may ask for one status."""
    asked = request.query_params.get("status", "")
    asked = asked if asked in STATUSES else ""
    mine = [
        past for past in worker.history(site.market, person.worker_id) if not asked or past.status == STATUSES[asked]
    ]
    page, pages = page_of(request, len(mine))
    return show(
        site,
        request,
        "earnings.html",
        person=person,
        nav="earnings",
        mine=progress_of(site, person),
        sums=worker.earnings(site.market, person.worker_id),
        history=mine[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        asked=asked,
        statuses=list(STATUSES),
        total=len(mine),
        page=page,
        pages=pages,
        address_of=lambda number: "/earnings?" + urlencode({"status": asked, "page": number}),
    )
