"""The operator's pages, each behind a sign-in of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crowdbroker.marketplace.admin import access, actions, lists
from crowdbroker.marketplace.overview import overview
from crowdbroker.marketplace.payouts import runs
from crowdbroker.marketplace.requesters import requesters
from crowdbroker.marketplace.site.pages import Page, Site, go, show
from crowdbroker.marketplace.times import from_ms
from crowdbroker.marketplace.work_errors import UnknownWorker

COOKIE = "admin_session"
ROOT = "/admin"
RUNS_SHOWN = 10

AdminPage = Callable[[Site, Request], Response]

# Messages travel in addresses as one of these words, never as text that somebody could put there.
SAID = {
    "disabled": "The worker cannot sign in any more. What was earned stays theirs.",
    "enabled": "The worker can sign in again.",
    "ended": "The worker is signed out everywhere.",
    "unknown": "There is no such worker.",
}


def for_operator(site: Site, page: AdminPage) -> Page:
    """Return a page that only a browser with a session of the operator's sees."""

    def guarded(request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        if not token or not access.is_inside(site.market, token):
            return show(site, request, "admin_closed.html", status=403)
        return page(site, request)

    return guarded


def enter_page(site: Site, request: Request) -> Response:
    """Ask whether to come in: a program that only looks at links must not use one up."""
    status = 200 if access.is_open(site.market, request.path_params["token"]) else 410
    return show(site, request, "admin_enter.html", status=status, is_open=status == 200)


def enter(site: Site, request: Request) -> Response:
    """Use a link up and open a session, or say that it cannot be used any more."""
    token = access.enter(site.market, request.path_params["token"])
    if token is None:
        return show(site, request, "admin_enter.html", status=410, is_open=False)
    answer = go(ROOT)
    limit_s, secure = access.ABSOLUTE_MS // 1000, site.is_https(request)
    answer.set_cookie(COOKIE, token, max_age=limit_s, path=ROOT, httponly=True, samesite="strict", secure=secure)
    return answer


def leave(site: Site, request: Request) -> Response:
    """End the operator's session on this browser and on the server."""
    access.leave(site.market, request.cookies.get(COOKIE, ""))
    answer = show(site, request, "admin_closed.html")
    answer.delete_cookie(COOKIE, path=ROOT, httponly=True, samesite="strict")
    return answer


def overview_page(site: Site, request: Request) -> Response:
    """Show the marketplace at a glance."""
    return _show(site, request, "admin_overview.html", nav="overview", now=overview(site.market))


def workers_page(site: Site, request: Request) -> Response:
    """List the workers, with what can be done about one."""
    with site.market.read() as session:
        listing = lists.workers(session, request)
    return _show(site, request, "admin_workers.html", nav="workers", listing=listing)


def hits_page(site: Site, request: Request) -> Response:
    """List the HITs."""
    with site.market.read() as session:
        listing = lists.hits(session, request)
        doubts = lists.warnings_of(session, listing)
    values: dict[str, Any] = {"listing": listing, "statuses": lists.HIT_STATUSES, "warnings": doubts}
    return _show(site, request, "admin_hits.html", nav="hits", **values)


def money_page(site: Site, request: Request) -> Response:
    """Show where the money is, the payout runs and the ledger's entries."""
    with site.market.read() as session:
        listing, latest = lists.entries(session, request), runs(session, limit=RUNS_SHOWN)
    sums, callers = overview(site.market), requesters(site.market)
    values: dict[str, Any] = {
        "listing": listing,
        "runs": latest,
        "now": sums,
        "requesters": callers,
        "most": RUNS_SHOWN,
    }
    return _show(site, request, "admin_money.html", nav="money", **values)


def events_page(site: Site, request: Request) -> Response:
    """List the events and what became of their delivery."""
    with site.market.read() as session:
        listing = lists.events(session, request)
    return _show(site, request, "admin_events.html", nav="events", listing=listing)


def disable(site: Site, request: Request) -> Response:
    """Keep a worker from signing in."""
    return _act(site, request, actions.disable, "disabled")


def enable(site: Site, request: Request) -> Response:
    """Let a worker sign in again."""
    return _act(site, request, actions.enable, "enabled")


def end_sessions(site: Site, request: Request) -> Response:
    """Sign a worker out on all browsers."""
    return _act(site, request, actions.end_sessions, "ended")


def _act(site: Site, request: Request, act: Callable[[Any, str], object], done: str) -> RedirectResponse:
    worker_id = request.path_params["worker_id"]
    try:
        act(site.market, worker_id)
    except UnknownWorker:
        return go(f"{ROOT}/workers?said=unknown")
    return go(f"{ROOT}/workers?search={worker_id}&said={done}")


def _show(site: Site, request: Request, template: str, *, nav: str, **values: Any) -> Response:
    said = SAID.get(request.query_params.get("said", ""), "")
    return show(site, request, template, nav=nav, from_ms=from_ms, **(values | {"said": said}))
