"""Places and HITs: nobody takes more places than there are, and every HIT has its Effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import EffectState, HITState
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITItemRow, HITRow, WorkerRow


def places_are_not_overfilled(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """No HIT has more submissions than places."""
    submitted = func.count(col(AssignmentRow.id))
    rows = (
        select(HITRow.position, HITRow.hit_id, HITRow.max_assignments, submitted)
        .where(col(AssignmentRow.hit_row) == col(HITRow.id), col(HITRow.batch_id) == batch.id)
        .group_by(col(HITRow.id), col(HITRow.position), col(HITRow.hit_id), col(HITRow.max_assignments))
        .having(submitted > col(HITRow.max_assignments))
    )
    for position, hit_id, places, count in session.exec(rows.order_by(col(HITRow.position))):
        yield Finding(
            "places",
            batch.name,
            hit_id or f"HIT {position + 1}",
            f"the HIT {position + 1} has {places} places and {count} submissions",
            "Somebody added places at the marketplace itself, or an AssignmentId passed to another Worker after it "
            "was collected: compare the HIT at the marketplace.",
            {"places": places, "submissions": count},
        )


def nobody_answers_a_hit_twice(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """A Worker has one Assignment of a HIT at the most."""
    count = func.count()
    rows = (
        select(HITRow.hit_id, WorkerRow.worker_id, count)
        .where(
            col(AssignmentRow.hit_row) == col(HITRow.id),
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.batch_id) == batch.id,
        )
        .group_by(col(HITRow.hit_id), col(WorkerRow.worker_id))
        .having(count > 1)
    )
    for hit_id, worker_id, times in session.exec(rows.order_by(col(HITRow.hit_id), col(WorkerRow.worker_id))):
        yield Finding(
            "places",
            batch.name,
            str(hit_id),
            f"{worker_id} has {times} Assignments of one HIT",
            "The marketplace allowed it; labelling counts each Answer. Look at both and refuse none without reading "
            "it.",
            {"worker_id": worker_id, "assignments": times},
        )


def hits_have_their_effects(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """A HIT is at the marketplace exactly where the Effect that made it is done."""
    made = select(EffectRow.hit_row).where(
        col(EffectRow.batch_id) == batch.id,
        col(EffectRow.kind) == EffectKind.CREATE_HIT,
        col(EffectRow.state) == EffectState.DONE,
    )
    published = col(HITRow.hit_id).is_not(None)
    of_batch = select(HITRow).where(col(HITRow.batch_id) == batch.id).order_by(col(HITRow.position))
    for hit in session.exec(of_batch.where(published, col(HITRow.id).not_in(made))):
        yield _odd(batch, hit, f"HIT {hit.position + 1} is {hit.hit_id} at the marketplace and no Effect made it")
    for hit in session.exec(of_batch.where(~published, col(HITRow.id).in_(made))):
        yield _odd(batch, hit, f"HIT {hit.position + 1} was made and its HITId is not stored")
    for hit in session.exec(of_batch.where(published == (col(HITRow.state) == HITState.PLANNED))):
        yield _odd(batch, hit, f"HIT {hit.position + 1} is {hit.state}, and its HITId is {hit.hit_id or 'not stored'}")
    items = select(HITItemRow.hit_id).where(col(HITItemRow.hit_id) == col(HITRow.id))
    for hit in session.exec(of_batch.where(~items.exists())):
        yield _odd(batch, hit, f"HIT {hit.position + 1} has no Items")


def _odd(batch: BatchView, hit: HITRow, what: str) -> Finding:
    return Finding(
        "hits",
        batch.name,
        hit.hit_id or f"HIT {hit.position + 1}",
        what,
        "Keep a copy of the database and report this; the HIT can be ended with crowdbroker close.",
        {"state": hit.state, "hit_id": hit.hit_id},
    )
