"""The requester API over HTTP: what is posted to `/` by an AWS client."""

from __future__ import annotations

import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from crowdbroker.marketplace import wire
from crowdbroker.marketplace.broken_replies import BrokenReply
from crowdbroker.marketplace.faults import ServiceFault
from crowdbroker.marketplace.logs import place_of
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.metrics import Metrics
from crowdbroker.marketplace.origins import origin_of
from crowdbroker.marketplace.site.bodies import read_capped


class RequesterApi:
    """ASGI middleware that answers the calls of AWS clients; everything else passes.

    Each call is counted, and each that is refused is logged once, without what it said.
    """

    def __init__(self, app: ASGIApp, *, market: Marketplace, metrics: Metrics, log: FilteringBoundLogger) -> None:
        self._app = app
        self._market = market
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        app = await self._answer(request) if _is_call(request) else self._app
        await app(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        began_s = time.perf_counter()
        told = wire.Told(operation=wire.operation_of(request.headers))
        body = await read_capped(request, wire.LARGEST_BODY)
        if body is None:
            reply = wire.refusal(self._market, wire.too_large(), told)
        else:
            try:
                reply = await run_in_threadpool(
                    wire.answer, self._market, request.headers, body, origin=origin_of(request)
                )
            except Exception as error:  # noqa: BLE001
                # A mistake of ours. What the call had begun is rolled back by now; its client reads a modelled error.
                self._log.error("call failed", error=type(error).__name__, where=place_of(error))
                fault = ServiceFault("InternalError", "The marketplace made a mistake. Nothing was changed.")
                reply = wire.refusal(self._market, fault, told)
        self._note(request, reply, time.perf_counter() - began_s)
        if reply.broken is not None:
            return BrokenReply(reply.broken, self._market.fidelity.reply_lost_s)
        return Response(reply.body, reply.status, reply.headers)

    def _note(self, request: Request, reply: wire.Reply, seconds: float) -> None:
        told = reply.told
        self._metrics.note(told, seconds)
        if told.outcome == "ok" and told.fault is None:
            return
        self._log.info(
            "call refused" if told.fault is None else "fault injected",
            operation=told.operation,
            outcome=told.outcome,
            fault=told.fault,
            status=reply.status,
            requester=told.requester_id,
            peer=request.client.host if request.client else None,
            request_id=told.request_id,
        )


def _is_call(request: Request) -> bool:
    """Tell a client's call from a worker's form: a client that forgets the target is still told so in its language."""
    headers = request.headers
    return (
        "x-amz-target" in headers
        or headers.get("content-type", "").startswith("application/x-amz-json")
        or headers.get("authorization", "").startswith("AWS4-")
    )
