"""Where the shards of votes are worked on: in this process, or in others beside it.

An executor does one thing, `each`: it calls a function with every shard, wherever that shard is kept, and gives what
came back in the order of the shards. What is summed in that order has the same bits whoever computed it. The cluster
of many machines is in `cluster`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from crowdbroker.errors import CrowdbrokerError

Result = TypeVar("Result")


class WorkersLost(CrowdbrokerError):
    """Processes died again and again at the same work."""


class Executor(Protocol):
    """Who works on shards.

    Attributes:
        threads: how many a shard's work may use; None for all processors.
        at_once: shards that are worked on at the same time.
    """

    threads: int | None
    at_once: int

    def each(self, work: Callable[..., Result], calls: Sequence[tuple[Any, ...]], first: int = 0) -> list[Result]:
        """Return `work(*call)` for the call of every shard, in order.

        Args:
            work: a function of a module, for it may be sent elsewhere.
            calls: the arguments for the first shard and those after it, which go where those shards are kept.
            first: the number of the first shard.

        Raises:
            WorkersLost: the work ended its process each time.
        """


class Inline:
    """One shard after another in this process, each on all processors."""

    threads: int | None = None
    at_once = 1

    def each(self, work: Callable[..., Result], calls: Sequence[tuple[Any, ...]], first: int = 0) -> list[Result]:
        """Return `work(*call)` for the call of every shard, in order."""
        del first
        return [work(*call) for call in calls]


class Processes:
    """Several processes, each with shards of its own; one that dies is replaced and its work done again.

    Args:
        count: how many.
        attempts: how often the same work may lose its process before it is an error.
    """

    threads: int | None = 1

    def __init__(self, count: int, attempts: int = 3) -> None:
        self.at_once = count
        self._attempts = attempts
        self._pools = [_new_pool() for _ in range(count)]

    def each(self, work: Callable[..., Result], calls: Sequence[tuple[Any, ...]], first: int = 0) -> list[Result]:
        """Return `work(*call)` for the call of every shard, in order."""
        results: dict[int, Result] = {}
        for _ in range(self._attempts):
            waiting = [place for place in range(len(calls)) if place not in results]
            futures = [(place, self._submit(first + place, work, calls[place])) for place in waiting]
            lost = {place for place, future in futures if not self._collected(place, future, results)}
            if not lost:
                return [results[place] for place in range(len(calls))]
            self._replace({(first + place) % len(self._pools) for place in lost})
        raise WorkersLost(
            f"processes were lost {self._attempts} times at shard {first + min(lost)}",
            remedy="They may lack memory: make smaller shards, or use fewer processes.",
        )

    def _submit(self, shard: int, work: Callable[..., Result], call: tuple[Any, ...]) -> Future[Result] | None:
        try:
            return self._pools[shard % len(self._pools)].submit(work, *call)
        except BrokenProcessPool:
            return None

    def _collected(self, place: int, future: Future[Result] | None, results: dict[int, Result]) -> bool:
        try:
            if future is None:
                return False
            results[place] = future.result()
        except BrokenProcessPool:
            return False
        return True

    def _replace(self, broken: Iterable[int]) -> None:
        for index in broken:
            self._pools[index].shutdown(wait=False)
            self._pools[index] = _new_pool()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)


def _new_pool() -> ProcessPoolExecutor:
    # numba and polars have threads, which a fork would leave behind half alive.
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))
