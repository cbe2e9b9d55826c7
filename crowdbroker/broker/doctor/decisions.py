"""States and books tell the same: each decision is booked once, each payment has one done Effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, EffectRow, EntryRow

_DECIDED = (AssignmentState.APPROVED, AssignmentState.REJECTED)
_REPORT = "Keep a copy of the database and report this: no step of crowdbroker may lead here."


def work_is_booked_once(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """Each Assignment's place is owed, and paid or freed exactly where it is decided."""
    row = cast(col(AssignmentRow.id), String)
    decided = col(AssignmentRow.state).in_(_DECIDED)
    wrong = {
        "was collected and its place is not owed in the books": ~_posted("owe:", row),
        "is decided and the books do not say so": decided & ~_posted("decide:", row),
        "waits for its decision and the books have one": ~decided & _posted("decide:", row),
    }
    for said, which in wrong.items():
        rows = select(AssignmentRow).where(col(AssignmentRow.batch_id) == batch.id, which)
        for one in session.exec(rows.order_by(col(AssignmentRow.id))):
            yield Finding(
                "decisions",
                batch.name,
                one.assignment_id,
                f"Assignment {one.assignment_id} ({one.state}) {said}",
                _REPORT,
                {"state": one.state},
            )


def effects_are_booked_once(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """Money of an Effect is set aside before it is called, posted when it is done, given back when it failed."""
    key, state, kind = col(EffectRow.key), col(EffectRow.state), col(EffectRow.kind)
    spends = kind.in_([EffectKind.CREATE_HIT, EffectKind.BONUS, EffectKind.REVERSE])
    failed, paid = state == EffectState.FAILED, state == EffectState.DONE
    wrong = {
        "has no money set aside": spends & ~_posted("reserve:", key),
        "failed and its money was not given back": spends & failed & ~_posted("release:", key),
        "did not fail and its money was given back": spends & ~failed & _posted("release:", key),
        "is done and its bonus is not in the books": (kind == EffectKind.BONUS) & paid & ~_posted("bonus:", key),
        "is not done and its bonus is in the books": (kind == EffectKind.BONUS) & ~paid & _posted("bonus:", key),
        "is done and its pay is not in the books": (kind == EffectKind.REVERSE) & paid & ~_posted("reverse:", key),
        "is not done and its pay is in the books": (kind == EffectKind.REVERSE) & ~paid & _posted("reverse:", key),
    }
    for said, which in wrong.items():
        rows = select(EffectRow).where(col(EffectRow.batch_id) == batch.id, which)
        for one in session.exec(rows.order_by(col(EffectRow.id))):
            yield _of_effect(batch, one, said)


def done_decisions_are_states(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """What the marketplace was seen to have decided is the Assignment's state."""
    rows = (
        select(EffectRow)
        .where(
            col(EffectRow.assignment_row) == col(AssignmentRow.id),
            col(EffectRow.batch_id) == batch.id,
            col(EffectRow.state) == EffectState.DONE,
            col(AssignmentRow.state).not_in(_DECIDED),
        )
        .order_by(col(EffectRow.id))
    )
    for one in session.exec(rows):
        yield _of_effect(batch, one, "is done and its Assignment still waits")


def _posted(prefix: str, name: Any) -> Any:
    """Whether the transfer of that name is in the books."""
    return select(EntryRow.transfer).where(col(EntryRow.transfer) == literal(prefix) + name).exists()


def _of_effect(batch: BatchView, effect: EffectRow, said: str) -> Finding:
    return Finding(
        "effects",
        batch.name,
        effect.key,
        f"the Effect {effect.key} ({effect.state}) {said}",
        _REPORT,
        {"state": effect.state, "kind": effect.kind},
    )
