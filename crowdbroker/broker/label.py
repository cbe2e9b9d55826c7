"""`label`: votes become Labels with a confidence; what a person decided in review holds over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, select

from crowdbroker.broker.consensus import Consensus, consensus
from crowdbroker.broker.reviewed import Reviewed, reviewed
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
    """Make the Labels of a Batch anew, in one transaction; a dataset's own gold keeps its first accepted answer.

    What people decided in review holds, and each of them is one more source of the model, with a matrix of their own.
    """
    with store.read() as session:
        given, people = votes(session, batch.id), reviewed(session, batch)
        found = consensus(session, batch, [*given, *people.votes], method=method, remember=True)
        found.counts -= Counter(vote.item for vote in people.votes)
        rows = select(ItemRow.id, ItemRow.accepted).where(
            col(ItemRow.batch_id) == batch.id, col(ItemRow.mixed_in).is_(False)
        )
        items = [(item, accepted) for item, accepted in session.exec(rows) if item is not None]
    with store.write(batch.id) as session:
        # Somebody may have decided while the model was fitted; their word must not be lost.
        people = reviewed(session, batch)
        made = [
            _label_row(batch.id, item, accepted, found, people, now)
            for item, accepted in items
            if accepted or (item in found.labels and found.counts[item]) or people.gives_label(item)
        ]
        session.exec(delete(LabelRow).where(col(LabelRow.batch_id) == batch.id))
        if made:
            session.connection().execute(LabelRow.__table__.insert(), made)  # type: ignore[attr-defined]
    return Labelled(found.method, len(items), len(made), len(given), found.strange, found.why_none)


def _label_row(
    batch_id: int, item: int, accepted: Sequence[str], found: Consensus, people: Reviewed, now: datetime
) -> dict[str, Any]:
    known, held = bool(accepted), people.held.get(item)
    # An Item that only reviewers spoke of has no vote of the crowd.
    crowd = accepted[0] if known else found.labels.get(item, "") if found.counts[item] else ""
    sure = 1.0 if known else found.confidence.get(item, 0.0)
    return {
        "item_id": item,
        "batch_id": batch_id,
        "label": held.label if held and held.label else crowd,
        "confidence": 1.0 if held and held.label else sure,
        "votes": found.counts[item],
        "method": "gold" if known else found.method if crowd else "review",
        "basis": "gold" if known else found.basis if crowd else "review",
        "decided_by": held.reviewer if held else "",
        "review": held.kind if held else "",
        "crowd_label": crowd,
        "crowd_confidence": sure,
        "at": now,
    }
