"""`forget`: what is known of a Worker as a person goes; what the books and the Labels rest on stays.

The WorkerId stays too: it is what keeps an Assignment from being paid twice, and the marketplace knows it anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.errors import CrowdbrokerError, InputError
from crowdbroker.store.audit import record
from crowdbroker.store.review_tables import WorkerNoteRow
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, WorkerRow

_UNDECIDED = (AssignmentState.SUBMITTED, AssignmentState.HELD)
_UNENDED = (EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT)


class NotYet(CrowdbrokerError):
    """Something about the Worker is still under way; nothing was forgotten."""


@dataclass(frozen=True)
class Forgotten:
    """What went: whether there was a name, and how many notes."""

    name: bool
    notes: int


def forget(store: Store, worker_id: str, *, actor: str, now: datetime) -> Forgotten:
    """Delete a Worker's name and what people noted about them; reports and pages call them forgotten from now on.

    Raises:
        InputError: there is no such Worker.
        NotYet: an Assignment of theirs is undecided, or a call about them has not ended.
    """
    with store.write() as session:
        # Work that comes in meanwhile refers to this row, so that it waits until this is over.
        rows = select(WorkerRow).where(col(WorkerRow.worker_id) == worker_id).with_for_update()
        worker = session.exec(rows).one_or_none()
        if worker is None:
            raise InputError(
                f"there is no Worker {worker_id!r}",
                field="WORKER_ID",
                remedy="`crowdbroker export --what workers` lists their WorkerIds.",
            )
        _refuse_unfinished(session, worker)
        notes = session.exec(delete(WorkerNoteRow).where(col(WorkerNoteRow.worker_row) == worker.id)).rowcount
        gone = Forgotten(bool(worker.name), notes)
        worker.name = ""
        subject, evidence = f"worker:{worker_id}", {"worker": worker.id, "notes": notes}
        record(session, actor=actor, action="forget", subject=subject, evidence=evidence, at=now)
    return gone


def _refuse_unfinished(session: Session, worker: WorkerRow) -> None:
    mine = col(AssignmentRow.worker_row) == worker.id
    undecided = select(AssignmentRow.id).where(mine, col(AssignmentRow.state).in_(_UNDECIDED))
    if session.exec(undecided.limit(1)).first() is not None:
        raise NotYet(
            f"an Assignment of {worker.worker_id} is not decided yet",
            remedy="Judge and settle its Batch first, then forget them.",
        )
    under_way = select(EffectRow.id).where(
        col(EffectRow.request)["worker_id"].as_string() == worker.worker_id, col(EffectRow.state).in_(_UNENDED)
    )
    found = session.exec(under_way.limit(1)).first()
    if found is not None:
        raise NotYet(
            f"a call about {worker.worker_id} has not ended: Effect {found}",
            remedy="Run `crowdbroker settle`, or `crowdbroker resolve` where it is in doubt, then forget them.",
        )
