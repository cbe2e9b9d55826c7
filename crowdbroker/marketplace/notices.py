"""What the marketplace itself tells a worker, in words for a person, stored with what it is about."""

from __future__ import annotations

from sqlmodel import Session, select

from crowdbroker.marketplace.inbox_tables import NoticeRow
from crowdbroker.marketplace.money import wire_from_cents
from crowdbroker.marketplace.tables import AssignmentRow, HitRow, HitTypeRow


def refused(session: Session, hit: HitRow, place: AssignmentRow, feedback: str, at_ms: int) -> None:
    """Tell a worker that an Assignment was refused and why."""
    why = f"The requester writes: {feedback}" if feedback else "The requester gave no reason."
    text = f"It will not be paid. {why}\nIf you think that this is a mistake, you can say so and be looked at again."
    _tell(session, place, f"Refused: {_title(session, hit)}", text, f"/done/{place.id}", at_ms)


def refusal_taken_back(session: Session, hit: HitRow, place: AssignmentRow, at_ms: int) -> None:
    """Tell a worker that a refused Assignment is approved after all."""
    text = f"The refusal was taken back and {_dollars(place.reward_cents)} are yours."
    _tell(session, place, f"Approved after all: {_title(session, hit)}", text, f"/done/{place.id}", at_ms)


def bonus(session: Session, place: AssignmentRow, cents: int, reason: str, at_ms: int) -> None:
    """Tell a worker of a bonus and its reason."""
    text = f"The requester writes: {reason}"
    _tell(session, place, f"A bonus of {_dollars(cents)}", text, "/earnings#bonuses", at_ms)


def paid_out(session: Session, worker_id: str, cents: int, run_id: str, at_ms: int) -> None:
    """Tell a worker that what was owed is on its way."""
    text = f"It is posted as paid in the payout {run_id}. Whoever runs this site sends the money."
    tell(session, worker_id, f"Paid out: {_dollars(cents)}", text, "/earnings#payouts", at_ms)


def payout_came_back(session: Session, worker_id: str, cents: int, reason: str, at_ms: int) -> None:
    """Tell a worker that a payment came back and is owed again."""
    text = f"{_dollars(cents)} are yours as before and come with the next payout. The reason: {reason}"
    tell(session, worker_id, "A payout came back", text, "/earnings#payouts", at_ms)


def revoked(session: Session, worker_id: str, type_id: str, name: str, reason: str, at_ms: int) -> None:
    """Tell a worker that a qualification was taken back."""
    why = f"The requester writes: {reason}" if reason else "The requester gave no reason."
    tell(session, worker_id, f"A qualification was taken back: {name}", why, f"/qualifications/{type_id}", at_ms)


def tell(session: Session, worker_id: str, subject: str, text: str, link: str, at_ms: int) -> None:
    """Put a notice into a worker's inbox."""
    session.add(NoticeRow(worker_id=worker_id, subject=subject, text=text, link=link, sent_ms=at_ms))


def _tell(session: Session, place: AssignmentRow, subject: str, text: str, link: str, at_ms: int) -> None:
    assert place.worker_id is not None, "what was handed in has its worker"
    tell(session, place.worker_id, subject, text, link, at_ms)


def _title(session: Session, hit: HitRow) -> str:
    return session.exec(select(HitTypeRow.title).where(HitTypeRow.id == hit.hit_type_id)).one()


def _dollars(cents: int) -> str:
    return f"${wire_from_cents(cents)}"
