"""What people's browsers sent and were refused, logged once each, without form fields and without full addresses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

_SAFE_METHODS = frozenset({"GET", "HEAD"})


class SiteLog:
    """ASGI middleware: logs every form and submission that is refused, and every answer that failed."""

    def __init__(self, app: ASGIApp, *, log: FilteringBoundLogger) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(Request(scope), message["status"])
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, request: Request, status: int) -> None:
        if status < 400 or (status < 500 and request.method in _SAFE_METHODS):
            return
        # What follows the first part of an address can be a secret, such as an invitation.
        room = request.url.path.split("/")[1]
        peer = request.client.host if request.client else None
        self._log.info("page refused", method=request.method, room=f"/{room}", status=status, peer=peer)
