"""The marketplace over HTTP: durable CreateHIT against a server that stores nothing, and growth with the HITs stored.

    python benchmarks/marketplace.py [CALLS [SIZES...]]

First the same boto3 calls go, in turns of 50, to `POST /` of a marketplace (SQLite file, synchronous=FULL) and to an
ASGI application that reads the body and answers with a fixed HIT. Goal: 0.4 of its rate. Then databases with more and
more HITs, filled by SQL, are asked the same things: CreateHIT, ListHITs, the worker's list of work. Goal: the largest
within 1.3 x of the smallest. Every figure is the median of its calls; each server is a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import uvicorn
from botocore.config import Config
from sqlalchemy import text

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.server import serve
from crowdbroker.simulation.site_worker import SiteWorker

RATE_GOAL, GROWTH_GOAL = 0.4, 1.3
QUESTION = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">'
    "<HTMLContent><![CDATA[<!DOCTYPE html><html><head><title>Tone</title></head><body><form><p>Which tone?</p>"
    '<input name="tone"></form></body></html>]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
)
WORK = {
    "Title": "What tone has this sentence?",
    "Description": "One short sentence, one word.",
    "Reward": "0.05",
    "AssignmentDurationInSeconds": 600,
    "LifetimeInSeconds": 86_400,
    "MaxAssignments": 1,
    "Question": QUESTION,
}
HITS_A_TYPE = 10_000
A_TURN = 50
"""Calls to one server before the other's turn: a publisher keeps its server busy, and neither waits for the other."""


