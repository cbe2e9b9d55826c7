"""Doing work: the queue, the work page, returning, and what follows a submission."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crowdbroker.marketplace import appeals, worker
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.payouts import payouts_of
from crowdbroker.marketplace.site.headers import EXTERNAL_WORK_PAGE
from crowdbroker.marketplace.site.pages import PAGE_SIZE, Site, go, page_of, progress_of, show
from crowdbroker.marketplace.site.question import work_address

# What the earnings page may be narrowed to, and the marketplace's word for it.
STATUSES = {"pending": "Submitted", "approved": "Approved", "refused": "Rejected"}
# Of bonuses and payouts, which are few; the download of one's own data has them all.
MOST_LISTED = 50


def queue(site: Site, request: Request, person: Person) -> Response:
    """Show what the worker holds, the most urgent first."""
    held = worker.held(site.market, person.worker_id)
    return show(
        site,
        request,
        "queue.html",
        person=person,
        nav="queue",
        held=held,
        most=worker.MOST_HELD,
        seconds_left=lambda deadline: _seconds_left(site, deadline),
    )


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
        seconds_left=_seconds_left(site, held.deadline),
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
    if worker.past(site.market, person.worker_id, assignment_id) is None:
        return go(f"/assignments/{assignment_id}")
    return _done_page(site, request, person, assignment_id)


def appeal(site: Site, request: Request, person: Person) -> Response:
    """Keep what a worker says against a refusal, or show the form again with the reason."""
    assignment_id, words = request.path_params["assignment_id"], request.state.form.get("words", "")
    try:
        appeals.appeal(site.market, person.worker_id, assignment_id, words)
    except worker.NotAppealable as refusal:
        return _done_page(site, request, person, assignment_id, words=words, refusal=str(refusal))
    return go(f"/done/{assignment_id}?said=appealed")


def earnings(site: Site, request: Request, person: Person) -> Response:
    """Show what was earned, what waits, and what was refused and why; the address may ask for one status."""
    asked = request.query_params.get("status", "")
    asked = asked if asked in STATUSES else ""
    mine = progress_of(site, person)
    counts = {"": mine.submitted, "pending": mine.waiting, "approved": mine.approved, "refused": mine.refused}
    page, pages = page_of(request, counts[asked])
    wanted = [STATUSES[asked]] if asked else list(STATUSES.values())
    with site.market.read() as session:
        payouts = payouts_of(session, person.worker_id)
    return show(
        site,
        request,
        "earnings.html",
        person=person,
        nav="earnings",
        mine=mine,
        sums=worker.earnings(site.market, person.worker_id),
        history=worker.history(
            site.market, person.worker_id, statuses=wanted, first=(page - 1) * PAGE_SIZE, most=PAGE_SIZE
        ),
        bonuses=worker.bonuses(site.market, person.worker_id, most=MOST_LISTED),
        payouts=payouts[:MOST_LISTED],
        most_listed=MOST_LISTED,
        asked=asked,
        statuses=list(STATUSES),
        total=counts[asked],
        page=page,
        pages=pages,
        address_of=lambda number: "/earnings?" + urlencode({"status": asked, "page": number}),
    )


def _seconds_left(site: Site, deadline: datetime) -> int:
    return max(round((deadline - site.market.clock()).total_seconds()), 0)


def _done_page(
    site: Site, request: Request, person: Person, assignment_id: str, *, words: str = "", refusal: str = ""
) -> Response:
    finished = worker.past(site.market, person.worker_id, assignment_id)
    if finished is None:
        return show(site, request, "refusal.html", status=404, person=person, sentence="There is no such Assignment.")
    group = request.query_params.get("group", "")
    until = finished.submitted_at + appeals.APPEAL_WITHIN
    return show(
        site,
        request,
        "done.html",
        status=422 if refusal else 200,
        person=person,
        past=finished,
        # It becomes part of the address that a form is sent to: nothing else than an id may stand there.
        hit_type_id=group if group.isascii() and group.isalnum() else "",
        appealed=appeals.appeal_of(site.market, person.worker_id, assignment_id),
        appeal_until=until if until > site.market.clock() else None,
        longest=appeals.LONGEST,
        words=words,
        refusal=refusal,
    )
