from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crowdbroker.marketplace.site.door import Door


class Crowd:
    """A page that notes how many are in it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def page(self, _request: Request) -> Response:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        time.sleep(0.05)
        with self._lock:
            self._inside -= 1
        return PlainTextResponse("in")


def _all_at_once(served: Callable[[Request], Awaitable[Response]], people: int) -> list[int]:
    async def come() -> list[Response]:
        return await asyncio.gather(*(served(Request({"type": "http"})) for _ in range(people)))

    return [response.status_code for response in asyncio.run(come())]


def test_all_are_served_and_few_at_a_time() -> None:
    crowd = Crowd()
    assert _all_at_once(Door().leads_to(crowd.page), 50) == [200] * 50
    assert crowd.most == 2


def test_beyond_the_most_that_wait_pages_run_as_all_others_do() -> None:
    crowd = Crowd()
    assert _all_at_once(Door(most=10).leads_to(crowd.page), 50) == [200] * 50
    assert crowd.most > 2
