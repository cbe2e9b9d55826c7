"""Work for whose place nothing is reserved: nobody's answer is lost, and its money is found again.

A list can lag behind a HIT that has expired, so that a HIT is closed with a place that was in fact submitted: the
money of that place was given back, and may have gone to other HITs since. Or somebody else has added places to a HIT
at the marketplace. The Worker is paid by the marketplace all the same, so the books follow: out of what is available,
and beyond it by a deposit that raises the Batch's budget and is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import EffectState, HITState
from crowdbroker.domain.money import dollars
from crowdbroker.store.audit import record
from crowdbroker.store.ingest import Submission
from crowdbroker.store.ledger import Account, Transfer, balances, post
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, HITRow, WorkerRow

_LISTS_LAG = timedelta(hours=2)
"""Longer than any lag that was reported of ListAssignmentsForHIT."""


def reserve_late(session: Session, submissions: Sequence[Submission], now: datetime) -> None:
    """Set money aside for the new ones among these that no reserved place is left for, before they are stored."""
    late = _late(session, submissions)
    if not late:
        return
    batch_id = late[0].batch_id
    available = balances(session, batch_id)[Account.AVAILABLE]
    for one in late:
        short = max(0, one.place_cents - available)
        available -= one.place_cents - short
        moves = {
            Account.DEPOSITED: -short,
            Account.AVAILABLE: short - one.place_cents,
            Account.RESERVED: one.place_cents,
        }
        post(session, [Transfer(_key(one), batch_id, moves)], now)
        if short:
            _raise_budget(session, batch_id, one, short, now)


def _late(session: Session, submissions: Sequence[Submission]) -> list[Submission]:
    """Those that are not stored yet and for whose place nothing is reserved, in the order in which they came."""
    room = _room(session, submissions)
    if not room:
        return []
    stored = select(AssignmentRow.assignment_id, WorkerRow.worker_id).where(
        col(AssignmentRow.worker_row) == col(WorkerRow.id), col(AssignmentRow.hit_row).in_(room)
    )
    known = set(session.exec(stored).all())
    late = []
    for one in submissions:
        if one.hit_row not in room or (one.assignment_id, one.worker_id) in known:
            continue
        if room[one.hit_row] > 0:
            room[one.hit_row] -= 1
        else:
            late.append(one)
    return late


def _room(session: Session, submissions: Sequence[Submission]) -> dict[int, int]:
    """HIT row -> reserved places that are left, of the HITs where these may not find one.

    A HIT that is being reopened has its places' money, and so has an open one that gets more of them.
    """
    came = Counter(one.hit_row for one in submissions)
    submitted = Counter(
        dict(
            session.exec(
                select(AssignmentRow.hit_row, func.count())
                .where(col(AssignmentRow.hit_row).in_(came))
                .group_by(col(AssignmentRow.hit_row))
            ).all()
        )
    )
    hits = session.exec(select(HITRow.id, HITRow.state, HITRow.max_assignments).where(col(HITRow.id).in_(came))).all()
    places = {row: 0 if state == HITState.CLOSED else most for row, state, most in hits if row is not None}
    tight = [row for row, most in places.items() if submitted[row] + came[row] > most]
    changing = _changing(session, tight) if tight else set()
    return {row: max(0, places[row] - submitted[row]) for row in tight if row not in changing}


def _changing(session: Session, rows: Sequence[int]) -> set[int]:
    # On a HIT that stays closed they are given back as soon as it is known whether they were added.
    grows = (col(EffectRow.kind) == EffectKind.EXTEND) & (col(HITRow.state) == HITState.OPEN)
    reopens = (col(EffectRow.kind) == EffectKind.EXPIRE) & col(EffectRow.request)["reopen"].as_boolean()
    found = select(HITRow.id).where(
        col(EffectRow.hit_row) == col(HITRow.id),
        col(HITRow.id).in_(rows),
        col(EffectRow.state).in_([EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT]),
        grows | reopens,
    )
    return {row for row in session.exec(found) if row is not None}


def _key(one: Submission) -> str:
    return f"late:{one.hit_row}:{one.assignment_id}:{one.worker_id}"


def _raise_budget(session: Session, batch_id: int, one: Submission, short: int, now: datetime) -> None:
    session.get_one(BatchRow, batch_id).cap_cents += short
    record(
        session,
        actor="crowdbroker collect",
        action="overrun",
        subject=one.assignment_id,
        reason=f"No place was reserved for it any more, and {dollars(short)} of its price was not available.",
        evidence={"cents": short, "worker_id": one.worker_id},
        batch_id=batch_id,
        at=now,
    )


def lately_ended(session: Session, batch_id: int, now: datetime) -> list[str]:
    """HITIds of closed HITs with empty places that expired a short while ago: one more listing may show late work."""
    submitted = (
        select(func.count()).where(col(AssignmentRow.hit_row) == col(HITRow.id)).correlate(HITRow).scalar_subquery()
    )
    rows = select(HITRow.hit_id).where(
        col(HITRow.batch_id) == batch_id,
        col(HITRow.state) == HITState.CLOSED,
        col(HITRow.expires_at) > now - _LISTS_LAG,
        submitted < col(HITRow.max_assignments),
    )
    return [hit_id for hit_id in session.exec(rows.order_by(col(HITRow.position))) if hit_id is not None]
