"""Pages that hash a password: a few at a time, and whoever waits for one holds none of the server's threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.marketplace.hashing import AT_ONCE

MOST = 200


class Door:
    """The places of one site: a class of fifty that signs up in one second waits some seconds and is let in.

    Args:
        most: how many may wait and be inside; where more come, a page runs at once, with everybody else's, and its
            hash may be refused (see `hashing.Gate`).
    """

    def __init__(self, most: int = MOST) -> None:
        self._inside = CapacityLimiter(AT_ONCE)
        self._most = most
        self._here = 0

    def leads_to(self, page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        """Return the page, served when there is a place."""

        async def served(request: Request) -> Response:
            limiter = self._inside if self._here < self._most else None
            self._here += 1
            try:
                return await to_thread.run_sync(page, request, limiter=limiter)
            finally:
                self._here -= 1

        return served
