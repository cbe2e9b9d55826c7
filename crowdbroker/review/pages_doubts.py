"""One Effect in doubt: what is known of it, what the marketplace shows, and a person's word on what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.broker.evidence import Evidence
from crowdbroker.broker.resolve import inspect, look_again, resolve
from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.errors import CrowdbrokerError, InputError
from crowdbroker.review.pages import NotThere, Page, Review, Tab, go, show
from crowdbroker.review.pages_workers import row_of
from crowdbroker.review.roles import Role
from crowdbroker.review.sessions import Person
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import EffectRow

TABS: Sequence[Tab] = ()
SAID: Mapping[str, str] = {
    "doubt-shown": "Settled: the marketplace shows that it happened. Its money is booked.",
    "doubt-stays": "The marketplace does not prove anything yet: it stays in doubt.",
    "doubt-done": "Settled as done, on your word. It is in the audit trail.",
    "doubt-failed": "Settled as not done, on your word. It is in the audit trail.",
}
_LONGEST_REASON = 2000


@dataclass(frozen=True)
class Look:
    """What the marketplace shows now; or why it cannot be asked."""

    evidence: Evidence | None
    problem: CrowdbrokerError | None = None


def _found(review: Review, request: Request) -> tuple[BatchView, EffectRow]:
    with review.store.read() as session:
        batch = review.batch_of(session, request)
        effect = session.get(EffectRow, row_of(request))
    if effect is None or effect.batch_id != batch.id:
        raise NotThere("There is no such call in this Batch.")
    return batch, effect


def _evidence(review: Review, effect: EffectRow) -> Evidence:
    """What the marketplace shows. Raises CrowdbrokerError where it cannot be asked."""
    if review.market is None:
        raise InputError(
            "This server does not reach the marketplace.", remedy=f"At the terminal: crowdbroker resolve {effect.id}"
        )
    return inspect(review.store, review.market(), effect, review.clock(), marketplace=review.marketplace)


def _look(review: Review, effect: EffectRow) -> Look:
    if effect.state != EffectState.IN_DOUBT:
        return Look(None)
    try:
        return Look(_evidence(review, effect))
    except CrowdbrokerError as problem:
        # Only a look: the page tells what is known without the marketplace.
        return Look(None, problem)


def _one(review: Review, request: Request, person: Person) -> Response:
    batch, effect = _found(review, request)
    return show(
        review,
        request,
        "doubt.html",
        person=person,
        batch=batch,
        tab="decisions",
        effect=effect,
        in_doubt=effect.state == EffectState.IN_DOUBT,
        look=_look(review, effect),
        fresh=person.is_fresh(review.clock()),
        longest=_LONGEST_REASON,
    )


def _settle(review: Review, request: Request, person: Person) -> Response:
    batch, effect = _found(review, request)
    said, reason = request.state.form.get("said", ""), request.state.form.get("reason", "").strip()
    if said not in ("look", "done", "failed"):
        raise InputError("There is no such decision.", remedy="Go back and press one of the buttons.")
    if said != "look" and not 1 <= len(reason) <= _LONGEST_REASON:
        raise InputError("This needs a reason, which is kept.", remedy="Go back and write how you know.")
    if effect.state != EffectState.IN_DOUBT:
        raise InputError("This call is in doubt no longer: somebody else has settled it.")
    # Looked at anew: what the page showed may be old by now, and the books follow the marketplace.
    evidence = _evidence(review, effect)
    if said == "look":
        shown = look_again(review.store, effect, evidence, review.clock, actor=person.name)
        where = "decisions" if shown else f"doubts/{effect.id}"
        return go(f"/batches/{batch.id}/{where}?said=doubt-{'shown' if shown else 'stays'}")
    resolve(review.store, effect, evidence, review.clock, happened=said == "done", actor=person.name, reason=reason)
    return go(f"/batches/{batch.id}/decisions?said=doubt-{said}")


_DOUBT = "/batches/{batch_id:int}/doubts/{row:int}"
PAGES: Sequence[Page] = (
    Page(_DOUBT, _one, role=Role.PAYER),
    Page(_DOUBT, _settle, "POST", Role.PAYER, fresh=True),
)
