"""`load` a second time: new rows of a dataset join a Batch that is there, also while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.load import Loaded, store_hits, store_items
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView, view
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, HITRow, ItemRow

_MAY_CHANGE = {"budget_cents"}


def find_existing(store: Store | None, name: str) -> BatchView | None:
    """The Batch of that name, where there is one."""
    if store is None:
        return None
    with store.read() as session:
        row = session.exec(select(BatchRow).where(col(BatchRow.name) == name)).first()
        return None if row is None else view(row)


def only_new(store: Store, batch: BatchView, items: Sequence[Item]) -> list[Item]:
    """The Items that the Batch does not have yet.

    Raises:
        InputError: an id of the Batch comes with other content.
    """
    with store.read() as session:
        rows = session.exec(select(ItemRow.key, ItemRow.data).where(col(ItemRow.batch_id) == batch.id))
        known = dict(rows.all())
    for item in items:
        if item.key in known and dict(item.data) != known[item.key]:
            raise _other_content(item, batch)
    return [item for item in items if item.key not in known]


def add_rows(
    store: Store,
    project: Project,
    template: PageTemplate,
    plans: Sequence[HITPlan],
    *,
    batch: BatchView,
    mixed_in: frozenset[str],
    tariff: Tariff,
    now: datetime,
) -> Loaded:
    """Plan HITs for new Items in one transaction; a budget that was raised in the Project is deposited.

    Args:
        plans: HITs of Items that `only_new` left, with gold that the Batch may share; none where only the budget is
            raised.

    Raises:
        InputError: the Batch is closed, its Project or template has changed in more than the budget, an Item is there
            already, or a gold Item is there with other content or another label.
    """
    items = {item.key: item for plan in plans for item in plan.items}
    with store.write(batch.id) as session:
        row = session.get_one(BatchRow, batch.id)
        _refuse_changes(row, batch, project, template)
        if plans:
            _refuse_known(session, batch, items.values(), mixed_in)
            rows = store_items(session, batch.id, list(items.values()), mixed_in)
            last = session.exec(select(func.max(HITRow.position)).where(col(HITRow.batch_id) == batch.id)).one()
            first = 0 if last is None else last + 1
            store_hits(session, batch.id, plans, rows, project, tariff, first=first)
        _deposit(session, row, project, now)
    gold = sum(item.is_gold for item in items.values())
    return Loaded(batch.name, len(items) - len(mixed_in & items.keys()), gold, len(plans), row.cap_cents)


def _other_content(item: Item, batch: BatchView) -> InputError:
    return InputError(
        f"the id {item.key!r} is in the Batch {batch.name!r} with other content",
        field="id",
        remedy="Give the changed row a new id, or load the file as a new Batch.",
    )


def _refuse_known(session: Session, batch: BatchView, items: Iterable[Item], mixed_in: frozenset[str]) -> None:
    """Only gold may be shared with the rows that are there, and only as it is."""
    stored = session.exec(select(ItemRow).where(col(ItemRow.batch_id) == batch.id))
    known = {row.key: row for row in stored}
    for item in items:
        row = known.get(item.key)
        if row is None:
            continue
        if (row.data, tuple(row.accepted), row.mixed_in) != (dict(item.data), item.accepted, item.key in mixed_in):
            raise _other_content(item, batch)
        if not row.mixed_in:
            raise InputError(f"the id {item.key!r} is in the Batch already", field="id", remedy="Load the file again.")


def _refuse_changes(row: BatchRow, batch: BatchView, project: Project, template: PageTemplate) -> None:
    if row.closed_at is not None:
        raise InputError(f"the Batch {row.name!r} is closed", field="--batch", remedy="Load the rows as a new Batch.")
    was, now = batch.project.model_dump(exclude=_MAY_CHANGE), project.model_dump(exclude=_MAY_CHANGE)
    changed = next((setting for setting in was if was[setting] != now[setting]), None)
    if changed is None and row.page_source != template.to_json():
        changed = "template"
    if changed is not None:
        setting = Project.model_fields[changed].alias or changed
        raise InputError(
            f"the Project's {setting} has changed since the Batch {row.name!r} was loaded",
            field=setting,
            remedy="Change it back, or load the rows as a new Batch; only the budget may be raised.",
        )


def _deposit(session: Session, row: BatchRow, project: Project, now: datetime) -> None:
    more = project.budget_cents - row.cap_cents
    if more <= 0:
        return
    assert row.id is not None
    key = f"deposit:{row.id}:{project.budget_cents}"
    post(session, [Transfer(key, row.id, {Account.DEPOSITED: -more, Account.AVAILABLE: more})], now)
    row.cap_cents, row.project_json = project.budget_cents, project.to_json()
