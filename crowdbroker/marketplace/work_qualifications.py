"""A worker's qualifications: what is held, what can be requested, requesting it, and taking a test for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, or_, select

from crowdbroker.marketplace import answer_key, qualification_requests, question_form
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualification_tables import (
    ACTIVE,
    DELETED,
    GRANTED,
    OPEN,
    SUBMITTED,
    TESTING,
    QualificationRequestRow,
)
from crowdbroker.marketplace.qualifications import approval_rate, standing
from crowdbroker.marketplace.tables import BlockRow, HitTypeRow, QualificationRow, QualificationTypeRow
from crowdbroker.marketplace.times import from_ms
from crowdbroker.marketplace.work_errors import AlreadyDone, Incomplete, NotHeld, NotRequestable, TooLate
from crowdbroker.marketplace.work_qualification_rows import held_by, requests_of, views
from crowdbroker.marketplace.work_qualification_views import Qualification, QualificationTest, Record
from crowdbroker.marketplace.workers import blocked, known

_GONE = "This qualification cannot be requested."
_REFUSALS = {
    "later": "You can request this qualification again later.",
    "held": "You already have this qualification.",
    "once": "This qualification can be requested once only, and you have done so.",
    "closed": _GONE,
}


def qualifications(market: Marketplace, worker_id: str) -> list[Qualification]:
    """Return what the worker has, or had until it was revoked, by name. Raises UnknownWorker."""
    mine = select(QualificationRow.type_id).where(QualificationRow.worker_id == worker_id)
    with market.read() as session:
        known(session, worker_id)
        return views(session, worker_id, market.now_ms(), col(QualificationTypeRow.id).in_(mine))


def requestable(market: Marketplace, worker_id: str, *, search: str = "") -> list[Qualification]:
    """Return what the worker does not have and can request, now or later, or has asked for, by name.

    Left out are the types of requesters who block this worker, and those that work requires nobody to have: such a
    type is a requester's mark for its own use, which would only harm the one who asks for it.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    kind = QualificationTypeRow
    blocking = select(BlockRow.requester_id).where(BlockRow.worker_id == worker_id)
    conditions: list[Any] = [col(kind.status) == ACTIVE, col(kind.requester_id).not_in(blocking)]
    if search.strip():
        texts = col(kind.name), col(kind.description), col(kind.keywords)
        conditions.append(or_(*(text.icontains(search.strip(), autoescape=True) for text in texts)))
    with market.read() as session:
        known(session, worker_id)
        unwanted = _only_shunned(session)
        seen = views(session, worker_id, market.now_ms(), *conditions)
    return [one for one in seen if one.value is None and one.type_id not in unwanted]


def open_requests(market: Marketplace, worker_id: str) -> list[Qualification]:
    """Return what the worker has asked for and nobody has decided, and the tests being taken. Raises UnknownWorker."""
    row = QualificationRequestRow
    mine = select(row.type_id).where(row.worker_id == worker_id, col(row.state).in_(OPEN))
    with market.read() as session:
        known(session, worker_id)
        seen = views(session, worker_id, market.now_ms(), col(QualificationTypeRow.id).in_(mine))
    return [one for one in seen if one.request_id is not None]


def qualification(market: Marketplace, worker_id: str, type_id: str) -> Qualification:
    """Return one type as the worker sees it. Raises UnknownWorker, or NotRequestable when there is no such type."""
    with market.read() as session:
        known(session, worker_id)
        return _one(session, worker_id, type_id, market.now_ms())


def record(market: Marketplace, worker_id: str) -> Record:
    """Return what the marketplace's own qualifications say of the worker. Raises UnknownWorker."""
    with market.read() as session:
        row = known(session, worker_id)
        is_master = bool(standing(session, row).masters_of)
    place = "-".join(filter(None, (row.country, row.subdivision)))
    return Record(row.approved, approval_rate(row), place, row.adult, is_master)


def request_qualification(market: Marketplace, worker_id: str, type_id: str) -> Qualification:
    """Request a qualification; with a test this begins it, and its time runs.

    A type that grants itself does so at once, unless the requester has revoked this worker's before: then somebody
    has decided, and somebody shall decide again. While a request is open, requesting once more changes nothing.

    Raises:
        UnknownWorker.
        NotRequestable: it is held, was tried too often or too lately, or nobody may request it.
    """
    now_ms = market.now_ms()
    with market.write() as session:
        known(session, worker_id)
        kind = qualification_requests.locked_type(session, type_id)
        if kind is None or blocked(session, worker_id, kind.requester_id):
            raise NotRequestable(_GONE)
        qualification_requests.expire_late(session, type_id, worker_id, now_ms)
        held = held_by(session, worker_id).get(type_id)
        may = qualification_requests.access(kind, held, requests_of(session, worker_id).get(type_id, []), now_ms)
        if may.state in _REFUSALS:
            raise NotRequestable(_REFUSALS[may.state])
        if may.state == "now":
            made = qualification_requests.open_request(market, session, kind, worker_id, now_ms)
            if kind.auto_granted and not _is_revoked(held):
                qualification_requests.accept(session, kind, made, kind.auto_granted_value or 0, now_ms)
        return _one(session, worker_id, type_id, now_ms)


