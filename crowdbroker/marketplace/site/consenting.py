"""Asking for consent before the first HIT, and taking it back."""

from __future__ import annotations

from urllib.parse import urlencode

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace import consent, worker
from crowdbroker.marketplace.accounts import Person
from crowdbroker.marketplace.consent_texts import consents, get_text
from crowdbroker.marketplace.site.pages import Site, go, show

# Where a worker came from and goes on to; anything else in the address is left out.
WAYS = {"hit": "/hits/{}/accept", "group": "/groups/{}/accept"}


def ask(text_id: int, way: str, subject: str, *, auto: bool) -> Response:
    """Lead to the page that asks for a consent before a HIT, or the next of a group, is accepted."""
    return go(f"/consent/{text_id}?" + urlencode({way: subject} | ({"auto": "1"} if auto else {})))


def consent_page(site: Site, request: Request, person: Person) -> Response:
    """Show a text, what the worker has said to it, and the way on."""
    text = get_text(site.market, _text_id(request))
    if text is None:
        return _nothing(site, request, person)
    mine = [one for one in consents(site.market, worker_id=person.worker_id) if one.text.id == text.id]
    way, subject = next(((way, found) for way in WAYS if (found := request.query_params.get(way))), ("", ""))
    return show(
        site,
        request,
        "consent.html",
        person=person,
        text=text,
        words=as_html(text.markdown),
        mine=mine[-1] if mine else None,
        way=way,
        subject=subject,
        auto=request.query_params.get("auto", ""),
    )


def agree(site: Site, request: Request, person: Person) -> Response:
    """Store the consent, and accept what it was asked for."""
    form: dict[str, str] = request.state.form
    consent.give(site.market, person.worker_id, _text_id(request))
    if form.get("hit"):
        held = worker.accept(site.market, person.worker_id, form["hit"])
    elif form.get("group"):
        held = worker.accept_next(site.market, person.worker_id, form["group"])
    else:
        return go("/account?said=consent-given")
    return go(f"/assignments/{held.assignment_id}" + ("?auto=1" if form.get("auto") else ""))


def take_back(site: Site, request: Request, person: Person) -> Response:
    """Take a consent back."""
    consent.withdraw(site.market, person.worker_id, _text_id(request))
    return go("/account?said=consent-withdrawn")


def as_html(markdown: str) -> Markup:
    """Return a text as HTML: CommonMark, in which HTML is text and links lead to no script."""
    return Markup(MarkdownIt("commonmark", {"html": False}).disable("image").render(markdown))  # noqa: S704


def _nothing(site: Site, request: Request, person: Person) -> Response:
    return show(site, request, "refusal.html", status=404, person=person, sentence="There is no such text.")


def _text_id(request: Request) -> int:
    digits = request.path_params["text_id"]
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0
