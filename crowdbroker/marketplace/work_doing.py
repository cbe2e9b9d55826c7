"""Doing work: accepting a HIT, the queue of what is held, handing in, giving back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.marketplace import consent, lifecycle, review_policies
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualifications import Action
from crowdbroker.marketplace.questions import stored_question
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, HitRow, HitTypeRow, WorkerRow
from crowdbroker.marketplace.times import SECOND_MS, from_ms
from crowdbroker.marketplace.work_answers import answer_to
from crowdbroker.marketplace.work_errors import (
    AlreadyDone,
    NotHeld,
    NothingLeft,
    NotQualified,
    QueueFull,
    TooLate,
)
from crowdbroker.marketplace.work_offers import acceptable, question_xml, type_of
from crowdbroker.marketplace.work_views import Held
from crowdbroker.marketplace.workers import known, may_with

MOST_HELD = 25


def accept(market: Marketplace, worker_id: str, hit_id: str) -> Held:
    """Give a place of this HIT to the worker.

    Raises:
        UnknownWorker, NothingLeft, AlreadyDone, NotQualified, QueueFull, ConsentNeeded.
    """
    now_ms = market.now_ms()
    catch_up(market, now_ms)
    with market.write() as session:
        worker = known(session, worker_id)
        hit = lifecycle.locked_hit(session, hit_id)
        if hit is None:
            raise NothingLeft("This work is no longer available.")
        mine = select(AssignmentRow.id).where(AssignmentRow.hit_id == hit_id, AssignmentRow.worker_id == worker_id)
        if session.exec(mine).first() is not None:
            raise AlreadyDone("You have already taken this HIT.")
        return _accept(market, session, worker, hit, now_ms)


def accept_next(market: Marketplace, worker_id: str, hit_type_id: str) -> Held:
    """Give the worker a place of the group's oldest HIT that this worker can accept.

    Raises:
        UnknownWorker, NothingLeft, NotQualified, QueueFull, ConsentNeeded.
    """
    now_ms = market.now_ms()
    catch_up(market, now_ms)
    with market.write() as session:
        worker = known(session, worker_id)
        # Rows that another process is just giving away are passed over rather than waited for.
        oldest = acceptable(worker_id, hit_type_id).limit(1).with_for_update(skip_locked=True)
        hit = session.exec(oldest).first()
        if hit is None:
            raise NothingLeft("There is no more work for you in this group.")
        return _accept(market, session, worker, hit, now_ms)


def held(market: Marketplace, worker_id: str) -> list[Held]:
    """Return the worker's queue, the nearest deadline first. Raises UnknownWorker."""
    catch_up(market, market.now_ms())
    with market.read() as session:
        known(session, worker_id)
        rows = select(AssignmentRow).where(AssignmentRow.worker_id == worker_id, AssignmentRow.status == lifecycle.HELD)
        places = session.exec(rows.order_by(col(AssignmentRow.deadline_ms), col(AssignmentRow.id))).all()
        return [_held(session, place) for place in places]


def get_held(market: Marketplace, worker_id: str, assignment_id: str) -> Held:
    """Return one Assignment that the worker holds. Raises UnknownWorker, NotHeld, TooLate or AlreadyDone."""
    catch_up(market, market.now_ms())
    with market.read() as session:
        known(session, worker_id)
        return _held(session, _checked(session.get(AssignmentRow, assignment_id), worker_id))


def submit(market: Marketplace, worker_id: str, assignment_id: str, fields: Sequence[tuple[str, str]]) -> None:
    """Hand in the form fields of a held Assignment; those that name the Assignment are not part of the answer.

    Raises:
        UnknownWorker, NotHeld.
        AlreadyDone: the worker has handed it in before.
        TooLate: the deadline has passed; nothing is stored.
        EmptyAnswer: there is no other field.
        Incomplete: an answer to a QuestionForm is missing or not as asked.
    """
    now_ms = market.now_ms()
    catch_up(market, now_ms)
    with market.write() as session:
        hit, place = _locked(session, worker_id, assignment_id)
        answer = answer_to(question_xml(session, hit.id), fields)
        with review_policies.when_reviewable(session, hit, now_ms):
            lifecycle.hand_in(session, hit, place, answer, now_ms)
            review_policies.submitted(session, hit, place, now_ms)


