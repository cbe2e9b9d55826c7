"""One Item: as a Worker saw it, with every Answer, what they say together, and the decision, all by keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crowdbroker.broker.review import DecisionKind, Overtaken, Wish, decide, mark_of
from crowdbroker.broker.send_back import send_back
from crowdbroker.domain.answer_kinds import AnswerKind, chosen_labels
from crowdbroker.errors import InputError
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.reports.spending import FORGOTTEN
from crowdbroker.review.crowd import Crowd, shares
from crowdbroker.review.headers import ITEM_PAGE
from crowdbroker.review.pages import NotThere, Page, Review, Tab, go, show
from crowdbroker.review.roles import Role
from crowdbroker.review.sessions import Person
from crowdbroker.review.view import View
from crowdbroker.store.reads import BatchView
from crowdbroker.store.review_item import GivenAnswer, ReviewedItem, reviewed_item
from crowdbroker.store.review_queue import Place, looked_up, queue
from crowdbroker.store.tables import ItemRow

TABS: Sequence[Tab] = ()
SAID: Mapping[str, str] = {
    "accept": "Accepted.",
    "correct": "Corrected.",
    "more": "Sent back: its HIT takes more Answers as soon as crowdbroker run or publish goes on.",
    "ambiguous": "Marked ambiguous.",
    "gold": "Made gold.",
    "undo": "Undone: it waits for review again.",
}
COLOURS = 7
_NAMED = 3


@dataclass(frozen=True)
class AnswerView:
    """An Answer with how its Worker answers where the Item's Label is the truth; `said` are the likeliest in words."""

    answer: GivenAnswer
    row: list[tuple[str, float]]

    @property
    def said(self) -> list[tuple[str, float]]:
        """The likeliest of the row, the first ones only."""
        return sorted(self.row, key=lambda one: -one[1])[:_NAMED]


def _item(review: Review, request: Request, person: Person) -> Response:
    return _show_item(review, request, person)


def _show_item(
    review: Review, request: Request, person: Person, *, overtaken: Overtaken | None = None, status: int = 200
) -> Response:
    asked = View.of(request.query_params)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        found = _found(session, batch, request)
        before, after = _neighbours(session, batch, asked, found)
    crowd = review.facts.crowd(batch)
    label = found.label.label if found.label else ""
    return show(
        review,
        request,
        "item.html",
        status=status,
        person=person,
        batch=batch,
        tab="labels",
        view=asked,
        found=found,
        label=label,
        seen=mark_of(label),
        chosen=_chosen(batch, label),
        choices=list(enumerate(batch.project.labels, start=1)),
        kind=batch.project.kind,
        bars=_bars(batch, crowd, found),
        modelled=bool(crowd and crowd.labels and batch.project.aggregation != "majority"),
        crowd_waits=crowd is None,
        answers=[AnswerView(one, crowd.row(one.worker, label) if crowd else []) for one in found.answers],
        before=before,
        after=after,
        overtaken=overtaken,
        last=_last(request),
        forgotten=FORGOTTEN,
        fresh=person.is_fresh(review.clock()),
        decided=found.label is not None and found.label.review != "",
    )


def _found(session: Session, batch: BatchView, request: Request) -> ReviewedItem:
    found = reviewed_item(session, batch.id, request.path_params["item"])
    if found is None:
        raise NotThere("There is no such Item in this Batch.")
    return found


def _neighbours(session: Session, batch: BatchView, asked: View, found: ReviewedItem) -> tuple[int | None, int | None]:
    """The Items before and after this one in the view, by their rows."""
    place = Place(found.label.confidence, found.item.id or 0) if found.label else None
    wanted = looked_up(session, batch.id, asked.filter)
    after = queue(session, batch.id, wanted, limit=1, after=place)
    before = queue(session, batch.id, wanted, limit=1, after=place, backwards=True) if place else []
    return (before[0].item if before else None), (after[0].item if after else None)


def _bars(batch: BatchView, crowd: Crowd | None, found: ReviewedItem) -> list[tuple[str, float, int]]:
    """What the Answers say together: the model's posterior, or the shares of votes where there is none.

    Each label has the colour (1 to 7) that it has in the rows of Workers, by its place in the label set.
    """
    modelled = crowd.posterior(found.votes) if crowd and batch.project.aggregation != "majority" else []
    bars = modelled or shares(batch.project.kind, found.votes)
    places = {label: place for place, label in enumerate(batch.project.label_values)}
    coloured = [(name, share, places.get(name, 0) % COLOURS + 1) for name, share in bars]
    return sorted(coloured, key=lambda one: -one[1])


