"""`label`: votes become Labels with a confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, select

from crowdbroker.broker.consensus import Consensus, consensus
from crowdbroker.store.reads import BatchView, votes
from crowdbroker.store.store import Store
from crowdbroker.store.tables import ItemRow, LabelRow


@dataclass(frozen=True)
class Labelled:
    """What labelling did; `why_none` says why nothing was labelled, where the kind of Answer has no consensus."""

    method: str
    items: int
    labelled: int
    votes: int
    strange: int
    why_none: str = ""


def label(store: Store, batch: BatchView, now: datetime, *, method: str | None = None) -> Labelled:
    """Make the Labels of a Batch anew, in one transaction; a dataset's own gold keeps its first accepted answer."""
    with store.read() as session:
        given = votes(session, batch.id)
        found = consensus(session, batch, given, method=method)
        rows = select(ItemRow.id, ItemRow.accepted).where(
            col(ItemRow.batch_id) == batch.id, col(ItemRow.mixed_in).is_(False)
        )
        items = [(item, accepted) for item, accepted in session.exec(rows) if item is not None]
    made = [
        _label_row(batch.id, item, accepted, found, now) for item, accepted in items if accepted or item in found.labels
    ]
    with store.write() as session:
        session.exec(delete(LabelRow).where(col(LabelRow.batch_id) == batch.id))
        if made:
            session.connection().execute(LabelRow.__table__.insert(), made)  # type: ignore[attr-defined]
    return Labelled(found.method, len(items), len(made), len(given), found.strange, found.why_none)


def _label_row(batch_id: int, item: int, accepted: Sequence[str], found: Consensus, now: datetime) -> dict[str, Any]:
    known = bool(accepted)
    return {
        "item_id": item,
        "batch_id": batch_id,
        "label": accepted[0] if known else found.labels[item],
        "confidence": 1.0 if known else found.confidence[item],
        "votes": found.counts[item],
        "method": "gold" if known else found.method,
        "at": now,
    }
