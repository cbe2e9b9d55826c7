"""Making HITs and reading one: CreateHIT, CreateHITWithHITType, GetHIT."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from crowdbroker.marketplace import inputs, lifecycle, tokens
from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.hit_types import hit_type
from crowdbroker.marketplace.operations.owned import own_hit, own_hit_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.questions import read_question
from crowdbroker.marketplace.tables import HitRow, HitTypeRow, QuestionRow
from crowdbroker.marketplace.times import SECOND_MS

CREATION = "CreateHIT"


@operation(inputs.CreateHIT, writes=True)
def create_hit(call: Call, asked: inputs.CreateHIT) -> Output:
    """Return a new HIT of the type that its properties name; a remembered token is refused with the HIT it made."""
    _refuse_known_token(call, asked)
    question = _question(asked)
    return _create(call, asked, hit_type(call, asked), question)


@operation(inputs.CreateHITWithHITType, writes=True)
def create_hit_with_hit_type(call: Call, asked: inputs.CreateHITWithHITType) -> Output:
    """Return a new HIT of a registered type; its tokens are those of CreateHIT."""
    _refuse_known_token(call, asked)
    question = _question(asked)
    return _create(call, asked, own_hit_type(call, asked.HITTypeId), question)


@operation(inputs.GetHIT, writes=False)
def get_hit(call: Call, asked: inputs.GetHIT) -> Output:
    """Return one HIT, a disposed one too."""
    return {"HIT": show_hit(call, own_hit(call, asked.HITId))}


def show_hit(call: Call, hit: HitRow) -> Output:
    """Return a HIT as the wire shows it, with its type and question."""
    kind = call.session.exec(select(HitTypeRow).where(HitTypeRow.id == hit.hit_type_id)).one()
    question = call.session.exec(select(QuestionRow.question).where(QuestionRow.hit_id == hit.id)).one()
    return shown.hit(hit, kind, question)


def place_cents(call: Call, kind: HitTypeRow, places: int) -> int:
    """Return what one place of a HIT costs: reward and fee."""
    fee = call.market.tariff.assignment_fee_cents(kind.reward_cents, places=places, masters=kind.masters)
    return kind.reward_cents + fee


def _refuse_known_token(call: Call, asked: inputs.CreateHIT | inputs.CreateHITWithHITType) -> None:
    token = asked.UniqueRequestToken
    made = token and tokens.recall(call.session, call.requester_id, CREATION, token, call.now_ms)
    if made:
        # Clients read the HITId out of this text: it stays the only word of 30 characters.
        raise Fault("HitAlreadyExists", f"A HIT with this UniqueRequestToken already exists; its HITId is {made}.")


def _question(asked: inputs.CreateHIT | inputs.CreateHITWithHITType) -> str:
    if asked.AssignmentReviewPolicy is not None or asked.HITReviewPolicy is not None:
        raise Fault("NotImplemented", "This marketplace does not have review policies yet.")
    if (asked.Question is None) == (asked.HITLayoutId is None):
        raise BadValue("A HIT has exactly one of Question and HITLayoutId.")
    if asked.Question is None:
        raise Fault("HITLayoutDoesNotExist", f"HITLayout {asked.HITLayoutId} does not exist.")
    read_question(asked.Question)
    return asked.Question


def _create(call: Call, asked: Any, kind: HitTypeRow, question: str) -> Output:
    places = asked.MaxAssignments or 1
    expires_ms = call.now_ms + asked.LifetimeInSeconds * SECOND_MS
    hit = HitRow(
        id=call.market.ids.entity(),
        requester_id=call.requester_id,
        hit_type_id=kind.id,
        status=lifecycle.ASSIGNABLE,
        annotation=asked.RequesterAnnotation,
        max_assignments=places,
        available=places,
        place_cents=place_cents(call, kind, places),
        created_ms=call.now_ms,
        expires_ms=expires_ms,
        due_ms=expires_ms,
    )
    lifecycle.open_hit(call.session, hit)
    call.session.add(QuestionRow(hit_id=hit.id, question=question))
    if asked.UniqueRequestToken:
        token = asked.UniqueRequestToken
        tokens.remember(call.session, call.requester_id, CREATION, token, hit.id, call.now_ms)
    return {"HIT": shown.hit(hit, kind, question)}
