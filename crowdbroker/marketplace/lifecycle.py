"""The moves of HITs and of the places in them; every status change of the marketplace is in this file.

    HIT         Assignable <-> Unassignable -> Reviewable <-> Reviewing -> Disposed
                Reviewable and Reviewing become Assignable again when an extension frees places
    Assignment  Free -> Held -> Submitted -> Approved | Rejected (-> Approved by override)
                Held -> Free when the worker returns it or lets its time run out

A move starts from rows that its transaction has locked (`locked_hit`, then `locked_assignment`, in this order), and
a HIT's row refuses a change that starts from an older version.
"""

from __future__ import annotations

from sqlmodel import Session, select

from crowdbroker.marketplace import events, ledger, notices
from crowdbroker.marketplace.counts import count_assignable, count_worker
from crowdbroker.marketplace.events import record
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.measured import count_decision, note_pace
from crowdbroker.marketplace.money import LARGE_HIT
from crowdbroker.marketplace.tables import AssignmentRow, HitRow
from crowdbroker.marketplace.times import DAY_MS, SECOND_MS

ASSIGNABLE = "Assignable"
UNASSIGNABLE = "Unassignable"
REVIEWABLE = "Reviewable"
REVIEWING = "Reviewing"
DISPOSED = "Disposed"
LIVE = (ASSIGNABLE, UNASSIGNABLE)

FREE = "Free"
HELD = "Held"
SUBMITTED = "Submitted"
APPROVED = "Approved"
REJECTED = "Rejected"

# Shown to requesters; a place that is free or held is not.
VISIBLE = (SUBMITTED, APPROVED, REJECTED)
KEPT_AFTER_END_MS = 120 * DAY_MS


