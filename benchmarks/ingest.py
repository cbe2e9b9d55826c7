"""Assignments made durable per second: `store.ingest`, the wire left out, on SQLite (synchronous=FULL) or PostgreSQL.

Every batch is one transaction: Workers, Assignments, Answers, and the ledger's transfer of each place from reserved to
owed. The table shows batches of 100 and of 1,000 Assignments with 3 and with 7 Answers each. Goal: 5,000/s with batches
of 1,000 (`collect` commits up to 500 together).

    python benchmarks/ingest.py [ASSIGNMENTS [postgresql+psycopg://user@host/postgres]]

With the URL of a PostgreSQL server, databases are made there and dropped again.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

from databases import new_database
from sqlmodel import col, select

from crowdbroker.broker.load import load
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import Project
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.ingest import Submission, ingest
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.store import Store
from crowdbroker.store.tables import HITItemRow, HITRow

GOAL = 5000
OVERLAP = 5
WORKERS = 300
ROUNDS = 3
START = datetime(2026, 1, 5, tzinfo=UTC)
ANSWER = "<Answer><QuestionIdentifier>item-{place}</QuestionIdentifier><FreeText>good</FreeText></Answer>"


def prepared(url: str, assignments: int, answers: int) -> tuple[Store, list[Submission]]:
    """A loaded Batch with its money reserved, and the submissions of all its places."""
    store = Store.open(url)
    settings = {
        "name": "benchmark",
        "title": "t",
        "description": "d",
        "labels": ["good", "bad"],
        "reward": "0.05",
        "budget": "1000000.00",
        "overlap": OVERLAP,
        "items_per_hit": answers,
        "gold": {"per_hit": 0},
    }
    items = [Item(f"i{n}", {"text": "t"}) for n in range(assignments // OVERLAP * answers)]
    plans = plan_hits(items, [], items_per_hit=answers, gold_per_hit=0, overlap=OVERLAP, seed=0)
    project, page = Project.model_validate(settings), PageTemplate("p.html", {"p.html": ""})
    load(store, project, page, plans, name="b", mixed_in=frozenset(), tariff=Tariff(), seed=0, now=START)
    with store.write() as session:
        moves = {Account.AVAILABLE: -assignments * 6, Account.RESERVED: assignments * 6}
        post(session, [Transfer("reserve", 1, moves)], START)
        pages: dict[int, list[int]] = {}
        for hit, item in session.exec(select(HITItemRow.hit_id, HITItemRow.item_id).order_by(col(HITItemRow.position))):
            pages.setdefault(hit, []).append(item)
        hits = session.exec(select(HITRow.id).order_by(col(HITRow.id))).all()
    return store, [_submission(n, hit, pages[hit]) for hit in hits if hit is not None for n in range(OVERLAP)]


def _submission(place: int, hit: int, items: list[int]) -> Submission:
    number = hit * OVERLAP + place
    answer = "".join(ANSWER.format(place=position) for position in range(len(items)))
    at = START + timedelta(seconds=number)
    labels = [(item, "good") for item in items]
    name, worker = f"3{number:029d}", f"A{number % WORKERS:013d}"
    return Submission(1, hit, 6, name, worker, at, at, at + timedelta(days=7), answer, labels)


def per_second(server: str | None, assignments: int, size: int, answers: int) -> float:
    """Assignments per second of one run."""
    with new_database(server) as url:
        store, submissions = prepared(url, assignments, answers)
        began = time.perf_counter()
        for start in range(0, len(submissions), size):
            with store.write() as session:
                assert ingest(session, submissions[start : start + size], START) == size
        taken = time.perf_counter() - began
        store.close()
    return len(submissions) / taken


def main(assignments: int = 10_000, server: str | None = None) -> None:
    """Measure and print the table."""
    where = "SQLite, synchronous=FULL" if server is None else "PostgreSQL"
    print(f"{assignments:,} Assignments, {where}, fastest of {ROUNDS}")
    print(f"{'batch':>8}{'answers each':>14}{'Assignments/s':>16}{'Answers/s':>12}")
    slowest = float("inf")
    for size in (100, 1000):
        for answers in (3, 7):
            rate = max(per_second(server, assignments, size, answers) for _ in range(ROUNDS))
            slowest = min(slowest, rate)
            print(f"{size:>8,}{answers:>14}{rate:>16,.0f}{rate * answers:>12,.0f}")
    print(f"goal {GOAL:,}/s: {'met' if slowest >= GOAL else 'missed'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
