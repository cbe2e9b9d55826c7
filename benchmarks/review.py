"""Time of the review application's pages as a browser on this machine waits for them, on small and large Batches.

The Batch is the one of benchmarks/reports.py: five Answers an Item. Goals: every page under 150 ms at the median and
400 ms at the 99th percentile with 100,000 Items and 500,000 Answers, and 1.3 times the cost of 1,000 Items at most.

    python benchmarks/review.py [REQUESTS]
"""

from __future__ import annotations

import http.client
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from reports import fill
from sqlmodel import col, select, update

from crowdbroker.domain.money import Tariff
from crowdbroker.mturk.page import read_template
from crowdbroker.review.cookies import SESSION
from crowdbroker.review.facts import Facts
from crowdbroker.review.people import add_person
from crowdbroker.review.roles import Role
from crowdbroker.review.server import build_app
from crowdbroker.review.sessions import open_session
from crowdbroker.review.view import written
from crowdbroker.store.review_queue import Filter, queue
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

SIZES = (1_000, 100_000)
MEDIAN_MS, P99_MS, FLAT = 150, 400, 1.3
ROOT = Path(__file__).parent.parent


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


@contextmanager
def served(store: Store) -> Iterator[http.client.HTTPConnection]:
    """A connection to the application, as `crowdbroker review serve` runs it."""
    app = build_app(store, now, Tariff(), facts=Facts(store, now, background=True))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=120))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1])
        server.should_exit = True
        thread.join()


def pages(store: Store) -> dict[str, str]:
    """What is measured: name -> address."""
    with store.read() as session:
        first = queue(session, 1, Filter(), limit=1)[0]
        # The middle of the queue, where a page that counts from the top would be slow.
        middle = queue(session, 1, Filter(), limit=5_000)[-1]
    labels = "/batches/1/labels"
    return {
        "Batches": "/",
        "Batch": "/batches/1",
        "Batch, live part": "/batches/1/live",
        "Labels": labels,
        "Labels, in the middle": f"{labels}?after={written(middle.place)}",
        "Labels, one label": f"{labels}?label=bad",
        "Labels, decided": f"{labels}?state=accept",
        "Labels, search": f"{labels}?search=Text+77,",
        "Item": f"/batches/1/items/{first.item}",
        "Item, as shown": f"/batches/1/items/{first.item}/frame",
        "Workers": "/batches/1/workers",
        "Worker": "/batches/1/workers/7",
        "Decisions": "/batches/1/decisions",
        "Money": "/batches/1/money",
        "Audit": "/batches/1/audit",
    }


def measure(items: int, requests: int) -> dict[str, list[float]]:
    """Page -> milliseconds of each request, in rising order."""
    with tempfile.TemporaryDirectory() as name:
        store = Store.open(f"sqlite:///{name}/store.db")
        fill(store, items)
        source = read_template("text-classification", [ROOT / "hit_templates"]).to_json()
        with store.write() as session:
            session.exec(update(BatchRow).where(col(BatchRow.id) == 1).values(page_source=source))
            assert session.exec(select(BatchRow.id)).one() == 1
        person = add_person(store, "a person", Role.ADMIN, now(), cap_cents=None, actor="benchmark")
        cookie = {"Cookie": f"{SESSION}={open_session(store, person, now())}"}
        with served(store) as connection:
            addresses = {page: one for page, one in pages(store).items() if asked(connection, one, cookie) == 200}
            # What is found out beside the requests is there before anything is measured.
            time.sleep(items / 5_000)
            taken: dict[str, list[float]] = {page: [] for page in addresses}
            for _ in range(requests):
                for page, address in addresses.items():
                    began = time.perf_counter()
                    assert asked(connection, address, cookie) == 200
                    taken[page].append(1000 * (time.perf_counter() - began))
        store.close()
    return {page: sorted(times) for page, times in taken.items()}


def asked(connection: http.client.HTTPConnection, address: str, headers: dict[str, str]) -> int:
    """The status of a page, read to its end."""
    connection.request("GET", address, headers=headers)
    reply = connection.getresponse()
    reply.read()
    return reply.status


def main(requests: int = 200) -> None:
    """Measure and print the table."""
    found = {items: measure(items, requests) for items in SIZES}
    small, large = SIZES
    print(f"{'page':<24}{'median, ms':>12}{'p99, ms':>10}{f'to {small:,}':>12}   with {large:,} Items")
    for page, times in found[large].items():
        median, p99 = statistics.median(times), times[int(len(times) * 0.99)]
        flat = median / statistics.median(found[small][page])
        met = median < MEDIAN_MS and p99 < P99_MS and flat < FLAT
        print(f"{page:<24}{median:>12.1f}{p99:>10.1f}{flat:>11.2f}x   goal {'met' if met else 'missed'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
