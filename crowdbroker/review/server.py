"""The review application over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from crowdbroker.domain.money import Tariff
from crowdbroker.errors import StoreBusy
from crowdbroker.mturk.client import MTurk
from crowdbroker.review.facts import Facts
from crowdbroker.review.guard import FormGuard
from crowdbroker.review.headers import SecurityHeaders
from crowdbroker.review.pages import Review, refuse, signed_in
from crowdbroker.review.routes import all_said, all_tabs, routes
from crowdbroker.store.store import Store

SHUTDOWN_S = 10


def build_app(
    store: Store,
    clock: Callable[[], datetime],
    tariff: Tariff,
    *,
    name: str = "crowdbroker",
    only: int | None = None,
    at_home: bool = True,
    facts: Facts | None = None,
    market: Callable[[], MTurk] | None = None,
    marketplace: str = "",
) -> Starlette:
    """The ASGI application.

    Args:
        name: what stands at the top of every page.
        only: the row of the one Batch that is shown; None: all are.
        at_home: whether only this machine can reach it.
        facts: None: found out when they are asked for, in the request.
        market: makes the client that asks the marketplace about calls in doubt; None: nobody can settle them here.
        marketplace: what a Batch that was published there remembers of it.
    """
    review = Review(
        store,
        clock,
        tariff,
        facts or Facts(store, clock),
        name,
        only,
        at_home,
        market=market,
        marketplace=marketplace,
        tabs=all_tabs(),
        said=all_said(),
    )

    def not_found(request: Request, _: Exception) -> Response:
        sentence = "There is no page at this address."
        return refuse(review, request, sentence, status=404, person=signed_in(review, request))

    def busy(request: Request, _: Exception) -> Response:
        remedy = "Nothing was changed. Go back and try again in a moment."
        return refuse(review, request, "The database is busy.", remedy, status=503)

    return Starlette(
        routes=[Route("/healthz", _health), *routes(review)],
        middleware=[Middleware(SecurityHeaders), Middleware(FormGuard)],
        exception_handlers={404: not_found, StoreBusy: busy},
    )


def serve(app: Starlette, host: str, port: int, *, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; requests under way may end first, for up to ten seconds.

    Args:
        port: 0 takes a free one.
        on_ready: told the address, such as `http://127.0.0.1:8643`, as soon as connections are taken.

    Raises:
        OSError: the address cannot be bound.
        KeyboardInterrupt: after a shutdown by SIGINT, as uvicorn passes the signal on.
    """
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=SHUTDOWN_S
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        # A reply's head and body are two writes; held back for the client's delayed acknowledgement they cost 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if on_ready is not None:
            shown = f"[{host}]" if ":" in host else host
            on_ready(f"http://{shown}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


def _health(_: Request) -> Response:
    return PlainTextResponse("ok\n")
