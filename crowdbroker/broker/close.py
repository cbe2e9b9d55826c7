"""`pause`, `resume` and `close`: a Batch stops taking work for a while or for good; accepted work may still come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay import RelayReport, relay
from crowdbroker.broker.relay.changes import expiry, expiry_counts
from crowdbroker.broker.relay.hits import CREATE_HIT
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import EffectState, HITState, check_move
from crowdbroker.errors import InputError
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.effects import intend
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
    with store.write(batch.id) as session:
        row = _live(session, batch)
        if row.paused_at is not None:
            raise InputError(
                f"the Batch {batch.name!r} is paused already",
                field="--batch",
                remedy="Offer its HITs again: crowdbroker resume.",
            )
        row.paused_at = now
        _stop(session, batch, now)
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
    with store.write(batch.id) as session:
        row = _live(session, batch)
        if row.paused_at is None:
            raise InputError(
                f"the Batch {batch.name!r} is not paused", field="--batch", remedy="There is nothing to do."
            )
        row.paused_at = None
        _offer_again(session, batch, now)
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
    with store.write(batch.id) as session:
        row = _live(session, batch)
        row.closed_at, row.paused_at = now, None
        _stop(session, batch, now)
    return relay(store, market, clock, batch_id=batch.id)


def _live(session: Session, batch: BatchView) -> BatchRow:
    row = session.get_one(BatchRow, batch.id)
    if row.closed_at is not None:
        raise InputError(f"the Batch {batch.name!r} is closed", field="--batch", remedy="Load the rows as a new Batch.")
    return row


def _stop(session: Session, batch: BatchView, now: datetime) -> None:
    """End the life of all HITs on offer, and take back publications that were not sent yet, with their money."""
    check_move(EffectState.READY, EffectState.FAILED)
    unsent = (
        update(EffectRow)
        .where(
            col(EffectRow.batch_id) == batch.id,
            col(EffectRow.kind) == EffectKind.CREATE_HIT,
            col(EffectRow.state) == EffectState.READY,
            col(EffectRow.doubtful).is_(False),
        )
        .values(state=EffectState.FAILED, problem="the Batch was stopped before this was sent", ended_at=now)
        .returning(EffectRow)
    )
    for effect in session.scalars(unsent).all():
        CREATE_HIT.failed(session, effect, now)
    earlier = expiry_counts(session, batch.id)
    living = _open_hits(session, batch, col(HITRow.expires_at) > now)
    ends = [expiry(batch.uid, hit, earlier.get(hit.id or 0, 0), now, until=hit.expires_at) for hit in living]
    intend(session, ends, now)


def _offer_again(session: Session, batch: BatchView, now: datetime) -> None:
    """Give each HIT that the pause ended the time that it had left, a minute at the least."""
    last = (
        select(func.max(EffectRow.id))
        .where(col(EffectRow.batch_id) == batch.id, col(EffectRow.kind) == EffectKind.EXPIRE)
        .group_by(col(EffectRow.hit_row))
    )
    requests = dict(session.exec(select(EffectRow.hit_row, EffectRow.request).where(col(EffectRow.id).in_(last))).all())
    earlier = expiry_counts(session, batch.id)
    intents = []
    for hit in _open_hits(session, batch):
        ended = requests.get(hit.id, {}).get("until")
        if ended is not None:
            left = datetime.fromisoformat(ended) - datetime.fromisoformat(requests[hit.id]["expire_at"])
            intents.append(expiry(batch.uid, hit, earlier.get(hit.id or 0, 0), now + max(left, _LEAST_LIFE)))
    intend(session, intents, now)


def _open_hits(session: Session, batch: BatchView, *which: Any) -> Sequence[HITRow]:
    rows = select(HITRow).where(col(HITRow.batch_id) == batch.id, col(HITRow.state) == HITState.OPEN, *which)
    return session.exec(rows.order_by(col(HITRow.position))).all()
