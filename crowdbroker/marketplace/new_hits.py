"""A HIT that was not there before. Its moves afterwards are in `lifecycle`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import insert
from sqlmodel import Session

from crowdbroker.marketplace import events
from crowdbroker.marketplace.counts import count_assignable
from crowdbroker.marketplace.lifecycle import ASSIGNABLE, hold
from crowdbroker.marketplace.tables import Base, HitRow

# A plain insert, at a third of what a session takes to find out the same: this is the call that batches are made of.
_OPEN = insert(Base.metadata.tables["hit"])
_NEW: dict[str, Any] = {
    "version": 1,
    "status": ASSIGNABLE,
    "listed": True,
    "pending": 0,
    "submitted": 0,
    "completed": 0,
    "ended": False,
}


def open_hit(session: Session, **values: Any) -> HitRow:
    """Store a new HIT, Assignable, hold the money of its places, and return it as it is now, apart from the session.

    Args:
        values: of the columns that have no default.

    Raises:
        Fault: InsufficientFunds.
    """
    row = _NEW | values
    session.connection().execute(_OPEN, row)
    # Only to be read: SQLAlchemy's instruments would take a tenth of the call.
    hit = cast(HitRow, SimpleNamespace(**row))
    count_assignable(session, hit.hit_type_id, 1)
    hold(session, hit, hit.available * hit.place_cents, hit.created_ms)
    events.record(session, events.CREATED, hit, hit.created_ms)
    return hit
