"""What a worker may choose from: groups of HITs, the HITs of one, a preview."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from crowdbroker.marketplace.lifecycle import ASSIGNABLE
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualifications import Action, standing
from crowdbroker.marketplace.questions import read_question
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow, BlockRow, HitRow, HitTypeRow, QuestionRow, RequesterRow
from crowdbroker.marketplace.times import from_ms
from crowdbroker.marketplace.work_errors import NothingLeft, NotQualified
from crowdbroker.marketplace.work_views import Group, Preview
from crowdbroker.marketplace.workers import known, may, may_with

BROWSE_AT_ONCE = 50


def groups(market: Marketplace, worker_id: str, *, search: str = "") -> list[Group]:
    """Return the groups that have a HIT this worker could take and see, newest first.

    Args:
        market: where to look.
        worker_id: who looks. Requesters who block this worker and groups hidden by a requirement are left out.
        search: text that title, description or keywords contain, in any case.

    Raises:
        UnknownWorker: nobody has this WorkerId.
    """
    now_ms = market.now_ms()
    catch_up(market, now_ms)
    with market.read() as session:
        worker = known(session, worker_id)
        who = standing(session, worker)
        taken = _taken_by_type(session, worker_id)
        last_end = _last_end(session, search, worker_id)
        return [
            _group(kind, requester, kind.assignable_hits - taken.get(kind.id, 0), end_ms, may(who, kind, Action.ACCEPT))
            for kind, requester, end_ms in last_end
            if kind.assignable_hits > taken.get(kind.id, 0) and may(who, kind, Action.DISCOVER)
        ]


def browse(market: Marketplace, worker_id: str, hit_type_id: str) -> Iterator[Preview]:
    """Give the HITs of a group that this worker can still accept, oldest first, a few at a time from the database.

    Raises:
        UnknownWorker: nobody has this WorkerId.
        NotQualified: the worker may not preview this group.
    """
    catch_up(market, market.now_ms())
    with market.read() as session:
        kind = session.exec(select(HitTypeRow).where(HitTypeRow.id == hit_type_id)).first()
        if kind is not None and not may_with(session, known(session, worker_id), kind, Action.PREVIEW):
            raise NotQualified("You do not meet the requirements of this work.")
    return _previews(market, worker_id, hit_type_id)


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


def _previews(market: Marketplace, worker_id: str, hit_type_id: str) -> Iterator[Preview]:
    after = 0
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
    question = read_question(xml)
    return Preview(
        hit_id=hit.id,
        hit_type_id=kind.id,
        title=kind.title,
        reward_cents=kind.reward_cents,
        duration_s=kind.duration_s,
        html=question.html,
        external_url=question.external_url,
        frame_height=question.frame_height,
    )


def _taken_by_type(session: Session, worker_id: str) -> dict[str, int]:
    """Count, by type, the HITs with free places that this worker has a place in."""
    rows = (
        select(HitRow.hit_type_id, func.count())
        .join(AssignmentRow, col(AssignmentRow.hit_id) == col(HitRow.id))
        .where(AssignmentRow.worker_id == worker_id, HitRow.status == ASSIGNABLE)
        .group_by(col(HitRow.hit_type_id))
    )
    return dict(session.exec(rows).all())


def _last_end(session: Session, search: str, worker_id: str) -> list[tuple[HitTypeRow, str, int]]:
    """Return types with work, the requester's name and when the last of the HITs expires; newest first."""
    last_end = (
        select(func.max(HitRow.expires_ms))
        .where(HitRow.hit_type_id == HitTypeRow.id, HitRow.status == ASSIGNABLE)
        .correlate(HitTypeRow)
        .scalar_subquery()
    )
    blocking = select(BlockRow.requester_id).where(BlockRow.worker_id == worker_id)
    rows = (
        select(HitTypeRow, RequesterRow.name, last_end)
        .join(RequesterRow, col(RequesterRow.id) == col(HitTypeRow.requester_id))
        .where(HitTypeRow.assignable_hits > 0, col(HitTypeRow.requester_id).not_in(blocking))
        .order_by(col(HitTypeRow.seq).desc())
    )
    if search.strip():
        texts = col(HitTypeRow.title), col(HitTypeRow.description), col(HitTypeRow.keywords)
        rows = rows.where(or_(*(text.icontains(search.strip(), autoescape=True) for text in texts)))
    return [(kind, name, int(end_ms)) for kind, name, end_ms in session.exec(rows).all()]


def _group(kind: HitTypeRow, requester: str, available: int, end_ms: int, qualified: bool) -> Group:
    return Group(
        hit_type_id=kind.id,
        title=kind.title,
        description=kind.description,
        keywords=kind.keywords,
        requester=requester,
        reward_cents=kind.reward_cents,
        duration_s=kind.duration_s,
        available=available,
        expires_at=from_ms(end_ms),
        qualified=qualified,
        created_at=from_ms(kind.created_ms),
    )
