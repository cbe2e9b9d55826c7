"""Labels: the queue by doubt, and deciding on many of them at once after a look at what that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.broker.review import DecisionKind, Wish, decide_many, mark_of
from crowdbroker.broker.send_back import SendingBack, quote_sending_back, send_back
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError
from crowdbroker.review.pages import Page, Review, Tab, go, show
from crowdbroker.review.roles import Role
from crowdbroker.review.sessions import Person
from crowdbroker.review.view import SORTS, STATES, View, read_place, written
from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import BatchView
from crowdbroker.store.review_item import item_keys
from crowdbroker.store.review_queue import MOST_COUNTED, MOST_MATCHES, Filter, QueuedLabel, count, looked_up, queue
from crowdbroker.store.review_writes import held_decisions, label_rows

TABS: Sequence[Tab] = (Tab("labels", "Labels", "/labels"),)
SAID: Mapping[str, str] = {
    "decided-many": "Decided. Every Item is in the audit trail.",
    "overtaken-many": "Decided, but for the Items on which somebody else decided meanwhile: those stay as they are.",
    "sent-many": "Sent back. Their HITs take more Answers as soon as crowdbroker run or publish goes on.",
}
PAGE_SIZE = 25
BULK = (DecisionKind.ACCEPT, DecisionKind.AMBIGUOUS, DecisionKind.MORE, DecisionKind.UNDO)
_PREVIEWED = 10


def _labels(review: Review, request: Request, person: Person) -> Response:
    asked = View.of(request.query_params)
    after = read_place(request.query_params.get("after", ""))
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        wanted = looked_up(session, batch.id, asked.filter)
        found = queue(session, batch.id, wanted, limit=PAGE_SIZE + 1, after=after)
        rows = _choices(session, found[:PAGE_SIZE])
        total = _how_many(review, session, batch, wanted)
    last = rows[-1].queued.place if rows else None
    return show(
        review,
        request,
        "labels.html",
        person=person,
        batch=batch,
        tab="labels",
        view=asked,
        states=STATES,
        sorts=SORTS,
        rows=rows,
        total=total,
        most=MOST_MATCHES,
        counted=MOST_COUNTED,
        paged=after is not None,
        after=written(last) if last and len(found) > PAGE_SIZE else "",
        fresh=person.is_fresh(review.clock()),
    )


def _how_many(review: Review, session: Session, batch: BatchView, asked: Filter) -> int:
    """How many Labels there are; MOST_COUNTED + 1 says more than that, where it would take a look at all of them."""
    if asked.narrows:
        return count(session, batch.id, asked)
    reviews = review.facts.of(batch).reviews
    return reviews.total() if asked.review is None else reviews[asked.review]


@dataclass(frozen=True)
class Choice:
    """A Label that can be ticked; `value` says which and what was seen of it."""

    queued: QueuedLabel
    value: str
    shown: str


def _choices(session: Session, found: Sequence[QueuedLabel]) -> list[Choice]:
    held = held_decisions(session, [one.item for one in found])
    return [
        Choice(
            one,
            f"{one.item}:{held[one.item].version if one.item in held else 0}:{mark_of(one.label.label)}",
            _shown(one),
        )
        for one in found
    ]


def _shown(one: QueuedLabel) -> str:
    """The beginning of what the Item shows, without its id."""
    cells = [cell for name, cell in one.data.items() if cell and cell != one.key and name != "id"]
    return " · ".join(cells)[:300]


def _preview(review: Review, request: Request, person: Person) -> Response:
    """Show what a bulk decision does before it is made."""
    kind = _bulk_kind(request.state.form)
    asked = View.of(request.state.form)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        if "all" in request.state.form:
            values = [one.value for one in _choices(session, _all_that_match(session, batch, asked))]
        else:
            values = [value for name, value in request.state.fields if name == "item"]
        wishes = list(_wishes(values, kind))
        if not wishes:
            raise InputError("no Item is ticked", remedy="Go back, tick some, and choose again.")
        places = _places(request.state.form)
        sending = _quoted(session, batch, wishes, kind, places, review.tariff)
        shown = _previewed(session, batch, wishes)
    return show(
        review,
        request,
        "labels_preview.html",
        person=person,
        batch=batch,
        tab="labels",
        view=asked,
        kind=kind,
        values=values,
        shown=shown,
        places=places,
        sending=sending,
        fresh=person.is_fresh(review.clock()),
        back=f"/batches/{batch.id}/labels{asked.query()}",
        available=review.facts.of(batch).money[Account.AVAILABLE],
    )


def _all_that_match(session: Session, batch: BatchView, asked: View) -> list[QueuedLabel]:
    return queue(session, batch.id, asked.filter, limit=MOST_MATCHES)


def _quoted(
    session: Session, batch: BatchView, wishes: Sequence[Wish], kind: DecisionKind, places: int, tariff: Tariff
) -> SendingBack | None:
    if kind is not DecisionKind.MORE:
        return None
    return quote_sending_back(session, batch, [wish.item for wish in wishes], places, tariff)


def _previewed(session: Session, batch: BatchView, wishes: Sequence[Wish]) -> list[tuple[str, str]]:
    """(id, Label as it is) of the first Items of a bulk decision."""
    first = [wish.item for wish in wishes[:_PREVIEWED]]
    keys, labels = item_keys(session, batch.id, first), label_rows(session, first)
    return [(keys[item], labels[item].label if item in labels else "") for item in first if item in keys]


def _decide(review: Review, request: Request, person: Person) -> Response:
    form, now = request.state.form, review.clock()
    kind, asked = _bulk_kind(form), View.of(form)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    wishes = list(_wishes((value for name, value in request.state.fields if name == "item"), kind))
    decided, overtaken = decide_many(review.store, batch, wishes, reviewer=person.name, now=now)
    for one in decided:
        review.facts.decided(batch.id, one.was, one.now)
    said = "overtaken-many" if overtaken else "decided-many"
    return go(f"/batches/{batch.id}/labels{asked.query(said=said)}")


def _send_back(review: Review, request: Request, person: Person) -> Response:
    form, now = request.state.form, review.clock()
    asked = View.of(form)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    values = (value for name, value in request.state.fields if name == "item")
    wishes = list(_wishes(values, DecisionKind.MORE))
    decided, _, _ = send_back(
        review.store,
        batch,
        wishes,
        _places(form),
        review.tariff,
        reviewer=person.name,
        now=now,
        cap_cents=person.cap_cents,
    )
    for one in decided:
        review.facts.decided(batch.id, one.was, one.now)
    return go(f"/batches/{batch.id}/labels{asked.query(said='sent-many')}")


def _bulk_kind(form: Mapping[str, str]) -> DecisionKind:
    kind = next((one for one in BULK if one == form.get("kind", "")), None)
    if kind is None:
        raise InputError("nothing was chosen to do", remedy="Go back and choose an action.")
    return kind


def _places(form: Mapping[str, str]) -> int:
    given = form.get("places", "1")
    return int(given) if given.isdecimal() and len(given) < 4 else 0


def _wishes(values: Iterable[str], kind: DecisionKind) -> Iterable[Wish]:
    """What is decided on every ticked Item. Raises InputError where a value is none of ours."""
    seen: set[int] = set()
    for value in values:
        item, _, rest = value.partition(":")
        version, _, mark = rest.partition(":")
        if not (item.isdecimal() and version.isdecimal()) or len(item) > 9 or len(version) > 9:
            raise InputError("an Item was not named as this page names it", remedy="Load the page again.")
        if int(item) not in seen:
            seen.add(int(item))
            yield Wish(int(item), kind, int(version), seen=mark)


PAGES: Sequence[Page] = (
    Page("/batches/{batch_id:int}/labels", _labels),
    Page("/batches/{batch_id:int}/labels/preview", _preview, "POST", Role.REVIEWER),
    Page("/batches/{batch_id:int}/labels/decide", _decide, "POST", Role.REVIEWER),
    Page("/batches/{batch_id:int}/labels/send-back", _send_back, "POST", Role.REVIEWER, fresh=True),
)
