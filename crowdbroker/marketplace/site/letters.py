"""The inbox: what requesters and the marketplace write to a worker."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import inbox
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.site.pages import PAGE_SIZE, Site, asked_page, pages_for, show


def letters(site: Site, request: Request, person: Person) -> Response:
    """Show the letters of one page, the newest first; once the newest were shown, none is new the next time."""
    page = asked_page(request)
    found = inbox.read_inbox(site.market, person.worker_id, first=(page - 1) * PAGE_SIZE, most=PAGE_SIZE)
    if page == 1 and inbox.unread(site.market, person.worker_id):
        inbox.mark_read(site.market, person.worker_id)
    return show(
        site,
        request,
        "inbox.html",
        person=person,
        nav="inbox",
        letters=found.letters,
        total=found.total,
        page=page,
        pages=pages_for(found.total),
        address_of=lambda number: f"/inbox?page={number}",
    )
