"""What a worker may choose from: the HITs of one group, a preview."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from crowdbroker.marketplace.lifecycle import ASSIGNABLE
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualifications import Action
from crowdbroker.marketplace.questions import stored_question
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, HitRow, HitTypeRow, QuestionRow
from crowdbroker.marketplace.work_errors import NothingLeft, NotQualified
from crowdbroker.marketplace.work_views import Preview
from crowdbroker.marketplace.workers import known, may_with

BROWSE_AT_ONCE = 50


def browse(market: Marketplace, worker_id: str, hit_type_id: str, *, after: str | None = None) -> Iterator[Preview]:
    """Give the HITs of a group that this worker can still accept, oldest first, a few at a time from the database.

    Args:
        after: a HIT of the group; only those that were made after it are given. None, or another HIT: all.

    Raises:
        UnknownWorker: nobody has this WorkerId.
        NotQualified: the worker may not preview this group.
    """
    catch_up(market, market.now_ms())
    with market.read() as session:
        kind = session.exec(select(HitTypeRow).where(HitTypeRow.id == hit_type_id)).first()
        if kind is not None and not may_with(session, known(session, worker_id), kind, Action.PREVIEW):
            raise NotQualified("You do not meet the requirements of this work.")
        passed = select(HitRow.seq).where(HitRow.id == after, HitRow.hit_type_id == hit_type_id)
        start = session.exec(passed).first() or 0
    return _previews(market, worker_id, hit_type_id, start)


def preview(market: Marketplace, worker_id: str, hit_id: str) -> Preview:
    """Return one HIT as the worker sees it before accepting.

    Raises:
        UnknownWorker: nobody has this WorkerId.
        NothingLeft: the HIT has no free place, or there is no such HIT.
        NotQualified: the worker may not preview it.
    """
    catch_up(market, market.now_ms())
    with market.read() as session:
        worker = known(session, worker_id)
        hit = session.exec(select(HitRow).where(HitRow.id == hit_id, HitRow.status == ASSIGNABLE)).first()
        if hit is None:
            raise NothingLeft("This work is no longer available.")
        kind = type_of(session, hit)
        if not may_with(session, worker, kind, Action.PREVIEW):
            raise NotQualified("You do not meet the requirements of this work.")
        return _preview(hit, kind, question_xml(session, hit.id))


def acceptable(worker_id: str, hit_type_id: str) -> SelectOfScalar[HitRow]:
    """Return the query for the HITs of a type that this worker can still accept, oldest first.

    After `catch_up` no expired HIT is Assignable. The query says nothing of the expiration, because then a database
    would sort all the type's HITs by it instead of reading the first ones in order.
    """
    mine = select(AssignmentRow.id).where(AssignmentRow.hit_id == HitRow.id, AssignmentRow.worker_id == worker_id)
    return (
        select(HitRow)
        .where(HitRow.hit_type_id == hit_type_id, HitRow.status == ASSIGNABLE)
        .where(~mine.exists())
        .order_by(col(HitRow.seq))
    )


def type_of(session: Session, hit: HitRow) -> HitTypeRow:
    """Return a HIT's type."""
    return session.exec(select(HitTypeRow).where(HitTypeRow.id == hit.hit_type_id)).one()


def question_xml(session: Session, hit_id: str) -> str:
    """Return a HIT's Question."""
    return session.exec(select(QuestionRow.question).where(QuestionRow.hit_id == hit_id)).one()


def _previews(market: Marketplace, worker_id: str, hit_type_id: str, after: int) -> Iterator[Preview]:
    while True:
        with market.read() as session:
            kind = session.exec(select(HitTypeRow).where(HitTypeRow.id == hit_type_id)).first()
            rows = acceptable(worker_id, hit_type_id).where(col(HitRow.seq) > after)
            found = session.exec(rows.limit(BROWSE_AT_ONCE)).all()
            questions = select(QuestionRow).where(col(QuestionRow.hit_id).in_([hit.id for hit in found]))
            xml = {row.hit_id: row.question for row in session.exec(questions)}
            shown = [_preview(hit, kind, xml[hit.id]) for hit in found if kind is not None]
        yield from shown
        if len(found) < BROWSE_AT_ONCE:
            return
        after = found[-1].seq or 0


def _preview(hit: HitRow, kind: HitTypeRow, xml: str) -> Preview:
    question = stored_question(xml)
    return Preview(
        hit_id=hit.id,
        hit_type_id=kind.id,
        title=kind.title,
        reward_cents=kind.reward_cents,
        duration_s=kind.duration_s,
        html=question.html,
        external_url=question.external_url,
        frame_height=question.frame_height,
        form=question.form,
    )