def main(calls: int = 600, *sizes: int) -> None:
    """Measure both tables and print them."""
    with tempfile.TemporaryDirectory() as folder:
        against_nothing(Path(folder), calls)
        growth(Path(folder), calls // 4, sizes or (1_000, 10_000, 100_000, 1_000_000))


def against_nothing(folder: Path, calls: int) -> None:
    """Print the rate of CreateHIT beside that of a server that stores nothing."""
    url = f"sqlite:///{folder / 'rate.db'}"
    with running(serve_marketplace, url) as durable, running(serve_nothing) as empty:
        clients = {"stores nothing": client_of(empty), "marketplace": client_of(durable)}
        times: dict[str, list[float]] = {name: [] for name in clients}
        for client in clients.values():
            timed(lambda client=client: client.create_hit(**WORK), 50)
        for _ in range(calls // A_TURN):
            for name, client in clients.items():
                times[name] += timed(lambda client=client: client.create_hit(**WORK), A_TURN)
    print(f"CreateHIT through boto3 over HTTP, {calls} calls each in turns{'ms':>8}{'calls/s':>10}")
    for name, taken in times.items():
        print(f"  {name:<60}{1e3 * statistics.median(taken):>8.2f}{len(taken) / sum(taken):>10.0f}")
    ratio = sum(times["stores nothing"]) / sum(times["marketplace"])
    print(f"  ratio {ratio:.2f}, goal {RATE_GOAL}: {'met' if ratio >= RATE_GOAL else 'missed'}")


def growth(folder: Path, calls: int, sizes: tuple[int, ...]) -> None:
    """Print what a call costs in databases of different sizes."""
    rows = {size: _costs(folder / f"{size}.db", size, calls) for size in sizes}
    print(f"{'HITs stored':<14}" + "".join(f"{name:>22}" for name in next(iter(rows.values()))) + "   (ms, median)")
    for size, costs in rows.items():
        print(f"{size:<14,}" + "".join(f"{1e3 * cost:>22.2f}" for cost in costs.values()))
    first, last = rows[sizes[0]], rows[sizes[-1]]
    worst = max(last[name] / first[name] for name in first)
    print(f"  growth {worst:.2f} x, goal {GROWTH_GOAL}: {'met' if worst <= GROWTH_GOAL else 'missed'}")


def _costs(path: Path, hits: int, calls: int) -> dict[str, float]:
    market = Marketplace.open(f"sqlite:///{path}", starting_balance_cents=10**12)
    fill(market, hits)
    market.close()
    with running(serve_marketplace, f"sqlite:///{path}") as address:
        client, person = client_of(address), SiteWorker(address)
        person.sign_up("Maria", "four easy words")
        asked: dict[str, Callable[[], Any]] = {
            "CreateHIT": lambda: client.create_hit(**WORK),
            "ListHITs (100)": lambda: client.list_hits(MaxResults=100),
            "ListReviewableHITs": lambda: client.list_reviewable_hits(MaxResults=100),
            "worker's list": person.groups,
        }
        for ask in asked.values():
            timed(ask, 10)
        return {name: statistics.median(timed(ask, calls)) for name, ask in asked.items()}


def fill(market: Marketplace, hits: int) -> None:
    """Copy one HIT until there are `hits`, in types of 10,000 each, with the held money that they need."""
    client = _local_client(market)
    kinds = [client.create_hit(**WORK | {"Title": f"Work of kind {n}"})["HIT"] for n in range(-(-hits // HITS_A_TYPE))]
    with market.write() as session:
        run = session.connection().execute
        for kind in kinds:
            copies = min(HITS_A_TYPE, hits) - 1
            run(
                text(
                    "INSERT INTO hit (version, id, requester_id, hit_type_id, status, listed, annotation,"
                    " max_assignments, available, pending, submitted, completed, place_cents, created_ms, expires_ms,"
                    " due_ms, ended) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :copies)"
                    " SELECT version, '3' || substr(hex(randomblob(15)), 2), requester_id, hit_type_id, status, listed,"
                    " annotation, max_assignments, available, pending, submitted, completed, place_cents, created_ms,"
                    " expires_ms, due_ms, ended FROM hit, n WHERE hit.id = :id"
                ),
                {"copies": copies, "id": kind["HITId"]},
            )
            run(
                text("UPDATE hit_type SET assignable_hits = 1 + :copies WHERE id = :id"),
                {"copies": copies, "id": kind["HITTypeId"]},
            )
        run(
            text(
                "INSERT INTO question (hit_id, question) SELECT id, :question FROM hit"
                " WHERE id NOT IN (SELECT hit_id FROM question)"
            ),
            {"question": QUESTION},
        )
        _hold(run)
    with market.read() as session:
        assert check_books(session) == []


def _hold(run: Callable[..., Any]) -> None:
    """Move what the copies hold from the default requester's money, in one Entry."""
    held, available = "held:A0DEFAULTOWNER", "available:A0DEFAULTOWNER"
    needed = run(text("SELECT sum(available * place_cents) FROM hit")).scalar()
    missing = needed - run(text("SELECT balance_cents FROM account WHERE id = :id"), {"id": held}).scalar()
    for account, cents in ((held, missing), (available, -missing)):
        run(
            text("UPDATE account SET balance_cents = balance_cents + :cents WHERE id = :id"),
            {"cents": cents, "id": account},
        )
    run(
        text("INSERT INTO entry (source, target, cents, reason, at_ms) VALUES (:a, :h, :cents, 'hold', 0)"),
        {"a": available, "h": held, "cents": missing},
    )


def timed(ask: Callable[[], Any], calls: int) -> list[float]:
    """Return the seconds of each of some calls."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return taken


def client_of(address: str) -> Any:
    """Return a boto3 client that tries each call once."""
    return boto3.client(
        "mturk",
        region_name="us-east-1",
        endpoint_url=address,
        aws_access_key_id="benchmark",
        aws_secret_access_key="benchmark",
        config=Config(retries={"total_max_attempts": 1}),
    )


def _local_client(market: Marketplace) -> Any:
    from crowdbroker.marketplace.in_process import answer_in_process

    client = client_of("http://marketplace.invalid")
    client.meta.events.register_first("before-send.mturk", answer_in_process(market))
    return client


@contextmanager
def running(target: Callable[..., None], *arguments: str) -> Iterator[str]:
    """Run a server in a process of its own and give its address."""
    spawn = multiprocessing.get_context("spawn")
    mine, its = spawn.Pipe()
    process = spawn.Process(target=target, args=(its, *arguments), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.terminate()
        process.join()


def serve_marketplace(told: Any, url: str) -> None:
    """Serve a marketplace and tell its address."""
    serve(Marketplace.open(url), "127.0.0.1", 0, on_ready=told.send)


def serve_nothing(told: Any) -> None:
    """Serve an application that reads a request and answers with the same HIT every time."""
    hit = {"HITId": "3" * 30, "HITTypeId": "3" * 30, "HITStatus": "Assignable", "Question": QUESTION}
    body = json.dumps({"HIT": hit}).encode()

    async def app(_: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", b"application/x-amz-json-1.1"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    told.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
    uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off")).run(sockets=[listener])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
