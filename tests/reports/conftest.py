from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from databases import new_sqlite, without_waiting_for_the_disk
from factories import START, a_project, a_submission, a_template, some_gold, some_items
from sqlmodel import col, select, update

from crowdbroker.broker.label import label
from crowdbroker.broker.load import load
from crowdbroker.domain.lifecycle import AssignmentState, HITState
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.quality import Decision
from crowdbroker.store.decisions import book_decision
from crowdbroker.store.ingest import ingest, worker_rows
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView, find_batch
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, HITItemRow, HITRow, ItemRow, LabelRow, WorkerRow


@dataclass(frozen=True)
class Worked:
    """A Batch of six Items and two gold ones on two pages, which ann and ben have answered, and cem for the first."""

    store: Store
    batch: BatchView


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Worked]:
    store = Store.open(new_sqlite(tmp_path))
    without_waiting_for_the_disk(store.engine)
    project, gold = a_project(items_per_hit=3), some_gold(2)
    plans = plan_hits(some_items(6), gold, items_per_hit=3, gold_per_hit=1, overlap=3, seed=0)
    mixed_in = frozenset(item.key for item in gold)
    load(store, project, a_template(), plans, name="b", mixed_in=mixed_in, tariff=Tariff(), seed=0, now=START)
    with store.read() as session:
        batch = find_batch(session, "b")
    _answer(store, batch)
    label(store, batch, START)
    yield Worked(store, batch)
    store.close()


@dataclass(frozen=True)
class Settled(Worked):
    """A Batch with its Labels' confidences."""

    confidences: tuple[float, ...]


@pytest.fixture
def settled(worked: Worked) -> Settled:
    """The same two days later, after all was paid but the page of cem, which was refused."""
    with worked.store.write() as session:
        rows = select(AssignmentRow.id, WorkerRow.name).where(col(AssignmentRow.worker_row) == col(WorkerRow.id))
        for row, name in session.exec(rows).all():
            refused = name == "cem"
            values = {
                "verdict": Decision.REJECT if refused else Decision.APPROVE,
                "evidence": {"answered": 9, "look": 8 * refused, "right": refused, "signals": ["fast"] * refused},
            }
            session.exec(update(AssignmentRow).where(col(AssignmentRow.id) == row).values(**values))
            state = AssignmentState.REJECTED if refused else AssignmentState.APPROVED
            book_decision(session, row, state, START + timedelta(days=2))
        confidences = session.exec(select(LabelRow.confidence)).all()
    return Settled(worked.store, worked.batch, tuple(confidences))


def _answer(store: Store, batch: BatchView) -> None:
    """Ann is right, ben says neutral, cem is wrong; the work of ann and ben came a day later than that of cem."""
    with store.write() as session:
        worker_rows(session, ["WA", "WB", "WC"], {"WA": "ann", "WB": "=ben()", "WC": "cem"})
        session.exec(update(HITRow).values(state=HITState.OPEN))
        hits = session.exec(select(HITRow.id).order_by(col(HITRow.id))).all()
        moves = {Account.AVAILABLE: -36, Account.RESERVED: 36}
        post(session, [Transfer("reserve", batch.id, moves)], START)
        for number, (worker, hit) in enumerate(
            [("WC", hits[0]), *((who, one) for who in ("WA", "WB") for one in hits)]
        ):
            rows = (
                select(ItemRow.id, ItemRow.data)
                .where(col(ItemRow.id) == col(HITItemRow.item_id), col(HITItemRow.hit_id) == hit)
                .order_by(col(HITItemRow.position))
            )
            labels = [(item, _said(worker, data["text"].split()[0])) for item, data in session.exec(rows)]
            at = START + timedelta(days=int(number > 0), seconds=number)
            changes = {"labels": labels, "accepted_at": at - timedelta(seconds=40), "submitted_at": at}
            one = a_submission(number, batch_id=batch.id, hit_row=hit, worker_id=worker, **changes)
            ingest(session, [one], at)


def _said(worker: str, truth: str) -> str:
    if worker == "WB":
        return "neutral"
    return truth if worker == "WA" else {"negative": "positive"}.get(truth, "negative")
