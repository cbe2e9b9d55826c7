"""HITs published per second by the broker, as a ratio to a bare boto3 loop over the same questions.

The bare loop calls CreateHIT with questions that were rendered before; the broker loads the Batch, reserves the money,
renders, records every Effect before and after its call, and calls CreateHITWithHITType. Both talk through boto3 to an
embedded marketplace of their own, and everything is SQLite files with synchronous=FULL in one temporary folder. The two
take turns after a short warm-up, and the ratio is that of the fastest runs. Goal: 0.6.

    python benchmarks/publish.py [HITS [ROUNDS]]
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crowdbroker.broker.load import load
from crowdbroker.broker.publish import publish
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff, to_wire
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import Project
from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect
from crowdbroker.mturk.page import PageTemplate, read_template
from crowdbroker.mturk.question import html_question
from crowdbroker.packaged import packaged
from crowdbroker.store.reads import find_batch
from crowdbroker.store.store import Store

GOAL = 0.6
_WARM_UP = 50
PROJECT = Project.model_validate(
    {
        "name": "benchmark",
        "title": "Is it good?",
        "description": "Say whether a text is good.",
        "labels": ["good", "bad"],
        "reward": "0.01",
        "budget": "1000.00",
        "overlap": 1,
        "items_per_hit": 1,
        "gold": {"per_hit": 0},
    }
)


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def client_of(folder: Path, name: str) -> tuple[Marketplace, Any]:
    """A new marketplace on a file, and a boto3 client that it answers."""
    market = Marketplace.open(f"sqlite:///{folder / name}.db", starting_balance_cents=10**9)
    return market, connect(None, access_key="k", secret_key="k", answer=answer_in_process(market))


def bare_seconds(folder: Path, name: str, questions: list[str]) -> float:
    """The time of one boto3 call after the other, and nothing else."""
    market, client = client_of(folder, name)
    began = time.perf_counter()
    for question in questions:
        client.create_hit(
            Title=PROJECT.title,
            Description=PROJECT.description,
            Reward=to_wire(PROJECT.reward_cents),
            MaxAssignments=1,
            AssignmentDurationInSeconds=PROJECT.time_allotted_s,
            LifetimeInSeconds=PROJECT.lifetime_s,
            Question=question,
        )
    taken = time.perf_counter() - began
    market.close()
    return taken


def broker_seconds(folder: Path, name: str, plans: list[HITPlan], template: PageTemplate) -> float:
    """The time to load a Batch and publish it."""
    market, client = client_of(folder, f"{name}-marketplace")
    store = Store.open(f"sqlite:///{folder / name}-store.db")
    began = time.perf_counter()
    tariff = Tariff()
    load(store, PROJECT, template, plans, name="b", mixed_in=frozenset(), tariff=tariff, seed=0, now=utc_now())
    with store.read() as session:
        batch = find_batch(session, "b")
    report = publish(store, MTurk(client), batch, utc_now, marketplace="own")
    taken = time.perf_counter() - began
    assert report.done == len(plans), report
    store.close()
    market.close()
    return taken


def main(hits: int = 2000, rounds: int = 3) -> None:
    """Measure and print the table."""
    template = read_template("text-classification", [packaged("hit_templates")])
    items = [Item(f"i{n}", {"text": f"Text number {n}, which somebody wrote about something."}) for n in range(hits)]
    plans = plan_hits(items, [], items_per_hit=1, gold_per_hit=0, overlap=1, seed=0)
    questions = [html_question(template.render(PROJECT, [item.data for item in plan.items])) for plan in plans]
    bare, broker = [], []
    with tempfile.TemporaryDirectory() as name:
        bare_seconds(Path(name), "warm", questions[:_WARM_UP])
        broker_seconds(Path(name), "warmer", plans[:_WARM_UP], template)
        for number in range(rounds):
            bare.append(bare_seconds(Path(name), f"bare{number}", questions))
            broker.append(broker_seconds(Path(name), f"broker{number}", plans, template))
    print(f"{hits:,} HITs, fastest of {rounds}{'seconds':>17}{'HITs/s':>10}")
    print(f"{'bare boto3 create_hit loop':<32}{min(bare):>10.2f}{hits / min(bare):>10.0f}")
    print(f"{'crowdbroker load and publish':<32}{min(broker):>10.2f}{hits / min(broker):>10.0f}")
    ratio = min(bare) / min(broker)
    print(f"ratio {ratio:.2f}, goal {GOAL}: {'met' if ratio >= GOAL else 'missed'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
