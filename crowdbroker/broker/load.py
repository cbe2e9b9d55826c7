"""`load`: a dataset becomes a Batch with planned HITs and a budget; nothing is published yet."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import HITState
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.bulk import insert_new
from crowdbroker.store.ledger import Account, Transfer, open_accounts, post
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, HITItemRow, HITRow, ItemRow


@dataclass(frozen=True)
class Loaded:
    """What a Batch holds after loading."""

    batch: str
    items: int
    gold: int
    hits: int
    cap_cents: int


def load(
    store: Store,
    project: Project,
    template: PageTemplate,
    plans: Sequence[HITPlan],
    *,
    name: str,
    mixed_in: frozenset[str],
    tariff: Tariff,
    seed: int,
    now: datetime,
    items: Sequence[Item] = (),
    uid: str | None = None,
) -> Loaded:
    """Store a Batch in one transaction.

    Args:
        plans: its HITs, from `domain.planning` or a replay.
        mixed_in: keys of the gold Items that are no rows of the dataset.
        tariff: the fees of the marketplace that it will be published on.
        items: the dataset in the order in which exports give it; by default that of the HITs.
        uid: what its Effects' keys carry; random where left out. Two stores at one marketplace must not share one.

    Raises:
        InputError: a Batch of that name exists.
    """
    planned = {item.key: item for plan in plans for item in plan.items}
    ordered = {item.key: item for item in items if item.key in planned} | planned
    with store.write() as session:
        if session.exec(select(BatchRow.id).where(col(BatchRow.name) == name)).first() is not None:
            raise InputError(
                f"a Batch {name!r} exists already", field="--batch", remedy="Give the new Batch another name."
            )
        batch_id = _batch(session, project, template, name, seed, now, uid or secrets.token_hex(8))
        rows = store_items(session, batch_id, list(ordered.values()), mixed_in)
        store_hits(session, batch_id, plans, rows, project, tariff)
        open_accounts(session, batch_id)
        cap = project.budget_cents
        post(
            session, [Transfer(f"deposit:{batch_id}", batch_id, {Account.DEPOSITED: -cap, Account.AVAILABLE: cap})], now
        )
    gold = sum(item.is_gold for item in planned.values())
    return Loaded(name, len(planned) - len(mixed_in & planned.keys()), gold, len(plans), cap)


def _batch(
    session: Session, project: Project, template: PageTemplate, name: str, seed: int, now: datetime, uid: str
) -> int:
    row = BatchRow(
        uid=uid,
        name=name,
        project=project.name,
        project_json=project.to_json(),
        page_source=template.to_json(),
        seed=seed,
        cap_cents=project.budget_cents,
        created_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def store_items(session: Session, batch_id: int, items: Sequence[Item], mixed_in: frozenset[str]) -> dict[str, int]:
    """Store Items that are new to the Batch and return the rows of all, by key."""
    values = [
        {
            "batch_id": batch_id,
            "key": item.key,
            "data": dict(item.data),
            "accepted": list(item.accepted),
            "mixed_in": item.key in mixed_in,
        }
        for item in items
    ]
    session.connection().execute(insert_new(session, ItemRow), values)
    found = session.exec(select(ItemRow.key, ItemRow.id).where(col(ItemRow.batch_id) == batch_id))
    return {key: row for key, row in found if row is not None}


def store_hits(
    session: Session,
    batch_id: int,
    plans: Sequence[HITPlan],
    item_rows: dict[str, int],
    project: Project,
    tariff: Tariff,
    *,
    first: int = 0,
) -> None:
    """Store planned HITs, numbered from `first`."""
    values = [
        {
            "batch_id": batch_id,
            "position": position,
            "max_assignments": plan.max_assignments,
            "reward_cents": project.reward_cents,
            "fee_cents": tariff.reward_fee(project.reward_cents, places=plan.max_assignments, masters=project.masters),
            "state": HITState.PLANNED.value,
        }
        for position, plan in enumerate(plans, start=first)
    ]
    session.connection().execute(HITRow.__table__.insert(), values)  # type: ignore[attr-defined]
    found = session.exec(select(HITRow.position, HITRow.id).where(col(HITRow.batch_id) == batch_id))
    hit_rows = dict(found.all())
    pages = [
        {"hit_id": hit_rows[number], "position": position, "item_id": item_rows[item.key]}
        for number, plan in enumerate(plans, start=first)
        for position, item in enumerate(plan.items)
    ]
    session.connection().execute(HITItemRow.__table__.insert(), pages)  # type: ignore[attr-defined]
