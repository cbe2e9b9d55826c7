"""What people do about Workers and their pay: every act goes through the broker's decisions by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.broker import by_hand
from crowdbroker.broker.payers import Payer
from crowdbroker.broker.reverse import reverse
from crowdbroker.domain.money import from_wire
from crowdbroker.domain.quality import Decision
from crowdbroker.errors import InputError
from crowdbroker.review.pages import NotThere, Page, Review, Tab, go
from crowdbroker.review.pages_workers import row_of
from crowdbroker.review.roles import Role
from crowdbroker.review.sessions import Person
from crowdbroker.store.reads import BatchView
from crowdbroker.store.worker_reads import submission, worker_in

_SOON = "The program carries it out with its next run or settle."
SAID: Mapping[str, str] = {
    "decided-approve": f"It will be paid. {_SOON}",
    "decided-approve_and_exclude": f"It will be paid, and its Worker gets no more of this Batch. {_SOON}",
    "decided-reject": f"It will be refused with your reason. {_SOON}",
    "excluded": f"This Worker gets no more of this Batch. {_SOON}",
    "readmitted": f"This Worker gets work of this Batch again. {_SOON}",
    "bonus": f"The bonus is promised and its money set aside. {_SOON}",
    "bonus-again": "This bonus was promised before, with the same amount and reason: nothing changed.",
    "reversed": f"The refusal will be taken back, and its money is set aside. {_SOON}",
    "noted": "The note is kept.",
}
TABS: Sequence[Tab] = ()


def payer_of(person: Person) -> Payer:
    """Who decides, as the broker knows them."""
    return Payer(person.name, person.cap_cents)


def _worker(review: Review, request: Request) -> tuple[BatchView, int]:
    row = row_of(request)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        if worker_in(session, batch.id, row) is None:
            raise NotThere("There is no such Worker in this Batch.")
    return batch, row


def _decide(review: Review, request: Request, person: Person) -> Response:
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    form = request.state.form
    asked = form.get("decision", "")
    if asked not in list(Decision):
        raise InputError("There is no such decision.", remedy="Go back and press one of the buttons.")
    # The reason beside the buttons is a refusal's; who is paid reads what the program says of payments.
    reason = form.get("reason", "") if asked == Decision.REJECT else ""
    row, payer = row_of(request), payer_of(person)
    seen = form.get("seen", "")
    by_hand.decide(review.store, batch, row, Decision(asked), reason=reason, payer=payer, now=review.clock(), seen=seen)
    return go(f"/batches/{batch.id}/decisions?said=decided-{asked}")


def _reverse(review: Review, request: Request, person: Person) -> Response:
    row = row_of(request)
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        found = submission(session, batch.id, row)
        if found is None:
            raise NotThere("There is no such Assignment in this Batch.")
    reason = request.state.form.get("reason", "")
    reverse(review.store, batch, row, reason=reason, payer=payer_of(person), now=review.clock())
    return go(f"/batches/{batch.id}/workers/{found.worker}?said=reversed")


def _exclude(review: Review, request: Request, person: Person) -> Response:
    batch, row = _worker(review, request)
    reason = request.state.form.get("reason", "")
    by_hand.exclude(review.store, batch, row, reason=reason, payer=payer_of(person), now=review.clock())
    return go(f"/batches/{batch.id}/workers/{row}?said=excluded")


def _readmit(review: Review, request: Request, person: Person) -> Response:
    batch, row = _worker(review, request)
    reason = request.state.form.get("reason", "")
    by_hand.readmit(review.store, batch, row, reason=reason, payer=payer_of(person), now=review.clock())
    return go(f"/batches/{batch.id}/workers/{row}?said=readmitted")


def _bonus(review: Review, request: Request, person: Person) -> Response:
    batch, row = _worker(review, request)
    form = request.state.form
    try:
        cents = from_wire(form.get("amount", "").strip().removeprefix("$"))
    except ValueError as error:
        raise InputError("This is no amount.", remedy="Write it like 0.50.") from error
    new = by_hand.bonus(
        review.store,
        batch,
        row,
        cents=cents,
        reason=form.get("reason", ""),
        tariff=review.tariff,
        payer=payer_of(person),
        now=review.clock(),
    )
    return go(f"/batches/{batch.id}/workers/{row}?said={'bonus' if new else 'bonus-again'}")


def _note(review: Review, request: Request, person: Person) -> Response:
    batch, row = _worker(review, request)
    text = request.state.form.get("text", "")
    by_hand.note(review.store, batch, row, text=text, author=person.name, now=review.clock())
    return go(f"/batches/{batch.id}/workers/{row}?said=noted#notes")


_BATCH = "/batches/{batch_id:int}"
PAGES: Sequence[Page] = (
    Page(f"{_BATCH}/decisions/{{row:int}}", _decide, "POST", Role.PAYER, fresh=True),
    Page(f"{_BATCH}/refusals/{{row:int}}/reverse", _reverse, "POST", Role.PAYER, fresh=True),
    Page(f"{_BATCH}/workers/{{row:int}}/exclude", _exclude, "POST", Role.PAYER),
    Page(f"{_BATCH}/workers/{{row:int}}/readmit", _readmit, "POST", Role.PAYER),
    Page(f"{_BATCH}/workers/{{row:int}}/bonus", _bonus, "POST", Role.PAYER, fresh=True),
    Page(f"{_BATCH}/workers/{{row:int}}/notes", _note, "POST", Role.REVIEWER),
)
