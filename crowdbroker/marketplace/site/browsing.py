"""Finding work: the list of groups, the preview of a HIT, accepting."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import work_progress, worker
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.site.consenting import ask
from crowdbroker.marketplace.site.headers import EXTERNAL_WORK_PAGE
from crowdbroker.marketplace.site.pages import PAGE_SIZE, Site, asked_page, go, pages_for, progress_of, show
from crowdbroker.marketplace.site.question import preview_address

SORTS = {
    "newest": "Newest",
    "reward": "Reward",
    "hourly": "Hourly pay",
    "time": "Quickest",
    "available": "Most available",
}


def work_list(site: Site, request: Request, person: Person) -> Response:
    """Show the groups of work; search, order and page stand in the address."""
    search = request.query_params.get("search", "").strip()[:100]
    sort = request.query_params.get("sort", "newest")
    sort = sort if sort in SORTS else "newest"
    found, page = _found(site, request, person, search, sort)
    kinds = [group.hit_type_id for group in found.groups]
    return show(
        site,
        request,
        "list.html",
        person=person,
        nav="list",
        groups=found.groups,
        paces=work_progress.paces(site.market, kinds),
        refusals=work_progress.refusals(site.market, {group.requester_id for group in found.groups}),
        needs=worker.needs(site.market, person.worker_id, kinds),
        done=work_progress.done_by_type(site.market, person.worker_id),
        mine=progress_of(site, person),
        sums=worker.earnings(site.market, person.worker_id),
        total=found.total,
        search=search,
        sort=sort,
        sorts=SORTS,
        page=page,
        pages=pages_for(found.total),
        address_of=lambda number: "/?" + urlencode({"search": search, "sort": sort, "page": number}),
    )


def _found(site: Site, request: Request, person: Person, search: str, sort: str) -> tuple[worker.Found, int]:
    """Return the groups of the asked page and its number; of the last page when there are fewer."""

    def of_page(number: int) -> worker.Found:
        first = (number - 1) * PAGE_SIZE
        return worker.find_groups(site.market, person.worker_id, search=search, order=sort, first=first, most=PAGE_SIZE)

    asked = asked_page(request)
    found = of_page(asked)
    last = pages_for(found.total)
    return (found, asked) if asked <= last else (of_page(last), last)


def open_group(site: Site, request: Request, person: Person) -> Response:
    """Lead to the first HIT of a group, or to the one that follows the HIT in `after`."""
    hit_type_id, after = request.path_params["hit_type_id"], request.query_params.get("after")
    following = next(worker.browse(site.market, person.worker_id, hit_type_id, after=after), None)
    if following is None:
        return go("/?said=skipped-last") if after else go("/")
    return go(f"/hits/{following.hit_id}")


def preview(site: Site, request: Request, person: Person) -> Response:
    """Show one HIT before accepting."""
    hit = worker.preview(site.market, person.worker_id, request.path_params["hit_id"])
    frame = preview_address(site, request, hit, person.worker_id)
    page = show(
        site, request, "preview.html", person=person, nav="list", hit=hit, frame=frame, **_about(site, person, hit)
    )
    if hit.external_url:
        page.headers["content-security-policy"] = EXTERNAL_WORK_PAGE
    return page


def _about(site: Site, person: Person, hit: worker.Preview) -> dict[str, Any]:
    """Return what the list says of a HIT's group, for the page of one HIT."""
    kinds = [hit.hit_type_id]
    group = worker.find_group(site.market, person.worker_id, hit.hit_type_id)
    refusals = work_progress.refusals(site.market, [group.requester_id] if group else [])
    return {
        "group": group,
        "pace": work_progress.paces(site.market, kinds).get(hit.hit_type_id),
        "refusals": next(iter(refusals.values()), None),
        "needs": worker.needs(site.market, person.worker_id, kinds).get(hit.hit_type_id, []),
    }


def accept(site: Site, request: Request, person: Person) -> Response:
    """Accept one HIT and lead to its work page, by way of a consent that it asks for."""
    hit_id = request.path_params["hit_id"]
    try:
        return _to_work(worker.accept(site.market, person.worker_id, hit_id), request)
    except worker.ConsentNeeded as needed:
        return ask(needed.text_id, "hit", hit_id, auto=bool(request.state.form.get("auto")))


def accept_next(site: Site, request: Request, person: Person) -> Response:
    """Accept the next HIT of a group; when none is left, lead back to the list."""
    hit_type_id = request.path_params["hit_type_id"]
    try:
        return _to_work(worker.accept_next(site.market, person.worker_id, hit_type_id), request)
    except worker.ConsentNeeded as needed:
        return ask(needed.text_id, "group", hit_type_id, auto=bool(request.state.form.get("auto")))
    except worker.NothingLeft:
        return go("/?said=submitted-last")


def _to_work(held: worker.Held, request: Request) -> Response:
    automatic = "?auto=1" if request.state.form.get("auto") else ""
    return go(f"/assignments/{held.assignment_id}{automatic}")
