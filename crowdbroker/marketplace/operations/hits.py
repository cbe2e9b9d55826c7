"""Making HITs and reading one: CreateHIT, CreateHITWithHITType, GetHIT."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from crowdbroker.marketplace import inputs, requirements, review_policies, tokens
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.hit_warnings import store_warnings
from crowdbroker.marketplace.layout_tables import HitLayoutRow
from crowdbroker.marketplace.new_hits import open_hit
from crowdbroker.marketplace.operations import shown
from crowdbroker.marketplace.operations.asked_questions import Asked, asked_question, store_question
from crowdbroker.marketplace.operations.hit_types import hit_type
from crowdbroker.marketplace.operations.owned import own_hit, usable_hit_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.tables import HitRow, HitTypeRow, QuestionRow
from crowdbroker.marketplace.times import SECOND_MS

CREATION = "CreateHIT"


@operation(inputs.CreateHIT, writes=True)
def create_hit(call: Call, asked: inputs.CreateHIT) -> Output:
    """Return a new HIT of the type that its properties name; a remembered token is refused with the HIT it made."""
    _refuse_known_token(call, asked)
    question = asked_question(call, asked)
    return _create(call, asked, hit_type(call, asked), question)


@operation(inputs.CreateHITWithHITType, writes=True)
def create_hit_with_hit_type(call: Call, asked: inputs.CreateHITWithHITType) -> Output:
    """Return a new HIT of a registered type; its tokens are those of CreateHIT."""
    _refuse_known_token(call, asked)
    question = asked_question(call, asked)
    return _create(call, asked, usable_hit_type(call, asked.HITTypeId), question)


@operation(inputs.GetHIT, writes=False)
def get_hit(call: Call, asked: inputs.GetHIT) -> Output:
    """Return one HIT, a disposed one too."""
    return {"HIT": show_hit(call, own_hit(call, asked.HITId))}


def show_hit(call: Call, hit: HitRow) -> Output:
    """Return a HIT as the wire shows it, with its type and question."""
    kind = call.session.exec(select(HitTypeRow).where(HitTypeRow.id == hit.hit_type_id)).one()
    layout_id = col(HitLayoutRow.layout_id)
    questions = select(QuestionRow.question, layout_id).outerjoin(
        HitLayoutRow, col(HitLayoutRow.hit_id) == col(QuestionRow.hit_id)
    )
    return shown.hit(hit, kind, *call.session.exec(questions.where(QuestionRow.hit_id == hit.id)).one())


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


def _create(call: Call, asked: Any, kind: HitTypeRow, question: Asked) -> Output:
    places = asked.MaxAssignments or 1
    expires_ms = call.now_ms + asked.LifetimeInSeconds * SECOND_MS
    hit = open_hit(
        call.session,
        id=call.market.ids.entity(),
        requester_id=call.requester_id,
        hit_type_id=kind.id,
        annotation=asked.RequesterAnnotation,
        max_assignments=places,
        available=places,
        place_cents=place_cents(call, kind, places),
        created_ms=call.now_ms,
        expires_ms=expires_ms,
        due_ms=expires_ms,
    )
    review_policies.store(call.session, hit, asked)
    store_question(call, hit, question)
    store_warnings(call.session, hit, requirements.warnings_about(kind), call.now_ms)
    if asked.UniqueRequestToken:
        token = asked.UniqueRequestToken
        tokens.remember(call.session, call.requester_id, CREATION, token, hit.id, call.now_ms)
    return {"HIT": shown.hit(hit, kind, question.xml, question.layout_id)}
