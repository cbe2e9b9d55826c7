"""What every page shares: who asks, which Batch it is about, how templates are filled in, how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from crowdbroker.domain.money import Tariff
from crowdbroker.errors import CrowdbrokerError
from crowdbroker.mturk.client import MTurk
from crowdbroker.review import cookies, words
from crowdbroker.review.brakes import Brakes
from crowdbroker.review.facts import Facts
from crowdbroker.review.roles import Role
from crowdbroker.review.sessions import Person, person_of
from crowdbroker.store.reads import BatchView, view
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Tab:
    """One entry of a Batch's navigation; `path` follows `/batches/<id>`."""

    key: str
    title: str
    path: str


@dataclass(frozen=True)
class Review:
    """What the pages work with.

    Attributes:
        only: the row of the one Batch that is shown; None: all are.
        at_home: whether only this machine can reach the server.
        facts: what costs time to find out about a Batch, kept fresh beside the requests.
        market: makes the client that asks the marketplace about calls in doubt; None: that is done at the terminal.
        marketplace: what a Batch remembers of where it was published.
        tabs, said: gathered from the modules of pages.
    """

    store: Store
    clock: Callable[[], datetime]
    tariff: Tariff
    facts: Facts
    name: str = "crowdbroker"
    only: int | None = None
    at_home: bool = True
    brakes: Brakes = field(default_factory=Brakes)
    market: Callable[[], MTurk] | None = None
    marketplace: str = ""
    tabs: Sequence[Tab] = ()
    said: Mapping[str, str] = field(default_factory=dict)

    def batch_of(self, session: Session, request: Request) -> BatchView:
        """The Batch that the address names. Raises NotThere."""
        row = session.get(BatchRow, request.path_params["batch_id"])
        if row is None or self.only not in (None, row.id):
            raise NotThere("There is no such Batch.")
        return view(row)


NO_ROW = 2**31
"""The first number that no integer column holds."""


class NotThere(CrowdbrokerError):
    """What an address names does not exist; the answer is 404."""


Answer = Callable[[Review, Request, Person], Response]


@dataclass(frozen=True)
class Page:
    """One address.

    Attributes:
        path: in Starlette's form; a Batch's pages begin with `/batches/{batch_id:int}`.
        answer: a plain function; it runs in a thread, may raise any CrowdbrokerError, and reads `request.state.form`
            where it answers a POST.
        role: the least role that may open it.
        fresh: whether a recent sign-in is needed, as everything needs that moves money.
        unasked: whether a script asks for it, and no person: it keeps no session open, and nobody can sign in there.
    """

    path: str
    answer: Answer
    method: str = "GET"
    role: Role = Role.VIEWER
    fresh: bool = False
    unasked: bool = False


class Pages(Protocol):
    """A module of pages."""

    PAGES: Sequence[Page]
    TABS: Sequence[Tab]
    SAID: Mapping[str, str]


def _environment() -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    for word in (words.money, words.percent, words.count, words.duration, words.absolute):
        made.filters[word.__name__] = word
    return made


_templates = _environment()


def show(
    review: Review,
    request: Request,
    template: str,
    *,
    status: int = 200,
    person: Person | None = None,
    batch: BatchView | None = None,
    tab: str = "",
    **values: object,
) -> HTMLResponse:
    """A page; templates see what `base.html` lists and the values given.

    Args:
        batch: the Batch that the page is about; its tabs are shown.
        tab: the key of the tab that the page belongs to.
    """
    visitor = "" if cookies.browser_of(request) else cookies.new_visitor()
    now = review.clock()
    common = {
        "site_name": review.name,
        "person": person,
        "batch": batch,
        "tab": tab,
        "tabs": review.tabs if batch else (),
        "said": review.said.get(request.query_params.get("said", ""), ""),
        "form_token": cookies.form_token(cookies.browser_of(request) or visitor),
        "now": now,
        "relative": partial(words.relative, now=now),
        "here": here(request),
        "may": (lambda role: person is not None and person.role.may(Role(role))),
    }
    page = HTMLResponse(_templates.get_template(template).render(common | values), status)
    if visitor:
        cookies.set_visitor(page, visitor, secure=is_https(request))
    return page


def guarded(review: Review, page: Page) -> Callable[[Request], Response]:
    """A page's endpoint: who is not signed in signs in first and comes back, and whoever may not is told so."""

    def answer(request: Request) -> Response:
        person = signed_in(review, request, touch=not page.unasked)
        back = quote(here(request) if request.method == "GET" else "/", safe="")
        if person is None and page.unasked:
            # The page around it is loaded anew, and leads to the sign-in.
            return PlainTextResponse("You are signed out.", 401, {"hx-refresh": "true"})
        if person is None:
            return go(f"/sign-in?next={back}")
        if not person.role.may(page.role):
            sentence = f"This needs the role {page.role.value}, and yours is {person.role.value}."
            return refuse(review, request, sentence, status=403, person=person)
        if page.fresh and not person.is_fresh(review.clock()):
            return go(f"/again?next={back}")
        try:
            if any(isinstance(one, int) and one >= NO_ROW for one in request.path_params.values()):
                raise NotThere("There is nothing of that number.")
            return page.answer(review, request, person)
        except NotThere as problem:
            return refuse(review, request, problem.message, status=404, person=person)
        except CrowdbrokerError as problem:
            return refuse(review, request, problem.message, problem.remedy, status=409, person=person)

    return answer


def refuse(
    review: Review, request: Request, sentence: str, remedy: str = "", *, status: int, person: Person | None = None
) -> Response:
    """A page with one sentence on what is wrong and one on what to do."""
    return show(review, request, "refusal.html", status=status, person=person, sentence=sentence, remedy=remedy)


def signed_in(review: Review, request: Request, *, touch: bool = True) -> Person | None:
    """Who is signed in with this browser; `touch` keeps the session open."""
    token = request.cookies.get(cookies.SESSION)
    return person_of(review.store, token, review.clock(), touch=touch) if token else None


def go(address: str) -> RedirectResponse:
    """The answer that sends the browser on, with a GET."""
    return RedirectResponse(address, 303)


def here(request: Request) -> str:
    """The address of this page with its state, to come back to."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def local_address(address: str) -> str:
    """An address of this site, or its first page where it leads elsewhere (`//host` and `/\\host` do)."""
    is_local = address.startswith("/") and address[1:2] not in {"/", "\\"} and address.isprintable()
    return address if is_local else "/"


def is_https(request: Request) -> bool:
    """Whether cookies can be kept to encrypted connections."""
    return request.url.scheme == "https"