def _chosen(batch: BatchView, label: str) -> list[str]:
    if batch.project.kind is AnswerKind.CHOICES and label:
        return chosen_labels(label)
    return [label]


def _last(request: Request) -> int | None:
    given = request.query_params.get("last", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _decide(review: Review, request: Request, person: Person) -> Response:
    """Write a decision and go on to the next Item of the view; who was overtaken sees the Item as it is now."""
    asked = View.of(request.query_params)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        # Looked up first: once it is decided, the Item has another place, or has left the view.
        _, after = _neighbours(session, batch, asked, _found(session, batch, request))
    wish = _wish(batch, request)
    try:
        decided = decide(review.store, batch, wish, reviewer=person.name, now=review.clock())
    except Overtaken as problem:
        return _show_item(review, request, person, overtaken=problem, status=409)
    review.facts.decided(batch.id, decided.was, decided.now)
    return _go_on(batch, asked, wish, after)


def _send_back(review: Review, request: Request, person: Person) -> Response:
    asked = View.of(request.query_params)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        _, after = _neighbours(session, batch, asked, _found(session, batch, request))
    wish = _wish(batch, request)
    given = request.state.form.get("places", "1")
    places = int(given) if given.isdecimal() and len(given) < 4 else 0
    decided, overtaken, _ = send_back(
        review.store,
        batch,
        [wish],
        places,
        review.tariff,
        reviewer=person.name,
        now=review.clock(),
        cap_cents=person.cap_cents,
    )
    if overtaken:
        return _show_item(review, request, person, overtaken=overtaken[0], status=409)
    for one in decided:
        review.facts.decided(batch.id, one.was, one.now)
    return _go_on(batch, asked, wish, after)


def _wish(batch: BatchView, request: Request) -> Wish:
    form: dict[str, str] = request.state.form
    version, kind = form.get("version", ""), form.get("kind", "")
    if kind not in set(DecisionKind) or not version.isdecimal() or len(version) > 9:
        raise InputError("this form is none of this page's", remedy="Load the page again.")
    label = form.get("label", "")
    if batch.project.kind is AnswerKind.CHOICES:
        label = "|".join(value for name, value in request.state.fields if name == "label")
    seen, note = form.get("seen", ""), form.get("note", "").strip()[:2000]
    decision = DecisionKind(kind)
    if decision is DecisionKind.CORRECT and batch.project.kind.categorical and mark_of(label) == seen:
        decision = DecisionKind.ACCEPT
    return Wish(request.path_params["item"], decision, int(version), seen, label, note)


def _go_on(batch: BatchView, asked: View, wish: Wish, after: int | None) -> Response:
    said = wish.kind.value
    if wish.kind is DecisionKind.UNDO or after == wish.item:
        return go(f"/batches/{batch.id}/items/{wish.item}{asked.query(said=said)}")
    if after is None:
        return go(f"/batches/{batch.id}/labels{asked.query(said=said)}")
    return go(f"/batches/{batch.id}/items/{after}{asked.query(said=said, last=wish.item)}")


def _frame(review: Review, request: Request, person: Person) -> Response:  # noqa: ARG001 - every page is asked so
    """The Item through the template that Workers saw it through, in an origin without a name."""
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        item = session.get(ItemRow, request.path_params["item"])
    if item is None or item.batch_id != batch.id:
        raise NotThere("There is no such Item in this Batch.")
    try:
        page = PageTemplate.from_json(batch.row.page_source).render(batch.project, [item.data])
    except InputError as problem:
        page = f"<!doctype html><title>Item</title><p>{escape(str(problem))}</p>"
    return HTMLResponse(page, headers={"content-security-policy": ITEM_PAGE, "referrer-policy": "no-referrer"})


_ITEM = "/batches/{batch_id:int}/items/{item:int}"
PAGES: Sequence[Page] = (
    Page(_ITEM, _item),
    Page(f"{_ITEM}/frame", _frame),
    Page(f"{_ITEM}/decide", _decide, "POST", Role.REVIEWER),
    Page(f"{_ITEM}/send-back", _send_back, "POST", Role.REVIEWER, fresh=True),
)
