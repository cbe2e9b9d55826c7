"""Counters that are kept beside the rows they count, changed in the same transaction."""

from __future__ import annotations

from sqlalchemy import bindparam, update
from sqlmodel import Session

from crowdbroker.marketplace.tables import Base

_worker = Base.metadata.tables["worker"].c
_COUNT_WORKER = (
    update(Base.metadata.tables["worker"])
    .where(_worker.id == bindparam("worker"))
    .values(
        submitted=_worker.submitted + bindparam("more_submitted"),
        approved=_worker.approved + bindparam("more_approved"),
        rejected=_worker.rejected + bindparam("more_rejected"),
    )
)
_hit_type = Base.metadata.tables["hit_type"].c
_COUNT_ASSIGNABLE = (
    update(Base.metadata.tables["hit_type"])
    .where(_hit_type.id == bindparam("type"))
    .values(assignable_hits=_hit_type.assignable_hits + bindparam("more"))
)


def count_worker(session: Session, worker_id: str, *, submitted: int = 0, approved: int = 0, rejected: int = 0) -> None:
    """Add to a worker's counters over all requesters."""
    changes = {"more_submitted": submitted, "more_approved": approved, "more_rejected": rejected}
    session.execute(_COUNT_WORKER, {"worker": worker_id} | changes)


def count_assignable(session: Session, hit_type_id: str, change: int) -> None:
    """Add to how many HITs of a type are Assignable."""
    session.connection().execute(_COUNT_ASSIGNABLE, {"type": hit_type_id, "more": change})
