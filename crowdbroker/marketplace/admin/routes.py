"""Every address of the admin page."""

from __future__ import annotations

from functools import partial

from starlette.routing import BaseRoute, Route

from crowdbroker.marketplace.admin import pages
from crowdbroker.marketplace.site.pages import Site


def admin_routes(site: Site) -> list[BaseRoute]:
    """Return the routes of the operator's pages; like the site's they run in the thread pool."""

    def look(path: str, page: pages.AdminPage) -> Route:
        return Route(f"{pages.ROOT}{path}", pages.for_operator(site, page), methods=["GET"])

    def act(path: str, page: pages.AdminPage) -> Route:
        return Route(f"{pages.ROOT}{path}", pages.for_operator(site, page), methods=["POST"])

    return [
        Route(f"{pages.ROOT}/enter/{{token}}", partial(pages.enter_page, site), methods=["GET"]),
        Route(f"{pages.ROOT}/enter/{{token}}", partial(pages.enter, site), methods=["POST"]),
        look("", pages.overview_page),
        look("/workers", pages.workers_page),
        look("/hits", pages.hits_page),
        look("/money", pages.money_page),
        look("/events", pages.events_page),
        act("/workers/{worker_id}/disable", pages.disable),
        act("/workers/{worker_id}/enable", pages.enable),
        act("/workers/{worker_id}/end-sessions", pages.end_sessions),
        act("/leave", pages.leave),
    ]
