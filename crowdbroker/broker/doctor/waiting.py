"""What waits for a person: Effects in doubt, and decisions that silence will take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.broker.deadlines import near_deadlines
from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.domain.durations import in_words
from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import EffectRow


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