def get_test(market: Marketplace, worker_id: str, request_id: str) -> QualificationTest:
    """Return a test that the worker is taking. Raises UnknownWorker, NotHeld, TooLate or AlreadyDone."""
    now_ms = market.now_ms()
    with market.read() as session:
        known(session, worker_id)
        found = session.exec(select(QualificationRequestRow).where(QualificationRequestRow.id == request_id)).first()
        request = _checked(found, worker_id, now_ms)
        kind = _one(session, worker_id, request.type_id, now_ms)
    assert request.test is not None, "a test that is being taken has questions"
    form = question_form.parse(request.test)
    deadline = from_ms(request.deadline_ms or 0)
    return QualificationTest(request.id, request.type_id, kind.name, kind.requester, form, deadline)


def submit_test(
    market: Marketplace, worker_id: str, request_id: str, fields: Sequence[tuple[str, str]]
) -> Qualification:
    """Hand in the form fields of a test; with an AnswerKey it is graded and granted at once.

    The questions and the key are those that the test began with. A worker whose qualification was revoked is graded by
    nobody but the requester.

    Raises:
        UnknownWorker, NotHeld, AlreadyDone.
        TooLate: the time is over; nothing is stored, and the try is used up.
        Incomplete: something is missing or malformed; nothing is stored.
    """
    form = get_test(market, worker_id, request_id).form
    answered = question_form.read_answers(form, fields)
    if answered.problems:
        raise Incomplete(answered.problems)
    now_ms = market.now_ms()
    with market.write() as session:
        kind, request = _locked(session, worker_id, request_id, now_ms)
        qualification_requests.hand_in(session, request, answered.xml, now_ms)
        if request.answer_key is not None and not _is_revoked(held_by(session, worker_id).get(kind.id)):
            value = answer_key.parse(request.answer_key).grade(_chosen(answered.answers))
            qualification_requests.accept(session, kind, request, value, now_ms)
        return _one(session, worker_id, kind.id, now_ms)


def withdraw_request(market: Marketplace, worker_id: str, request_id: str) -> None:
    """Take a request back; a test that was begun stays a try. Raises UnknownWorker, NotHeld, AlreadyDone or TooLate."""
    now_ms = market.now_ms()
    with market.write() as session:
        _, request = _locked(session, worker_id, request_id, now_ms, states=(TESTING, SUBMITTED))
        qualification_requests.withdraw(session, request, now_ms)


def _one(session: Session, worker_id: str, type_id: str, now_ms: int) -> Qualification:
    # A deleted type is there for those who have, or had, something of it.
    kind, held, asked = QualificationTypeRow, QualificationRow, QualificationRequestRow
    visible = or_(
        col(kind.status) != DELETED,
        select(held.type_id).where(held.type_id == kind.id, held.worker_id == worker_id).exists(),
        select(asked.type_id).where(asked.type_id == kind.id, asked.worker_id == worker_id).exists(),
    )
    found = views(session, worker_id, now_ms, col(kind.id) == type_id, visible)
    if not found:
        raise NotRequestable("There is no such qualification.")
    return found[0]


def _locked(
    session: Session, worker_id: str, request_id: str, now_ms: int, *, states: tuple[str, ...] = (TESTING,)
) -> tuple[QualificationTypeRow, QualificationRequestRow]:
    known(session, worker_id)
    kind, request = qualification_requests.locked_request(session, request_id) or (None, None)
    checked = _checked(request, worker_id, now_ms, states=states)
    assert kind is not None, "a request has its type"
    return kind, checked


def _checked(
    request: QualificationRequestRow | None, worker_id: str, now_ms: int, *, states: tuple[str, ...] = (TESTING,)
) -> QualificationRequestRow:
    if request is None or request.worker_id != worker_id:
        raise NotHeld("You have no such request.")
    if qualification_requests.is_late(request, now_ms):
        raise TooLate("The time for this test has run out.")
    if request.state not in states:
        raise AlreadyDone("This request is no longer open.")
    return request


def _is_revoked(held: QualificationRow | None) -> bool:
    return held is not None and held.status != GRANTED


def _chosen(answers: Sequence[question_form.Answer]) -> dict[str, frozenset[str]]:
    """Return what was chosen by question; an answer of one's own is one more choice, which no key has."""
    return {one.identifier: frozenset(one.selections) | ({""} if one.other else set()) for one in answers}


def _only_shunned(session: Session) -> set[str]:
    """Return the types that requirements name, and only to keep out whoever has them."""
    shunned: set[str] = set()
    wanted: set[str] = set()
    stored = select(HitTypeRow.requirements).where(HitTypeRow.requirements != "[]").distinct()
    for requirements in session.exec(stored):
        for one in json.loads(requirements):
            target = shunned if one["Comparator"] == "DoesNotExist" else wanted
            target.add(one["QualificationTypeId"])
    return shunned - wanted
