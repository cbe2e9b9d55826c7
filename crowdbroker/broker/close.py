"""`pause`, `resume` and `close`: a Batch stops taking work for a while or for good; accepted work may still come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import HITState
from crowdbroker.errors import InputError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.effects import Intent, intend
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EffectRow, HITRow

_LEAST_LIFE = timedelta(seconds=60)


def pause(
    store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime], *, marketplace: str
) -> RelayReport:
    """Expire the open HITs for now; MTurk knows no other brake.

    Raises:
        InputError: the Batch is paused or closed already.
    """
    check_marketplace(batch, marketplace)
    now = clock()
    with store.write() as session:
        row = _live(session, batch)
        if row.paused_at is not None:
            raise InputError(f"the Batch {batch.name!r} is paused", field="--batch", remedy="crowdbroker resume")
        row.paused_at = now
        intend(session, _expiries(session, batch, now), now)
    return relay(store, market, clock, batch_id=batch.id)


def resume(
    store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime], *, marketplace: str
) -> RelayReport:
    """Offer the open HITs again, for the time that they had left when the Batch was paused.

    Raises:
        InputError: the Batch is not paused.
    """
    check_marketplace(batch, marketplace)
    now = clock()
    with store.write() as session:
        row = _live(session, batch)
        if row.paused_at is None:
            raise InputError(
                f"the Batch {batch.name!r} is not paused", field="--batch", remedy="There is nothing to do."
            )
        left = max(_end_of_life(batch, row) - row.paused_at, _LEAST_LIFE)
        row.paused_at = None
        intend(session, _expiries(session, batch, now + left), now)
    return relay(store, market, clock, batch_id=batch.id)


def close(
    store: Store, market: MTurk, batch: BatchView, clock: Callable[[], datetime], *, marketplace: str
) -> RelayReport:
    """End a Batch early: nothing more is published, open HITs expire, and what was accepted may still come in.

    Raises:
        InputError: the Batch is closed already.
    """
    check_marketplace(batch, marketplace)
    now = clock()
    with store.write() as session:
        row = _live(session, batch)
        row.closed_at, row.paused_at = now, None
        intend(session, _expiries(session, batch, now), now)
    return relay(store, market, clock, batch_id=batch.id)


def _live(session: Session, batch: BatchView) -> BatchRow:
    row = session.get_one(BatchRow, batch.id)
    if row.closed_at is not None:
        raise InputError(f"the Batch {batch.name!r} is closed", field="--batch", remedy="Load the rows as a new Batch.")
    return row


def _end_of_life(batch: BatchView, row: BatchRow) -> datetime:
    began = row.published_at or row.created_at
    return began + timedelta(seconds=batch.project.lifetime_s)


def _expiries(session: Session, batch: BatchView, at: datetime) -> Iterator[Intent]:
    """One Effect for each open HIT; the number of earlier ones makes the key new."""
    earlier = (
        select(func.count())
        .where(col(EffectRow.hit_row) == col(HITRow.id), col(EffectRow.kind) == EffectKind.EXPIRE)
        .correlate(HITRow)
        .scalar_subquery()
    )
    rows = select(HITRow, earlier).where(col(HITRow.batch_id) == batch.id, col(HITRow.state) == HITState.OPEN)
    for hit, count in session.exec(rows.order_by(col(HITRow.position))):
        key = f"{EffectKind.EXPIRE}:{batch.uid}:{hit.position}:{count + 1}"
        request = {"hit_id": hit.hit_id, "expire_at": at.isoformat()}
        yield Intent(key, EffectKind.EXPIRE, batch.id, request, hit_row=hit.id)
