"""The server that the clients talk to: one of ours over HTTP, or any other whose address is given."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app


@dataclass(frozen=True)
class Keys:
    """What a requester signs with."""

    access_key: str
    secret_key: str


@dataclass
class Endpoint:
    """An address; `market` is None when it is somebody else's, and then only the requester's side can be tried."""

    address: str
    market: Marketplace | None
    _number: Iterator[int] = field(default_factory=itertools.count)

    def requester(self) -> Keys:
        """Return the keys of a requester that nobody else uses; at a foreign endpoint, of the one there is."""
        if self.market is None:
            return Keys(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        return _new_requester(self.market, next(self._number))


@contextmanager
def served(folder: Path) -> Iterator[Endpoint]:
    """Serve a new marketplace in a thread."""
    market = Marketplace.open(f"sqlite:///{folder}/market.db")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(market), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}", market)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        market.close()


def _new_requester(market: Marketplace, number: int) -> Keys:
    from crowdbroker.marketplace.requesters import add_requester

    made = add_requester(market, f"Requester {number}", deposit_cents=1_000_000)
    return Keys(made.access_key, made.secret_key)