def give_back(market: Marketplace, worker_id: str, assignment_id: str) -> None:
    """Return a held Assignment; its place is free again. Raises UnknownWorker, NotHeld, TooLate or AlreadyDone."""
    now_ms = market.now_ms()
    catch_up(market, now_ms)
    with market.write() as session:
        hit, place = _locked(session, worker_id, assignment_id)
        with review_policies.when_reviewable(session, hit, now_ms):
            lifecycle.free(session, hit, place, now_ms, late=False)


def _accept(market: Marketplace, session: Session, worker: WorkerRow, hit: HitRow, now_ms: int) -> Held:
    kind = type_of(session, hit)
    settled_ms = market.fidelity.qualifications_settled_ms(now_ms)
    if not may_with(session, worker, kind, Action.ACCEPT, granted_by_ms=settled_ms):
        raise NotQualified("You do not meet the requirements of this work.")
    if hit.available == 0 or hit.expires_ms <= now_ms:
        raise NothingLeft("This work is no longer available.")
    _refuse_full_queue(session, worker)
    consent.refuse_without(session, worker.id, kind)
    place = _place(market, session, hit, kind, worker.id, now_ms)
    lifecycle.take(session, hit, place, now_ms)
    return _held(session, place)


def _place(
    market: Marketplace, session: Session, hit: HitRow, kind: HitTypeRow, worker_id: str, now_ms: int
) -> AssignmentRow:
    """Return a place under the terms of this moment: one that was given back, or a new one."""
    free = select(AssignmentRow.id).where(AssignmentRow.hit_id == hit.id, col(AssignmentRow.worker_id).is_(None))
    known_id = session.exec(free.order_by(col(AssignmentRow.id)).limit(1)).first()
    place = AssignmentRow(
        id=known_id or market.ids.entity(),
        hit_id=hit.id,
        requester_id=hit.requester_id,
        worker_id=worker_id,
        status=lifecycle.FREE,
        reward_cents=kind.reward_cents,
        fee_cents=hit.place_cents - kind.reward_cents,
        held_cents=0,
        auto_approval_s=kind.auto_approval_s,
        accepted_ms=now_ms,
        deadline_ms=now_ms + kind.duration_s * SECOND_MS,
    )
    return session.merge(place) if known_id else place


def _refuse_full_queue(session: Session, worker: WorkerRow) -> None:
    # Locked so that two accepts of one worker cannot both see room for one.
    session.exec(select(WorkerRow.id).where(WorkerRow.id == worker.id).with_for_update()).one()
    rows = select(func.count()).where(AssignmentRow.worker_id == worker.id, AssignmentRow.status == lifecycle.HELD)
    if session.exec(rows).one() >= MOST_HELD:
        raise QueueFull(f"You hold {MOST_HELD} Assignments, which is the most; hand in or return one first.")


def _locked(session: Session, worker_id: str, assignment_id: str) -> tuple[HitRow, AssignmentRow]:
    known(session, worker_id)
    hit_id = session.exec(select(AssignmentRow.hit_id).where(AssignmentRow.id == assignment_id)).first()
    hit = None if hit_id is None else lifecycle.locked_hit(session, hit_id)
    place = _checked(lifecycle.locked_assignment(session, assignment_id), worker_id)
    assert hit is not None, "an Assignment has its HIT"
    return hit, place


def _checked(place: AssignmentRow | None, worker_id: str) -> AssignmentRow:
    if place is None or place.worker_id != worker_id:
        if place is not None and place.late_worker_id == worker_id:
            raise TooLate("The time for this Assignment has run out.")
        raise NotHeld("You do not hold this Assignment.")
    if place.status != lifecycle.HELD:
        raise AlreadyDone("You have already submitted this Assignment.")
    return place


def _held(session: Session, place: AssignmentRow) -> Held:
    hit = session.exec(select(HitRow).where(HitRow.id == place.hit_id)).one()
    kind = type_of(session, hit)
    question = stored_question(question_xml(session, hit.id))
    return Held(
        assignment_id=place.id,
        hit_id=hit.id,
        hit_type_id=kind.id,
        worker_id=place.worker_id or "",
        title=kind.title,
        reward_cents=place.reward_cents,
        html=question.html,
        external_url=question.external_url,
        frame_height=question.frame_height,
        accepted_at=from_ms(place.accepted_ms),
        deadline=from_ms(place.deadline_ms),
        form=question.form,
    )
