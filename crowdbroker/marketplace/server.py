"""The marketplace over HTTP: the requester API at `POST /`, the worker site everywhere else."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from crowdbroker.marketplace import accounts, metrics
from crowdbroker.marketplace.admin.routes import admin_routes
from crowdbroker.marketplace.broken_replies import BreakableProtocol
from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.logs import log_everything, log_to
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.media import media_route
from crowdbroker.marketplace.notifications.runner import Runner
from crowdbroker.marketplace.origins import origin_of
from crowdbroker.marketplace.requester_api import RequesterApi
from crowdbroker.marketplace.site import site_middleware, site_routes
from crowdbroker.marketplace.site.pages import Site, show, signed_in
from crowdbroker.marketplace.site.tokens import Tokens
from crowdbroker.marketplace.site_log import SiteLog

SHUTDOWN_S = 10

# Anything else in a Host header would end up inside addresses that we write into pages.
_HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


def build_app(
    market: Marketplace,
    *,
    site_name: str = "crowdbroker",
    public_url: str | None = None,
    open_sign_up: bool = True,
    media_dir: Path | None = None,
    metrics_token: str | None = None,
    log: FilteringBoundLogger | None = None,
) -> Starlette:
    """Return the ASGI application of one marketplace.

    Args:
        site_name: what workers read at the top of every page.
        public_url: scheme and host under which workers reach the site, when a proxy stands before it; without it
            every answer uses the scheme and host that its request names.
        open_sign_up: whether anybody may make an account; otherwise one needs an invitation.
        media_dir: the folder of the files that `/media/` shows; None shows none. It may be made later.
        metrics_token: what a scraper must show as its bearer token to read `/metrics`; None: this machine alone may.
        log: where refused calls and forms are noted; None: stderr.
    """
    log = log or log_to()
    counted = metrics.Metrics(market)
    accounts.create_tables(market)
    tokens = Tokens(accounts.signing_key(market))
    site = Site(market, tokens, site_name, public_url and public_url.rstrip("/"), open_sign_up=open_sign_up)

    def not_found(request: Request, _: Exception) -> Response:
        sentence = "There is no page at this address."
        return show(site, request, "refusal.html", status=404, person=signed_in(site, request), sentence=sentence)

    def busy(request: Request, _: Exception) -> Response:
        sentence = "The marketplace is busy and nothing was changed. Go back and try again in a moment."
        return show(site, request, "refusal.html", status=503, sentence=sentence)

    return Starlette(
        routes=[
            Route("/healthz", _health),
            Route("/metrics", _metrics(counted, metrics_token)),
            media_route(media_dir),
            *admin_routes(site),
            *site_routes(site),
        ],
        middleware=[
            Middleware(HostCheck),
            Middleware(RequesterApi, market=market, metrics=counted, log=log),
            Middleware(SiteLog, log=log),
            *site_middleware(site),
        ],
        exception_handlers={404: not_found, OperationalError: busy},
    )


def serve(
    market: Marketplace,
    host: str,
    port: int,
    *,
    site_name: str = "crowdbroker",
    public_url: str | None = None,
    open_sign_up: bool = True,
    media_dir: Path | None = None,
    metrics_token: str | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a marketplace until SIGINT or SIGTERM; requests under way may end first, for up to ten seconds.

    Meanwhile a thread sends notifications out and does what the clock alone brings about.

    Args:
        port: 0 takes a free one.
        site_name, public_url, open_sign_up, media_dir, metrics_token: as for `build_app`.
        on_ready: told the address, such as `http://127.0.0.1:8900`, as soon as connections are taken.

    Raises:
        OSError: the address cannot be bound.
        KeyboardInterrupt: after a shutdown by SIGINT, as uvicorn passes the signal on.
    """
    log_everything()
    app = build_app(
        market,
        site_name=site_name,
        public_url=public_url,
        open_sign_up=open_sign_up,
        media_dir=media_dir,
        metrics_token=metrics_token,
    )
    config = uvicorn.Config(
        app,
        http=BreakableProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    runner = Runner(market)
    with _listening(host, port) as listener:
        if on_ready is not None:
            shown = f"[{host}]" if ":" in host else host
            on_ready(f"http://{shown}:{listener.getsockname()[1]}")
        runner.start()
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            runner.stop(SHUTDOWN_S)


class HostCheck:
    """ASGI middleware that refuses a Host header which is no plain host name or IP address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not _HOST.fullmatch(Request(scope).headers.get("host", "")):
            app = PlainTextResponse("The Host header names no host.", 400)
        await app(scope, receive, send)


def _health(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _metrics(counted: metrics.Metrics, token: str | None) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        # Behind a proxy on this machine everybody seems to be here, so a token is asked of all as soon as there is one.
        if token is None:
            may = origin_of(request) is Origin.THIS_MACHINE
        else:
            may = secrets.compare_digest(shown.encode(), token.encode())
        if not may:
            return PlainTextResponse("Metrics are for this machine, or for who has the token.\n", 403)
        return Response(counted.page(), headers={"content-type": metrics.CONTENT_TYPE})

    return answer


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # A reply's head and body are two writes; held back for the client's delayed acknowledgement they cost 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