def locked_hit(session: Session, hit_id: str) -> HitRow | None:
    """Return a HIT that nobody else changes until this transaction ends, or None."""
    found = select(HitRow).where(HitRow.id == hit_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()


def locked_assignment(session: Session, assignment_id: str) -> AssignmentRow | None:
    """Return an Assignment that nobody else changes until this transaction ends, or None."""
    found = select(AssignmentRow).where(AssignmentRow.id == assignment_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()


def take(session: Session, hit: HitRow, place: AssignmentRow, now_ms: int) -> None:
    """Give a place that is available to `place.worker_id`; the caller has checked that it may have it."""
    _shift(session, hit, now_ms, available=-1, pending=1)
    place.status = HELD
    place.held_cents = hit.place_cents
    place.due_ms = place.deadline_ms
    session.add(place)
    record(session, events.ACCEPTED, hit, now_ms, place)
    session.flush()


def free(session: Session, hit: HitRow, place: AssignmentRow, now_ms: int, *, late: bool) -> None:
    """Take a held place from its worker; it is available again unless the HIT has expired."""
    record(session, events.ABANDONED if late else events.RETURNED, hit, place.deadline_ms if late else now_ms, place)
    reopens = hit.expires_ms > now_ms
    keep_cents = hit.place_cents if reopens else 0
    release(session, hit, place.held_cents - keep_cents, now_ms, assignment_id=place.id)
    place.late_worker_id = place.worker_id if late else None
    place.worker_id = None
    place.status = FREE
    place.held_cents = 0
    place.due_ms = None
    session.flush()
    _shift(session, hit, now_ms, pending=-1, available=1 if reopens else 0)


def hand_in(session: Session, hit: HitRow, place: AssignmentRow, answer: str, now_ms: int) -> None:
    """Store a held place's answer."""
    place.status = SUBMITTED
    place.answer = answer
    place.submitted_ms = now_ms
    place.due_ms = now_ms + place.auto_approval_s * SECOND_MS
    record(session, events.SUBMITTED, hit, now_ms, place)
    session.flush()
    count_worker(session, _worker_of(place), submitted=1)
    _shift(session, hit, now_ms, pending=-1, submitted=1)
    note_pace(session, hit.hit_type_id, now_ms - place.accepted_ms)


def approve(session: Session, hit: HitRow, place: AssignmentRow, at_ms: int, feedback: str | None = None) -> None:
    """Pay a submitted place out of its hold, or a rejected one out of what the requester has available.

    Raises:
        Fault: InsufficientFunds, for a rejected one only.
    """
    overrides = place.status == REJECTED
    worker_id = _worker_of(place)
    if overrides:
        place.held_cents = place.reward_cents + place.fee_cents
        hold(session, hit, place.held_cents, at_ms, assignment_id=place.id)
    source = ledger.held(hit.requester_id)
    about = {"hit_id": hit.id, "assignment_id": place.id}
    ledger.move(session, source, ledger.owed(worker_id), place.reward_cents, "reward", at_ms, **about)
    ledger.move(session, source, ledger.FEES, place.fee_cents, "fee", at_ms, **about)
    rest_cents = place.held_cents - place.reward_cents - place.fee_cents
    release(session, hit, rest_cents, at_ms, assignment_id=place.id)
    _decide(session, place, APPROVED, at_ms, feedback)
    record(session, events.APPROVED, hit, at_ms, place)
    count_decision(session, hit.requester_id, approved=1, rejected=-1 if overrides else 0)
    if overrides:
        notices.refusal_taken_back(session, hit, place, at_ms)
    count_worker(session, worker_id, approved=1, rejected=-1 if overrides else 0)
    if not overrides:
        _shift(session, hit, at_ms, submitted=-1, completed=1)


def reject(session: Session, hit: HitRow, place: AssignmentRow, at_ms: int, feedback: str) -> None:
    """Refuse a submitted place; its hold goes back to the requester, the place stays used up."""
    release(session, hit, place.held_cents, at_ms, assignment_id=place.id)
    _decide(session, place, REJECTED, at_ms, feedback)
    record(session, events.REJECTED, hit, at_ms, place)
    count_decision(session, hit.requester_id, rejected=1)
    notices.refused(session, hit, place, feedback, at_ms)
    count_worker(session, _worker_of(place), rejected=1)
    _shift(session, hit, at_ms, submitted=-1, completed=1)


def extend(session: Session, hit: HitRow, now_ms: int, *, places: int = 0, expires_ms: int | None = None) -> None:
    """Add places and move the end; places of an expired HIT become available only when its end is moved too.

    Raises:
        Fault: InvalidMaximumAssignmentsIncrease or InsufficientFunds; nothing was changed then.
    """
    if hit.max_assignments < LARGE_HIT <= hit.max_assignments + places:
        # The fee's step at ten places is fixed at creation.
        raise Fault(
            "InvalidMaximumAssignmentsIncrease",
            f"A HIT created with fewer than {LARGE_HIT} assignments cannot have {LARGE_HIT} or more.",
        )
    _resize(session, hit, hit.max_assignments + places, expires_ms or hit.expires_ms, now_ms)
    record(session, events.EXTENDED, hit, now_ms)


def move_expiration(session: Session, hit: HitRow, expires_ms: int, now_ms: int) -> None:
    """Set when a HIT expires; a past moment closes its available places, a future one opens those that are left.

    This is the owner's own move: a HIT that it ends stays ended for policies until it is given a future moment.

    Raises:
        Fault: InsufficientFunds, when reopened places cannot be held; nothing was changed then.
    """
    if expires_ms <= now_ms:
        expire(session, hit, expires_ms, now_ms)
    elif expires_ms > hit.expires_ms:
        # The legacy API's ExtendHIT did both, more places and more time, and told of both alike.
        extend(session, hit, now_ms, expires_ms=expires_ms)
    else:
        _resize(session, hit, hit.max_assignments, expires_ms, now_ms)
    hit.ended = expires_ms <= now_ms
    session.flush()


def expire(session: Session, hit: HitRow, expires_ms: int, now_ms: int) -> None:
    """End a HIT; its available places close, who holds one keeps it."""
    # What is live has places that are not submitted yet; one whose end has come before waits for no moment any more.
    if hit.status in LIVE and hit.due_ms is not None:
        record(session, events.EXPIRED, hit, min(hit.expires_ms, now_ms))
    _resize(session, hit, hit.max_assignments, expires_ms, now_ms)


def change_type(session: Session, hit: HitRow, hit_type_id: str, place_cents: int, now_ms: int) -> None:
    """Give a HIT another type; available places then hold that type's price, held ones at least as much.

    Raises:
        Fault: InsufficientFunds.
    """
    change = hit.available * (place_cents - hit.place_cents)
    places = select(AssignmentRow).where(AssignmentRow.hit_id == hit.id, AssignmentRow.status == HELD)
    for place in session.exec(places).all():
        if place.held_cents < place_cents:
            change += place_cents - place.held_cents
            place.held_cents = place_cents
    hold(session, hit, max(change, 0), now_ms)
    release(session, hit, max(-change, 0), now_ms)
    if hit.status == ASSIGNABLE:
        count_assignable(session, hit.hit_type_id, -1)
        count_assignable(session, hit_type_id, 1)
    hit.hit_type_id = hit_type_id
    hit.place_cents = place_cents
    session.flush()


def review(session: Session, hit: HitRow, status: str) -> None:
    """Move a finished HIT between Reviewable and Reviewing."""
    hit.status = status
    session.flush()


def dispose(session: Session, hit: HitRow, now_ms: int) -> None:
    """Take a finished HIT out of every list; its Assignments can no longer be read or decided."""
    hit.status = DISPOSED
    hit.listed = False
    hit.due_ms = None
    record(session, events.DISPOSED, hit, now_ms)
    session.flush()


def hold(session: Session, hit: HitRow, cents: int, at_ms: int, *, assignment_id: str | None = None) -> None:
    """Set a requester's money aside. Raises Fault, InsufficientFunds."""
    source, target = ledger.available(hit.requester_id), ledger.held(hit.requester_id)
    ledger.move(session, source, target, cents, "hold", at_ms, hit_id=hit.id, assignment_id=assignment_id)


def release(session: Session, hit: HitRow, cents: int, at_ms: int, *, assignment_id: str | None = None) -> None:
    """Give held money back to the requester."""
    source, target = ledger.held(hit.requester_id), ledger.available(hit.requester_id)
    ledger.move(session, source, target, cents, "release", at_ms, hit_id=hit.id, assignment_id=assignment_id)


def _resize(session: Session, hit: HitRow, max_assignments: int, expires_ms: int, now_ms: int) -> None:
    unused = max_assignments - hit.pending - hit.submitted - hit.completed
    change = (unused if expires_ms > now_ms else 0) - hit.available
    hold(session, hit, max(change, 0) * hit.place_cents, now_ms)
    release(session, hit, max(-change, 0) * hit.place_cents, now_ms)
    hit.max_assignments = max_assignments
    hit.expires_ms = expires_ms
    _shift(session, hit, now_ms, available=change)


def _shift(
    session: Session,
    hit: HitRow,
    at_ms: int,
    *,
    available: int = 0,
    pending: int = 0,
    submitted: int = 0,
    completed: int = 0,
) -> None:
    hit.available += available
    hit.pending += pending
    hit.submitted += submitted
    hit.completed += completed
    was, hit.status = hit.status, _resting(hit)
    if hit.status == ASSIGNABLE:
        hit.due_ms = hit.expires_ms
    elif hit.status == UNASSIGNABLE:
        hit.due_ms = hit.expires_ms if hit.expires_ms > at_ms else None
    elif was in LIVE:
        hit.due_ms = at_ms + KEPT_AFTER_END_MS
    if was != hit.status and ASSIGNABLE in (was, hit.status):
        count_assignable(session, hit.hit_type_id, 1 if hit.status == ASSIGNABLE else -1)
    session.flush()


def _resting(hit: HitRow) -> str:
    if hit.status == DISPOSED:
        return DISPOSED
    if hit.available:
        return ASSIGNABLE
    if hit.pending:
        return UNASSIGNABLE
    return REVIEWING if hit.status == REVIEWING else REVIEWABLE


def _decide(session: Session, place: AssignmentRow, status: str, at_ms: int, feedback: str | None) -> None:
    place.status = status
    place.decided_ms = at_ms
    place.feedback = feedback if feedback is not None else place.feedback
    place.held_cents = 0
    place.due_ms = None
    session.flush()


def _worker_of(place: AssignmentRow) -> str:
    assert place.worker_id is not None, "a place that was handed in has its worker"
    return place.worker_id
