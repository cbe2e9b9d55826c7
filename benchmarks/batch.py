"""A whole Batch through the embedded marketplace: time, memory and database size, and what an Item costs as it grows.

Items are packed ten to a HIT and answered by three workers each. Every call goes through boto3; publishing, collecting,
judging, paying and labelling are the broker's own steps, and the crowd works through the functions behind the worker
site. The time of the crowd is told apart. Each size runs in a process of its own. Goal: the broker's time for an Item
grows by at most 1.2 from the smallest to the largest, and memory stays flat.

    python benchmarks/batch.py [ITEMS ...]          (1000 10000; 100000 takes a good while)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crowdbroker.broker.collect import collect
from crowdbroker.broker.judge import judge
from crowdbroker.broker.label import label
from crowdbroker.broker.load import load
from crowdbroker.broker.publish import publish
from crowdbroker.broker.settle import settle
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import Project
from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.store.reads import BatchView, find_batch, progress
from crowdbroker.store.store import Store

GOAL = 1.2
PACK = 10
OVERLAP = 3
PAGE = (
    "<form>{% for item in items %}<p>{{ item.data.text }}</p>{% for label in labels %}"
    "<input type='radio' name='{{ item.name }}' value='{{ label.value }}'>{% endfor %}{% endfor %}</form>"
)
PROJECT = {
    "name": "benchmark",
    "title": "Is it good?",
    "description": "Say whether a text is good.",
    "labels": ["good", "bad"],
    "reward": "0.10",
    "budget": "1000000.00",
    "overlap": OVERLAP,
    "items_per_hit": PACK,
    "gold": {"per_hit": 0},
}


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def loaded(store: Store, count: int) -> BatchView:
    """The Batch."""
    items = [Item(f"i{n}", {"text": f"Text number {n}, which somebody wrote about something."}) for n in range(count)]
    plans = plan_hits(items, [], items_per_hit=PACK, gold_per_hit=0, overlap=OVERLAP, seed=0)
    project, page = Project.model_validate(PROJECT), PageTemplate("p.html", {"p.html": PAGE})
    load(store, project, page, plans, name="b", mixed_in=frozenset(), tariff=Tariff(), seed=0, now=now())
    with store.read() as session:
        return find_batch(session, "b")


def work(marketplace: Marketplace, number: int) -> None:
    """One worker does every HIT."""
    name = worker.enrol(marketplace, f"worker {number}")
    [group] = worker.groups(marketplace, name)
    fields = [(f"item-{position}", "good") for position in range(PACK)]
    while True:
        try:
            held = worker.accept_next(marketplace, name, group.hit_type_id)
        except worker.WorkError:
            return
        worker.submit(marketplace, name, held.assignment_id, fields)


def measure(count: int) -> None:
    """Run one Batch and print its row."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.db")
        marketplace = Marketplace.open(f"sqlite:///{folder}/marketplace.db", starting_balance_cents=10**9)
        market = MTurk(connect(None, access_key="k", secret_key="k", answer=answer_in_process(marketplace)))
        spent = Spent()
        batch = spent.on("load", loaded, store, count)
        spent.on("publish", publish, store, market, batch, now, marketplace="own")
        for number in range(OVERLAP):
            spent.on("crowd", work, marketplace, number)
        spent.on("collect", collect, store, market, batch, now, marketplace="own")
        # Without gold nothing is judged before the time to decide is up.
        due = now() + timedelta(seconds=batch.project.payment.decide_within_s)
        spent.on("judge", judge, store, batch, due)
        spent.on("settle", settle, store, market, batch, now, marketplace="own")
        spent.on("label", label, store, batch, now())
        with store.read() as session:
            assert progress(session, batch.id).complete
        store.close()
        marketplace.close()
        sizes = [(Path(folder) / name).stat().st_size / count for name in ("store.db", "marketplace.db")]
    print(count, spent.broker(), *(f"{step}={seconds:.1f}" for step, seconds in spent.seconds.items()))
    print(_peak_mb(), *sizes)


class Spent:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def on(self, step: str, act: Any, *arguments: Any, **named: Any) -> Any:
        """Do something and add its time to a step."""
        began = time.perf_counter()
        found = act(*arguments, **named)
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - began
        return found

    def broker(self) -> float:
        """The time of all steps but the crowd's."""
        return sum(seconds for step, seconds in self.seconds.items() if step != "crowd")


def _peak_mb() -> float:
    # getrusage would tell the peak of the process that started this one, if that was higher.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(counts: list[int]) -> None:
    """Measure and print the table."""
    heads = {"Items": 9, "broker s": 10, "ms/Item": 9, "peak MB": 9, "store B/Item": 14, "marketplace B/Item": 20}
    print("".join(f"{head:>{width}}" for head, width in heads.items()), " steps (s)")
    costs = []
    for count in counts:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(count)], capture_output=True, text=True, check=True
        )
        first, second = done.stdout.splitlines()
        _, seconds, *steps = first.split()
        peak, store, market = map(float, second.split())
        costs.append(float(seconds) / count)
        print(
            f"{count:>9,}{float(seconds):>10.1f}{1000 * costs[-1]:>9.2f}{peak:>9.0f}{store:>14,.0f}{market:>20,.0f}  "
            + " ".join(steps)
        )
    growth = costs[-1] / costs[0]
    print(f"cost per Item grows by {growth:.2f}, goal {GOAL}: {'met' if growth <= GOAL else 'missed'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]] or [1000, 10_000])
