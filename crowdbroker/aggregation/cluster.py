"""Shards on the machines of a Dask cluster (the extra `cluster`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from types import TracebackType
from typing import Any, Self

from crowdbroker.aggregation.executors import Result
from crowdbroker.errors import InputError


class Dask:
    """The workers of a Dask cluster; crowdbroker must be installed there, and shards be readable by their paths.

    A shard goes to one worker as long as that lives. A lost worker's shards are read again elsewhere.

    Args:
        address: the scheduler, such as tcp://10.0.0.1:8786.
        attempts: how often work that lost its worker is done again.

    Raises:
        InputError: distributed is not installed, the address is none, nobody answers there, or there is no worker.
    """

    threads: int | None = 1

    def __init__(self, address: str, attempts: int = 3) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ModuleNotFoundError as error:
            raise InputError(
                "distributed is not installed", field="cluster", remedy="pip install 'crowdbroker[cluster]'"
            ) from error
        self._attempts = attempts
        _check_address(address)
        try:
            self._client = distributed.Client(address, timeout=10)
        except (OSError, TypeError) as error:  # the second for tls:// where Dask knows no certificates
            raise InputError(
                f"no scheduler answers at {address!r}", field="cluster", remedy="Start one: dask scheduler"
            ) from error
        if not self._addresses():
            self._client.close()
            raise InputError("the cluster has no worker", field="cluster", remedy=f"Start some: dask worker {address}")
        self.at_once = len(self._addresses())

    def each(self, work: Callable[..., Result], calls: Sequence[tuple[Any, ...]], first: int = 0) -> list[Result]:
        """Return `work(*call)` for the call of every shard, in order."""
        import dask.config

        addresses = self._addresses()
        # Parameters travel with the work, not ahead of it: what is scattered to a worker is lost with it.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "4 GiB"}):
            futures = [
                self._client.submit(
                    work,
                    *call,
                    pure=False,
                    retries=self._attempts,
                    workers=[addresses[(first + place) % len(addresses)]] if addresses else None,
                    allow_other_workers=bool(addresses),
                )
                for place, call in enumerate(calls)
            ]
        gathered: list[Result] = self._client.gather(futures)
        return gathered

    def _addresses(self) -> list[str]:
        return sorted(self._client.scheduler_info(n_workers=-1)["workers"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


def _check_address(address: str) -> None:
    """Raise where an address is none; a client that is given one leaves its thread and loop behind."""
    comm: Any = import_module("distributed.comm")
    try:
        comm.get_address_host_port(address)
    except ValueError as error:
        remedy = "Write it like tcp://10.0.0.1:8786."
        raise InputError(f"{address!r} is no address", field="cluster", remedy=remedy) from error
