"""Time of every report on one large Batch, as its users wait for it: a process of its own each, the start included.

The Batch has Items that five Workers answered each, five Items on a HIT, every Assignment paid and its Entries in the
ledger, and is written into a SQLite file by bulk inserts. Goal: `report budget` under two seconds with 100,000 Items
and 500,000 Answers.

    python benchmarks/reports.py [ITEMS]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crowdbroker.domain.project import Project
from crowdbroker.store.ledger import Account, open_accounts
from crowdbroker.store.store import Store
from crowdbroker.store.tables import (
    AnswerRow,
    AssignmentRow,
    BatchRow,
    EntryRow,
    HITItemRow,
    HITRow,
    ItemRow,
    LabelRow,
    WorkerRow,
)

GOAL_S = 2.0
PER_HIT = OVERLAP = 5
ITEMS_A_WORKER = 50
LEAST_WORKERS = 50
"""Enough for one full page of them."""
LABELS = ("bad", "good", "neither")
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
REWARD, FEE = 10, 2
PROJECT = Project.model_validate(
    {
        "name": "benchmark",
        "title": "Is it good?",
        "description": "Say whether a text is good.",
        "labels": list(LABELS),
        "reward": "0.10",
        "budget": "100000.00",
        "wage_floor": "9.00",
        "overlap": OVERLAP,
        "items_per_hit": PER_HIT,
        "gold": {"per_hit": 1},
    }
)

Row = dict[str, Any]


def fill(store: Store, items: int, *, seed: int = 0) -> None:
    """Write a finished Batch of so many Items, one in a hundred of them gold."""
    with store.write() as session:
        batch = BatchRow(
            uid="benchmark",
            name="large",
            project=PROJECT.name,
            project_json=PROJECT.to_json(),
            page_source="{}",
            seed=0,
            cap_cents=PROJECT.budget_cents,
            created_at=BEGAN,
            published_at=BEGAN,
        )
        session.add(batch)
        session.flush()
        assert batch.id == 1
        open_accounts(session, 1)
        chance = random.Random(seed)
        truth = [chance.choice(LABELS) for _ in range(items)]
        for table, rows in _tables(truth, chance):
            session.connection().execute(table.__table__.insert(), rows)
        session.connection().exec_driver_sql(
            "UPDATE balance SET cents = "
            "(SELECT coalesce(sum(cents), 0) FROM entry WHERE entry.account = balance.account)"
        )
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables(truth: list[str], chance: random.Random) -> Iterator[tuple[Any, list[Row]]]:
    items = range(len(truth))
    hits = range(len(truth) // PER_HIT)
    yield (
        ItemRow,
        [
            {
                "id": item + 1,
                "batch_id": 1,
                "key": f"i{item}",
                "data": {"text": f"Text {item}, which somebody wrote about something."},
                "accepted": [truth[item]] if item % 100 == 0 else [],
                "mixed_in": item % 100 == 0,
            }
            for item in items
        ],
    )
    workers = max(LEAST_WORKERS, len(truth) // ITEMS_A_WORKER)
    yield WorkerRow, [{"id": row + 1, "worker_id": f"W{row}", "name": f"worker {row}"} for row in range(workers)]
    yield HITRow, [_hit(row) for row in hits]
    yield (
        HITItemRow,
        [{"hit_id": item // PER_HIT + 1, "position": item % PER_HIT, "item_id": item + 1} for item in items],
    )
    assignments = [_assignment(hit, place, workers, chance) for hit in hits for place in range(OVERLAP)]
    yield AssignmentRow, assignments
    yield AnswerRow, list(_answers(truth, assignments, chance))
    yield EntryRow, list(_entries(assignments))
    yield (
        LabelRow,
        [
            {
                "item_id": item + 1,
                "batch_id": 1,
                "label": truth[item],
                "confidence": 0.5 + chance.random() / 2,
                "votes": OVERLAP,
                "method": "dawid-skene",
                "at": BEGAN,
            }
            for item in items
            if item % 100
        ],
    )


def _hit(row: int) -> Row:
    return {
        "id": row + 1,
        "batch_id": 1,
        "position": row,
        "max_assignments": OVERLAP,
        "reward_cents": REWARD,
        "fee_cents": FEE,
        "state": "closed",
        "hit_id": f"H{row}",
        "expires_at": BEGAN + timedelta(days=30),
    }


def _assignment(hit: int, place: int, workers: int, chance: random.Random) -> Row:
    number = hit * OVERLAP + place
    taken = BEGAN + timedelta(seconds=number * 20)
    submitted = taken + timedelta(seconds=30 + 60 * chance.random())
    return {
        "id": number + 1,
        "batch_id": 1,
        "hit_row": hit + 1,
        "worker_row": (hit * 7 + place * 401) % workers + 1,
        "assignment_id": f"A{number}",
        "state": "approved",
        "accepted_at": taken,
        "submitted_at": submitted,
        "auto_approval_at": submitted + timedelta(days=7),
        "answer_xml": "<x/>",
        "answer_sha256": "",
        "verdict": "approve",
        "reason": "",
        "evidence": {"answered": 5, "look": 5, "right": 4, "below_bar": 0.3, "signals": []},
        "judged_at": submitted,
        "decided_at": submitted,
    }


def _answers(truth: list[str], assignments: Iterable[Row], chance: random.Random) -> Iterator[Row]:
    for one in assignments:
        for item in range((one["hit_row"] - 1) * PER_HIT, one["hit_row"] * PER_HIT):
            said = truth[item] if chance.random() < 0.8 else chance.choice(LABELS)
            yield {
                "assignment_row": one["id"],
                "item_id": item + 1,
                "worker_row": one["worker_row"],
                "label": said,
            }


def _entries(assignments: list[Row]) -> Iterator[Row]:
    price = REWARD + FEE
    every = price * len(assignments)
    yield from _transfer(
        "deposit:1", BEGAN, {Account.DEPOSITED: -PROJECT.budget_cents, Account.AVAILABLE: PROJECT.budget_cents}
    )
    yield from _transfer("reserve:1", BEGAN, {Account.AVAILABLE: -every, Account.RESERVED: every})
    for one in assignments:
        at = one["submitted_at"]
        yield from _transfer(f"owe:{one['id']}", at, {Account.RESERVED: -price, Account.OWED: price})
        yield from _transfer(
            f"decide:{one['id']}", at, {Account.OWED: -price, Account.REWARDS: REWARD, Account.FEES: FEE}
        )


def _transfer(key: str, at: datetime, moves: dict[Account, int]) -> Iterator[Row]:
    for account, cents in moves.items():
        yield {"transfer": key, "account": account.value, "batch_id": 1, "cents": cents, "at": at}


def timed(folder: Path, *arguments: str) -> float:
    """The seconds that a command takes, from its start to its end; the fastest of three."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "crowdbroker", "report", *arguments],
            cwd=folder,
            env=os.environ | {"CROWDBROKER_DATABASE_URL": f"sqlite:///{folder}/store.db"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        times.append(time.perf_counter() - began)
    return min(times)


def main(items: int = 100_000) -> None:
    """Fill a store, measure and print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store.open(f"sqlite:///{folder}/store.db")
        fill(store, items)
        store.close()
        answers = items * OVERLAP
        print(f"{items:,} Items, {answers:,} Answers, fastest of 3{'seconds':>12}")
        for report in ("budget", "workers", "fairness", "quality"):
            taken = timed(folder, report, "--json")
            goal = f"   goal {GOAL_S}: {'met' if taken < GOAL_S else 'missed'}" if report == "budget" else ""
            print(f"report {report:<40}{taken:>10.2f}{goal}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
