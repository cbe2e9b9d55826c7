"""Replies that do not arrive: a connection that breaks, and one on which nothing comes (fidelity switches)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from crowdbroker.marketplace.injected_faults import InjectedFault

_ABORT = "crowdbroker.abort"


class BreakableProtocol(H11Protocol):
    """Uvicorn's HTTP with a way for the application to break the connection, which ASGI does not offer."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        served = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[_ABORT] = self.transport.abort
            await served(scope, receive, send)

        self.app = app


class BrokenReply:
    """An ASGI response that breaks the connection, at once or after the client has waited in vain.

    Args:
        wait_s: how long the client waits for a reply that was lost; it may give up before.
    """

    def __init__(self, fault: InjectedFault, wait_s: float) -> None:
        self._wait_s = wait_s if fault is InjectedFault.REPLY_LOST else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._wait_s):
                await _gone(receive)
                return
        abort = scope.get(_ABORT)
        if abort is None:
            # Under another protocol an answer that says nothing is the nearest thing.
            await Response(status_code=500)(scope, receive, send)
            return
        abort()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
