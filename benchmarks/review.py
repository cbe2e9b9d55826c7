"""Time of the review application's pages as a browser on this machine waits for them, on small and large Batches.

The Batch is the one of benchmarks/reports.py: five Answers an Item. Goals: every page under 150 ms at the median and
400 ms at the 99th percentile with 100,000 Items and 500,000 Answers, and 1.3 times the cost of 1,000 Items at most.
Where Chromium is there, the first paint of each page in it is told too. Goal: one second.

    python benchmarks/review.py [REQUESTS]
"""

from __future__ import annotations

import http.client
import shutil
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
MEDIAN_MS, P99_MS, FLAT, PAINT_MS = 150, 400, 1.3, 1000
ROOT = Path(__file__).parent.parent


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


@contextmanager
def served(store: Store) -> Iterator[http.client.HTTPConnection]:
    """A connection to the application, as `crowdbroker review serve` runs it."""
    app = build_app(store, now, Tariff(), facts=Facts(store, now, background=True))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # As the application does it: otherwise a reply's second packet waits for the client's acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=120))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1])
        server.should_exit = True
        thread.join()


def pages(store: Store, items: int) -> dict[str, str]:
    """What is measured: name -> address."""
    with store.read() as session:
        first = queue(session, 1, Filter(), limit=1)[0]
        # Deep in the queue, where a page that counts from the top would be slow.
        middle = queue(session, 1, Filter(), limit=min(items // 2, 5_000))[-1]
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


Table = dict[str, list[float]]


def measure(items: int, requests: int) -> tuple[Table, dict[str, float]]:
    """Page -> milliseconds of each request, in rising order; and of its first paint."""
    with tempfile.TemporaryDirectory() as name:
        store = Store.open(f"sqlite:///{name}/store.db")
        fill(store, items)
        source = read_template("text-classification", [ROOT / "hit_templates"]).to_json()
        with store.write() as session:
            session.exec(update(BatchRow).where(col(BatchRow.id) == 1).values(page_source=source))
            assert session.exec(select(BatchRow.id)).one() == 1
        person = add_person(store, "a person", Role.ADMIN, now(), cap_cents=None, actor="benchmark")
        token = open_session(store, person, now())
        cookie = {"Cookie": f"{SESSION}={token}"}
        with served(store) as connection:
            asked_for = pages(store, items).items()
            addresses = {page: one for page, one in asked_for if asked(connection, one, cookie) == 200}
            # What is found out beside the requests is there before anything is measured.
            time.sleep(items / 5_000)
            taken: dict[str, list[float]] = {page: [] for page in addresses}
            for _ in range(requests):
                for page, address in addresses.items():
                    began = time.perf_counter()
                    assert asked(connection, address, cookie) == 200
                    taken[page].append(1000 * (time.perf_counter() - began))
            painted = paints(f"http://127.0.0.1:{connection.port}", token, addresses)
        store.close()
    return {page: sorted(times) for page, times in taken.items()}, painted


def paints(origin: str, token: str, addresses: dict[str, str]) -> dict[str, float]:
    """Page -> milliseconds until Chromium paints something of it; the median of three loads with an empty cache."""
    program = shutil.which("chromium")
    if program is None:
        return {}
    from playwright.sync_api import sync_playwright

    painted: dict[str, float] = {}
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program) as browser:
        for page, address in addresses.items():
            if address.endswith("/frame"):
                continue  # shown inside another page, and no script of ours runs in it
            times = []
            for _ in range(3):
                context = browser.new_context()
                context.add_cookies([{"name": SESSION, "value": token, "url": origin}])
                window = context.new_page()
                window.goto(origin + address, wait_until="load")
                times.append(
                    window.evaluate(
                        "new Promise(seen => new PerformanceObserver(list => seen(list.getEntries()[0].startTime))"
                        ".observe({type: 'paint', buffered: true}))"
                    )
                )
                context.close()
            painted[page] = statistics.median(times)
    return painted


def asked(connection: http.client.HTTPConnection, address: str, headers: dict[str, str]) -> int:
    """The status of a page, read to its end."""
    connection.request("GET", address, headers=headers)
    reply = connection.getresponse()
    reply.read()
    return reply.status


def main(requests: int = 200) -> None:
    """Measure and print the table."""
    found, painted = {}, {}
    for items in SIZES:
        found[items], painted = measure(items, requests)
    small, large = SIZES
    print(f"{'page':<24}{'median, ms':>12}{'p99, ms':>10}{f'to {small:,}':>12}{'paint, ms':>12}   with {large:,} Items")
    for page, times in found[large].items():
        median, p99 = statistics.median(times), times[int(len(times) * 0.99)]
        flat = median / statistics.median(found[small][page])
        paint = painted.get(page, 0)
        met = median < MEDIAN_MS and p99 < P99_MS and flat < FLAT and paint < PAINT_MS
        print(f"{page:<24}{median:>12.1f}{p99:>10.1f}{flat:>11.2f}x{paint:>12.0f}   goal {'met' if met else 'missed'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
