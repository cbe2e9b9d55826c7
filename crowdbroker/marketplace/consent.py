"""A worker's consent: asked for once a version, before the first HIT is accepted, and free to be taken back."""

from __future__ import annotations

from sqlmodel import Session, col, select

from crowdbroker.marketplace import lifecycle, review_policies
from crowdbroker.marketplace.consent_tables import ConsentRow, ConsentTextRow
from crowdbroker.marketplace.consent_texts import text_for
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.tables import AssignmentRow, HitRow, HitTypeRow
from crowdbroker.marketplace.work_errors import ConsentNeeded, NothingLeft
from crowdbroker.marketplace.workers import known


def refuse_without(session: Session, worker_id: str, kind: HitTypeRow) -> None:
    """Raise ConsentNeeded when a HIT type asks for a consent that the worker has not given."""
    text = text_for(session, kind)
    if text is not None and _standing(session, worker_id, text.seq) is None:
        assert text.seq is not None, "it is stored"
        raise ConsentNeeded(text.seq)


def give(market: Marketplace, worker_id: str, text_id: int) -> None:
    """Store a worker's consent to a version; given twice it is given once.

    Raises:
        UnknownWorker: nobody has this WorkerId.
        NothingLeft: the version is not asked for (any more).
    """
    with market.write() as session:
        # Locked, so that the same form sent twice stores one consent.
        text = session.exec(select(ConsentTextRow).where(ConsentTextRow.seq == text_id).with_for_update()).first()
        known(session, worker_id)
        if text is None or text.ended_ms is not None:
            raise NothingLeft("This text has changed. Open the work again to read the new one.")
        if _standing(session, worker_id, text_id) is None:
            session.add(ConsentRow(text_seq=text_id, worker_id=worker_id, given_ms=market.now_ms()))


def withdraw(market: Marketplace, worker_id: str, text_id: int) -> int:
    """Take a consent back, return what the worker holds under it, and say how many Assignments that was.

    What was submitted before stays with the requester. Raises UnknownWorker.
    """
    now_ms = market.now_ms()
    with market.write() as session:
        known(session, worker_id)
        consent = _standing(session, worker_id, text_id)
        if consent is None:
            return 0
        consent.withdrawn_ms = now_ms
        held = _held_under(session, worker_id, text_id)
        for assignment_id, hit_id in held:
            _give_back(session, assignment_id, hit_id, now_ms)
        return len(held)


def _standing(session: Session, worker_id: str, text_id: int | None) -> ConsentRow | None:
    rows = select(ConsentRow).where(
        ConsentRow.worker_id == worker_id, ConsentRow.text_seq == text_id, col(ConsentRow.withdrawn_ms).is_(None)
    )
    return session.exec(rows).first()


def _held_under(session: Session, worker_id: str, text_id: int) -> list[tuple[str, str]]:
    text = session.get_one(ConsentTextRow, text_id)
    rows = (
        select(AssignmentRow.id, AssignmentRow.hit_id)
        .join(HitRow, col(HitRow.id) == col(AssignmentRow.hit_id))
        .where(AssignmentRow.worker_id == worker_id, AssignmentRow.status == lifecycle.HELD)
        .where(AssignmentRow.requester_id == text.requester_id)
        .order_by(col(AssignmentRow.hit_id))
    )
    if text.hit_type_id is not None:
        rows = rows.where(HitRow.hit_type_id == text.hit_type_id)
    return list(session.exec(rows).all())


def _give_back(session: Session, assignment_id: str, hit_id: str, now_ms: int) -> None:
    hit = lifecycle.locked_hit(session, hit_id)
    place = lifecycle.locked_assignment(session, assignment_id)
    assert hit is not None, "an Assignment has its HIT"
    if place is not None and place.status == lifecycle.HELD:
        with review_policies.when_reviewable(session, hit, now_ms):
            lifecycle.free(session, hit, place, now_ms, late=False)
