"""Labels with what people decided, Item by Item in the dataset's order, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.store.store import Store
from crowdbroker.store.tables import ItemRow, LabelRow

COLUMNS = (
    "id",
    "label",
    "confidence",
    "votes",
    "method",
    "basis",
    "review",
    "decided_by",
    "crowd_label",
    "crowd_confidence",
)
_AT_ONCE = 2000


def export_columns(session: Session, batch_id: int) -> list[str]:
    """The columns of an export: ours, then the dataset's that have no name of ours."""
    first = select(ItemRow.data).where(col(ItemRow.batch_id) == batch_id, col(ItemRow.mixed_in).is_(False))
    data = session.exec(first.order_by(col(ItemRow.id)).limit(1)).first() or {}
    return [*COLUMNS, *(name for name in data if name not in COLUMNS)]


def exported(store: Store, batch_id: int) -> Iterator[dict[str, Any]]:
    """One record for every Item of the dataset; without a Label its own columns are None."""
    last = 0
    while True:
        rows = (
            select(ItemRow, LabelRow)
            .join(LabelRow, col(LabelRow.item_id) == col(ItemRow.id), isouter=True)
            .where(col(ItemRow.batch_id) == batch_id, col(ItemRow.mixed_in).is_(False), col(ItemRow.id) > last)
            .order_by(col(ItemRow.id))
            .limit(_AT_ONCE)
        )
        with store.read() as session:
            found = [_record(item, label) for item, label in session.exec(rows)]
        yield from (record for _, record in found)
        if len(found) < _AT_ONCE:
            return
        last = found[-1][0]


def _record(item: ItemRow, label: LabelRow | None) -> tuple[int, dict[str, Any]]:
    own = {"id": item.key, **{name: getattr(label, name) if label else None for name in COLUMNS[1:]}}
    return item.id or 0, own | {name: cell for name, cell in item.data.items() if name not in COLUMNS}
