"""What a worker does between a requester's calls, by the worker's functions of the marketplace."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.marketplace import Marketplace

_numbers = itertools.count(1)


def enrol(market: Marketplace) -> str:
    return worker.enrol(market, f"Worker {next(_numbers)}")


def accept(market: Marketplace, worker_id: str, hit_id: str) -> str:
    return worker.accept(market, worker_id, hit_id).assignment_id


def submit(market: Marketplace, worker_id: str, assignment_id: str) -> None:
    worker.submit(market, worker_id, assignment_id, [("TONE", "calm")])


def ask(market: Marketplace, worker_id: str, type_id: str) -> None:
    worker.request_qualification(market, worker_id, type_id)


ACTS: dict[str, Callable[..., str | None]] = {act.__name__: act for act in (enrol, accept, submit, ask)}
