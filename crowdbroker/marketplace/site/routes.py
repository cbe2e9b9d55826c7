"""Every address of the worker site."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from crowdbroker.marketplace.site import account, browsing, consenting, entrance, frames, letters, qualifying, working
from crowdbroker.marketplace.site.door import Door
from crowdbroker.marketplace.site.guard import FormGuard
from crowdbroker.marketplace.site.headers import SecurityHeaders
from crowdbroker.marketplace.site.pages import Site, WorkerPage, for_workers

STATIC = Path(__file__).parent / "static"


def site_routes(site: Site) -> list[BaseRoute]:
    """Return the routes of the site; pages are plain functions and run in the thread pool."""

    def mine(path: str, page: WorkerPage) -> Route:
        return Route(path, for_workers(site, page), methods=["GET"])

    def act(path: str, page: WorkerPage) -> Route:
        return Route(path, for_workers(site, page), methods=["POST"])

    def open_to_all(path: str, page: Callable[[Site, Request], Response], method: str = "GET") -> Route:
        return Route(path, partial(page, site), methods=[method])

    door = Door()

    def hashing(path: str, page: Callable[[Site, Request], Response]) -> Route:
        return Route(path, door.leads_to(partial(page, site)), methods=["POST"])

    return [
        mine("/", browsing.work_list),
        mine("/groups/{hit_type_id}", browsing.open_group),
        act("/groups/{hit_type_id}/accept", browsing.accept_next),
        mine("/hits/{hit_id}", browsing.preview),
        act("/hits/{hit_id}/accept", browsing.accept),
        mine("/queue", working.queue),
        mine("/assignments/{assignment_id}", working.work),
        mine("/assignments/{assignment_id}/status", working.status),
        act("/assignments/{assignment_id}/return", working.give_back),
        mine("/done/{assignment_id}", working.done),
        act("/done/{assignment_id}/appeal", working.appeal),
        mine("/earnings", working.earnings),
        mine("/inbox", letters.letters),
        mine("/consent/{text_id}", consenting.consent_page),
        act("/consent/{text_id}", consenting.agree),
        act("/consent/{text_id}/withdraw", consenting.take_back),
        mine("/account", account.account),
        act("/account/name", account.rename),
        act("/account/country", account.tell_country),
        act("/account/password", account.change_password),
        act("/account/sessions", account.sign_out_everywhere),
        mine("/account/data", account.download),
        mine("/account/leave", account.leave_page),
        act("/account/leave", account.leave),
        mine("/qualifications", qualifying.qualifications),
        mine("/qualifications/{type_id}", qualifying.qualification),
        act("/qualifications/{type_id}/request", qualifying.ask),
        act("/qualification-requests/{request_id}/withdraw", qualifying.withdraw),
        mine("/tests/{request_id}", qualifying.take_test),
        act("/tests/{request_id}", qualifying.hand_in),
        open_to_all("/sign-in", entrance.sign_in_page),
        hashing("/sign-in", entrance.sign_in),
        open_to_all("/sign-up", entrance.sign_up_page),
        hashing("/sign-up", entrance.sign_up),
        open_to_all("/invite/{token}", entrance.invitation_page),
        hashing("/invite/{token}", entrance.accept_invitation),
        open_to_all("/sign-out", entrance.sign_out, "POST"),
        open_to_all("/frame/{token}", frames.frame),
        Route("/w/{token}/mturk/externalSubmit", frames.external_submit(site), methods=["GET", "POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def site_middleware(site: Site) -> list[Middleware]:
    """Return what every request to the site passes through, the outermost first."""
    return [Middleware(SecurityHeaders), Middleware(FormGuard, tokens=site.tokens, public_url=site.public_url)]
