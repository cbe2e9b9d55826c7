"""Effects carried out per second by the relay, from claim to done, the wire left out.

A marketplace that answers at once stands in for the wire; everything else is the relay's own: claiming and committing
*sent*, rendering pages, recording outcomes with their ledger transfers. Half of the Effects make HITs, half approve.
On SQLite (synchronous=FULL) by one process, goal 2,000/s; with the URL of a PostgreSQL server also there,
by one to four processes that share one Batch or have one each.

    python benchmarks/relay.py [EFFECTS [postgresql+psycopg://user@host/postgres]]
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from databases import new_database
from sqlmodel import col, select, update

from crowdbroker.broker.load import load
from crowdbroker.broker.publish import publish
from crowdbroker.broker.relay import relay
from crowdbroker.broker.settle import settle
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import Project
from crowdbroker.errors import EndpointUnreachable
from crowdbroker.mturk.client import MarketHIT, MTurk
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.ingest import Submission, ingest
from crowdbroker.store.reads import BatchView, find_batch
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITItemRow, HITRow

GOAL = 2000
ROUNDS = 3
PROCESSES = (1, 2, 4)
START = datetime(2026, 1, 5, tzinfo=UTC)
PAGE = "<form>{% for item in items %}<p>{{ item.data.text }}</p><input name='{{ item.name }}'>{% endfor %}</form>"


class AtOnce:
    """A marketplace that does everything at once and remembers nothing."""

    endpoint = "http://at.once.invalid"

    def __init__(self) -> None:
        self.calls = 0

    def create_hit(self, request: dict[str, Any], *, token: str) -> MarketHIT:
        """A HIT of its own for every token."""
        self.calls += 1
        ends = START + timedelta(days=1)
        return MarketHIT(token[:30].upper(), "Assignable", request["RequesterAnnotation"], 1, 1, 0, 0, ends)

    def approve(self, _assignment_id: str, **_: Any) -> None:
        """Paid."""
        self.calls += 1

    def balance_cents(self) -> int:
        """Enough."""
        return 10**9

    def create_hit_type(self, _request: dict[str, Any]) -> str:
        """One for all."""
        return "T"

    def create_qualification_type(self, _name: str, _description: str) -> str:
        """One for all."""
        return "Q"


class Unreachable(AtOnce):
    """Everything is prepared for it and nothing is sent."""

    def create_hit(self, _request: dict[str, Any], **_: Any) -> MarketHIT:
        """Nobody there."""
        raise EndpointUnreachable("nobody answers")

    def approve(self, _assignment_id: str, **_: Any) -> None:
        """Nobody there."""
        raise EndpointUnreachable("nobody answers")


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def later() -> datetime:
    """A moment at which everything that could not be sent is due again."""
    return now() + timedelta(hours=1)


def loaded(store: Store, name: str, hits: int) -> BatchView:
    """A Batch of HITs with one Item and one place each."""
    settings = {
        "name": "benchmark",
        "title": "t",
        "description": "d",
        "labels": ["good", "bad"],
        "reward": "0.05",
        "budget": "1000000.00",
        "overlap": 1,
        "items_per_hit": 1,
        "gold": {"per_hit": 0},
    }
    items = [Item(f"i{n}", {"text": "Some text that somebody wrote."}) for n in range(hits)]
    plans = plan_hits(items, [], items_per_hit=1, gold_per_hit=0, overlap=1, seed=0)
    project, page = Project.model_validate(settings), PageTemplate("p.html", {"p.html": PAGE})
    load(store, project, page, plans, name=name, mixed_in=frozenset(), tariff=Tariff(), seed=0, now=START)
    with store.read() as session:
        return find_batch(session, name)


def submit_all(store: Store, batch: BatchView) -> None:
    """Every place is submitted and to be approved."""
    with store.write(batch.id) as session:
        rows = (
            select(HITRow.id, HITItemRow.item_id)
            .where(col(HITItemRow.hit_id) == col(HITRow.id), col(HITRow.batch_id) == batch.id)
            .order_by(col(HITRow.id))
        )
        ingest(session, [_submission(batch, hit, item) for hit, item in session.exec(rows) if hit is not None], now())
        session.exec(update(AssignmentRow).where(col(AssignmentRow.batch_id) == batch.id).values(verdict="approve"))


def _submission(batch: BatchView, hit: int, item: int) -> Submission:
    times = START, START, START + timedelta(days=7)
    name, worker = f"3{hit:029d}", f"A{hit % 300:013d}"
    return Submission(batch.id, hit, 6, name, worker, *times, "<Answer/>", [(item, "good")])


def relayed(url: str, batch: str, gate: Any) -> None:
    """One process carries out what it can get of a Batch."""
    store = Store.open(url)
    with store.read() as session:
        batch_id = find_batch(session, batch).id
    gate.wait()
    relay(store, cast(MTurk, AtOnce()), later, batch_id=batch_id)
    gate.wait()
    store.close()


def per_second(server: str | None, effects: int, *, processes: int = 1, apart: bool = False) -> float:
    """Effects per second of one run: all HITs made, and then all work approved.

    Args:
        apart: whether each process has a Batch of its own.
    """
    names = [f"b{number}" for number in range(processes if apart else 1)]
    with new_database(server) as url:
        store = Store.open(url)
        batches = [loaded(store, name, effects // 2 // len(names)) for name in names]
        nobody = cast(MTurk, Unreachable())
        for batch in batches:
            with suppress(EndpointUnreachable):
                publish(store, nobody, batch, now, marketplace="own")
        taken = together(url, names, processes)
        for batch in batches:
            submit_all(store, batch)
            with suppress(EndpointUnreachable):
                settle(store, nobody, batch, now, marketplace="own")
        taken += together(url, names, processes)
        with store.read() as session:
            ended = session.exec(select(EffectRow.state)).all()
        store.close()
    assert set(ended) == {"done"}, set(ended)
    return len(ended) / taken


def together(url: str, batches: list[str], processes: int) -> float:
    """The seconds that so many processes take from a common start until the last is done."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(processes + 1)
    running = [
        context.Process(target=relayed, args=(url, batches[number % len(batches)], gate)) for number in range(processes)
    ]
    for process in running:
        process.start()
    gate.wait()
    began = time.perf_counter()
    gate.wait()
    taken = time.perf_counter() - began
    for process in running:
        process.join()
    return taken


def main(effects: int = 4000, server: str | None = None) -> None:
    """Measure and print."""
    rate = max(per_second(None, effects) for _ in range(ROUNDS))
    met = "met" if rate >= GOAL else "missed"
    print(f"SQLite, synchronous=FULL, {effects:,} Effects, fastest of {ROUNDS}: {rate:,.0f}/s, goal {GOAL:,}: {met}")
    if server is None:
        return
    print(f"{'PostgreSQL':<16}{'one Batch':>14}{'a Batch each':>16}")
    for processes in PROCESSES:
        one, each = (per_second(server, effects, processes=processes, apart=apart) for apart in (False, True))
        print(f"{processes:>2} processes{one:>16,.0f}/s{each:>14,.0f}/s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
