"""Finding work: the list of groups, the preview of a HIT, accepting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import work_progress, worker
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.site.headers import EXTERNAL_WORK_PAGE
from crowdbroker.marketplace.site.pages import PAGE_SIZE, Site, go, page_of, progress_of, show
from crowdbroker.marketplace.site.question import preview_address
from crowdbroker.marketplace.worker import Group, Preview

SORTS: dict[str, tuple[str, Callable[[Group], float]]] = {
    "newest": ("Newest", lambda group: -group.created_at.timestamp()),
    "reward": ("Reward", lambda group: -group.reward_cents),
    "available": ("Most available", lambda group: -group.available),
    "time": ("Shortest time", lambda group: group.duration_s),
}


def work_list(site: Site, request: Request, person: Person) -> Response:
    """Show the groups of work; search, order and page stand in the address."""
    search = request.query_params.get("search", "").strip()[:100]
    sort = request.query_params.get("sort", "newest")
    sort = sort if sort in SORTS else "newest"
    found = sorted(worker.groups(site.market, person.worker_id, search=search), key=SORTS[sort][1])
    page, pages = page_of(request, len(found))
    groups = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return show(
        site,
        request,
        "list.html",
        person=person,
        nav="list",
        groups=groups,
        paces=work_progress.paces(site.market, [group.hit_type_id for group in groups]),
        done=work_progress.done_by_type(site.market, person.worker_id),
        mine=progress_of(site, person),
        sums=worker.earnings(site.market, person.worker_id),
        total=len(found),
        search=search,
        sort=sort,
        sorts={key: label for key, (label, _) in SORTS.items()},
        page=page,
        pages=pages,
        address_of=lambda number: "/?" + urlencode({"search": search, "sort": sort, "page": number}),
    )


def open_group(site: Site, request: Request, person: Person) -> Response:
    """Lead to the first HIT of a group, or to the one that follows the HIT in `after`."""
    hit_type_id, after = request.path_params["hit_type_id"], request.query_params.get("after")
    offered = worker.browse(site.market, person.worker_id, hit_type_id)
    following = next(iter(offered), None) if after is None else _following(offered, after)
    if following is None:
        return go("/?said=skipped-last") if after else go("/")
    return go(f"/hits/{following.hit_id}")


def preview(site: Site, request: Request, person: Person) -> Response:
    """Show one HIT before accepting."""
    hit = worker.preview(site.market, person.worker_id, request.path_params["hit_id"])
    frame = preview_address(site, request, hit, person.worker_id)
    page = show(site, request, "preview.html", person=person, nav="list", hit=hit, frame=frame)
    if hit.external_url:
        page.headers["content-security-policy"] = EXTERNAL_WORK_PAGE
    return page


def accept(site: Site, request: Request, person: Person) -> Response:
    """Accept one HIT and lead to its work page."""
    return _to_work(worker.accept(site.market, person.worker_id, request.path_params["hit_id"]), request)


def accept_next(site: Site, request: Request, person: Person) -> Response:
    """Accept the next HIT of a group; when none is left, lead back to the list."""
    try:
        return _to_work(worker.accept_next(site.market, person.worker_id, request.path_params["hit_type_id"]), request)
    except worker.NothingLeft:
        return go("/?said=submitted-last")


def _to_work(held: worker.Held, request: Request) -> Response:
    automatic = "?auto=1" if request.state.form.get("auto") else ""
    return go(f"/work/{held.assignment_id}{automatic}")


def _following(offered: Iterable[Preview], after: str) -> Preview | None:
    """Return the HIT behind `after`; the first one when `after` is not offered any more."""
    first, seen = None, False
    for hit in offered:
        if seen:
            return hit
        first = first or hit
        seen = hit.hit_id == after
    return None if seen else first
