"""The HITs that `collect` looks at, as the store has them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState, HITState
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, HITItemRow, HITRow


@dataclass(frozen=True)
class WatchedHIT:
    """A published HIT, with what is stored of it: Assignments that are collected, and those that are decided."""

    row: int
    hit_id: str
    place_cents: int
    item_rows: tuple[int, ...]
    collected: int
    decided: int
    open: bool
    expires_at: datetime | None


def watched_hits(store: Store, batch_id: int, late: Collection[str]) -> dict[str, WatchedHIT]:
    """HITs in their order: the open ones, and closed ones with undecided Assignments or that are named."""
    with store.read() as session:
        items: dict[int, list[int]] = {}
        pages = (
            select(HITItemRow.hit_id, HITItemRow.item_id)
            .where(col(HITItemRow.hit_id) == col(HITRow.id), col(HITRow.batch_id) == batch_id)
            .order_by(col(HITItemRow.hit_id), col(HITItemRow.position))
        )
        for hit_row, item in session.exec(pages):
            items.setdefault(hit_row, []).append(item)
        counts = _counts(session, batch_id)
        hits = select(HITRow).where(col(HITRow.batch_id) == batch_id, col(HITRow.hit_id).is_not(None))
        watched = {}
        for hit in session.exec(hits.order_by(col(HITRow.position))):
            assert hit.id is not None
            assert hit.hit_id is not None
            collected, decided = counts.get(hit.id, (0, 0))
            if hit.state == HITState.OPEN or decided < collected or hit.hit_id in late:
                cents = hit.reward_cents + hit.fee_cents
                watched[hit.hit_id] = WatchedHIT(
                    hit.id,
                    hit.hit_id,
                    cents,
                    tuple(items[hit.id]),
                    collected,
                    decided,
                    hit.state == HITState.OPEN,
                    hit.expires_at,
                )
        return watched


def _counts(session: Session, batch_id: int) -> dict[int, tuple[int, int]]:
    decided = col(AssignmentRow.state).in_([AssignmentState.APPROVED, AssignmentState.REJECTED])
    rows = (
        select(AssignmentRow.hit_row, func.count(), func.count().filter(decided))
        .where(col(AssignmentRow.batch_id) == batch_id)
        .group_by(col(AssignmentRow.hit_row))
    )
    return {hit_row: (collected, done) for hit_row, collected, done in session.exec(rows)}
