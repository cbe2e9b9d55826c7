"""What waits for a person: Effects in doubt, and decisions that are refused or that silence will take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.deadlines import near_deadlines
from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.durations import in_words
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, EffectRow


def nothing_is_in_doubt(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """Of every Effect it is known whether it happened."""
    rows = select(EffectRow).where(col(EffectRow.batch_id) == batch.id, col(EffectRow.state) == EffectState.IN_DOUBT)
    for effect in session.exec(rows.order_by(col(EffectRow.id))):
        yield Finding(
            "in doubt",
            batch.name,
            effect.key,
            f"nobody knows whether the Effect {effect.id} happened ({effect.kind.replace('_', ' ')}): "
            f"{effect.problem or 'no reply came'}",
            f"--repair looks once more; a person settles it with crowdbroker resolve {effect.id}.",
            {"effect": effect.id, "kind": effect.kind, "request": effect.request, "attempts": effect.attempts},
            Repair.LOOK_AGAIN,
        )


def decisions_come_in_time(session: Session, batch: BatchView, now: datetime) -> Iterator[Finding]:
    """Nothing that a person holds, or that is to be refused, is about to be paid by itself."""
    for one in near_deadlines(session, batch.id, now):
        left = (one.at - now).total_seconds()
        when = f"in {in_words(left)}" if left > 0 else "or was already"
        yield Finding(
            "deadlines",
            batch.name,
            one.assignment_id,
            f"Assignment {one.assignment_id} of {one.worker} is {one.verdict and one.verdict.replace('hold', 'held')} "
            f"and is paid by itself {when}",
            "Decide: crowdbroker judge --approve or --reject, then crowdbroker settle."
            if one.state == "held"
            else "Carry it out: crowdbroker settle.",
            {"auto_approval_at": one.at.isoformat(), "verdict": one.verdict},
        )


def decisions_are_carried_out(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """The marketplace has not refused the last try at the decision on any Assignment that is undecided."""
    last = (
        select(func.max(EffectRow.id))
        .where(
            col(EffectRow.batch_id) == batch.id,
            col(EffectRow.kind).in_([EffectKind.APPROVE, EffectKind.REJECT]),
        )
        .group_by(col(EffectRow.assignment_row))
    )
    rows = select(AssignmentRow, EffectRow).where(
        col(EffectRow.assignment_row) == col(AssignmentRow.id),
        col(EffectRow.id).in_(last),
        col(EffectRow.state) == EffectState.FAILED,
        col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
    )
    for one, effect in session.exec(rows.order_by(col(AssignmentRow.auto_approval_at), col(AssignmentRow.id))):
        yield Finding(
            "refused decisions",
            batch.name,
            one.assignment_id,
            f"the marketplace refused to {effect.kind} the Assignment {one.assignment_id}: {effect.problem}",
            "Correct the cause; crowdbroker settle tries again until the Assignment is paid by itself "
            f"({one.auto_approval_at:%Y-%m-%d %H:%M} UTC).",
            {"effect": effect.id, "auto_approval_at": one.auto_approval_at.isoformat()},
        )
