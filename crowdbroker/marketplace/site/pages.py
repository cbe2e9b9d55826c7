"""What every page shares: who asks, how templates are filled in, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from crowdbroker.marketplace import inbox, work_progress, worker
from crowdbroker.marketplace.accounts import Person, person_of
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.site import cookies, words
from crowdbroker.marketplace.site.tokens import Tokens
from crowdbroker.marketplace.site.tries import Tries

TEMPLATES = Path(__file__).parent / "templates"
PAGE_SIZE = 25

# Messages travel in addresses as one of these words, never as text that somebody could put there.
SAID = {
    "welcome": "Welcome. This is the work that you can do now.",
    "submitted": "Submitted. Thank you.",
    "submitted-last": "Submitted. There is nothing left for you in that group.",
    "returned": "Returned. It costs you nothing, and somebody else can do it.",
    "skipped-last": "That was the last one of this group.",
    "signed-out": "You are signed out.",
    "qualification-granted": "Granted. You have this qualification now.",
    "qualification-waits": "Requested. The requester decides, and you find the answer here.",
    "request-withdrawn": "The request is withdrawn.",
    "test-graded": "Handed in and graded.",
    "appealed": "Your words are kept for the requester. You find the answer in your inbox.",
    "consent-given": "Your consent is noted.",
    "consent-withdrawn": "Your consent is withdrawn. What you held under it is returned.",
    "renamed": "Your name is changed. You sign in with the new one.",
    "country-told": "Your country is noted.",
    "password-changed": "Your password is changed, and every other browser is signed out.",
    "signed-out-everywhere": "You are signed out everywhere.",
    "deleted": "Your account is deleted. Thank you for your work.",
    "test-waits": "Handed in. The requester grades it, and you find the result here.",
}


@dataclass(frozen=True)
class Site:
    """What the pages work with.

    Attributes:
        public_url: scheme and host under which browsers reach the site, without a slash at the end; None takes what
            each request says.
        open_sign_up: whether anybody may make an account without an invitation.
        invitation_tries: failed tries to open an invitation, by peer.
    """

    market: Marketplace
    tokens: Tokens
    name: str
    public_url: str | None
    open_sign_up: bool = True
    invitation_tries: Tries = field(default_factory=Tries)

    def url(self, request: Request) -> str:
        """Return scheme and host of this site as the asking browser knows them."""
        return self.public_url or f"{request.url.scheme}://{request.url.netloc}"

    def is_https(self, request: Request) -> bool:
        """Tell whether cookies can be kept to encrypted connections."""
        return self.url(request).startswith("https:")


Page = Callable[[Request], Response]
WorkerPage = Callable[[Site, Request, Person], Response]


def environment() -> Environment:
    """Return the templates, which escape everything and know the house's words for money and time."""
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    env.filters["money"] = words.money
    env.filters["duration"] = words.duration
    env.filters["absolute"] = words.absolute
    return env


_environment = environment()


def show(
    site: Site, request: Request, template: str, *, status: int = 200, marks_visitors: bool = True, **values: object
) -> HTMLResponse:
    """Return a page; templates see `site_name`, `person`, `said`, `form_token`, `relative` and the values given."""
    visitor = cookies.new_visitor() if marks_visitors and not cookies.browser_of(request) else ""
    common = {
        "site_name": site.name,
        "person": None,
        "nav": "",
        "path": request.url.path,
        "said": SAID.get(request.query_params.get("said", ""), ""),
        "form_token": site.tokens.form_token(cookies.browser_of(request) or visitor),
        "relative": partial(_relative, site),
        "unread": 0,
    }
    person = values.get("person")
    if isinstance(person, Person):
        common["unread"] = inbox.unread(site.market, person.worker_id)
    page = HTMLResponse(_environment.get_template(template).render(common | values), status)
    # A page shows a person's own work, so neither proxies nor the back button may bring it to somebody else.
    page.headers["cache-control"] = "no-store"
    if visitor:
        cookies.set_visitor(page, visitor, secure=site.is_https(request))
    return page


def for_workers(site: Site, page: WorkerPage) -> Page:
    """Return a page that only a signed-in worker sees; others are sent to sign in and come back afterwards."""

    def guarded(request: Request) -> Response:
        person = signed_in(site, request)
        if person is None:
            back = quote(request.url.path) if request.method == "GET" else "/"
            return go(f"/sign-in?next={back}")
        try:
            return page(site, request, person)
        except worker.UnknownWorker:
            return go("/sign-in")
        except worker.WorkError as refusal:
            return show(site, request, "refusal.html", status=409, person=person, sentence=str(refusal))

    return guarded


def signed_in(site: Site, request: Request) -> Person | None:
    """Return who is signed in with this browser."""
    token = request.cookies.get(cookies.SESSION)
    return person_of(site.market, token) if token else None


def progress_of(site: Site, person: Person) -> work_progress.Progress:
    """Return what somebody has done; the day is that of the machine which serves the site."""
    return work_progress.progress(site.market, person.worker_id, now=site.market.clock().astimezone())


def go(address: str) -> RedirectResponse:
    """Return the answer that sends the browser on, with a GET."""
    return RedirectResponse(address, 303)


def asked_page(request: Request) -> int:
    """Return the page that the address asks for, from 1; it may be more than there are."""
    asked = request.query_params.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 10 else 1


def pages_for(total: int) -> int:
    """Return how many pages a list of that many rows has; an empty one has one."""
    return max(-(-total // PAGE_SIZE), 1)


def page_of(request: Request, total: int) -> tuple[int, int]:
    """Return the asked page, kept within bounds, and the number of pages; both count from 1."""
    pages = pages_for(total)
    return min(asked_page(request), pages), pages


def _relative(site: Site, moment: datetime) -> str:
    return words.relative(moment, site.market.clock())
