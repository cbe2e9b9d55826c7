"""The marketplace over HTTP: the requester API at `POST /`, the worker site everywhere else."""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import uuid
from collections.abc import Callable
from pathlib import Path

import uvicorn
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from crowdbroker.marketplace import accounts, wire
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.media import media_route
from crowdbroker.marketplace.site import site_middleware, site_routes
from crowdbroker.marketplace.site.bodies import read_capped
from crowdbroker.marketplace.site.pages import Site, show, signed_in
from crowdbroker.marketplace.site.tokens import Tokens

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
) -> Starlette:
    """Return the ASGI application of one marketplace.

    Args:
        site_name: what workers read at the top of every page.
        public_url: scheme and host under which workers reach the site, when a proxy stands before it; without it
            every answer uses the scheme and host that its request names.
        open_sign_up: whether anybody may make an account; otherwise one needs an invitation.
        media_dir: the folder of the files that `/media/` shows; None shows none. It may be made later.
    """
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
        routes=[Route("/healthz", _health), media_route(media_dir), *site_routes(site)],
        middleware=[Middleware(HostCheck), Middleware(RequesterApi, market=market), *site_middleware(site)],
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
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a marketplace until SIGINT or SIGTERM; requests under way may end first, for up to ten seconds.

    Args:
        port: 0 takes a free one.
        site_name, public_url, open_sign_up, media_dir: as for `build_app`.
        on_ready: told the address, such as `http://127.0.0.1:8900`, as soon as connections are taken.

    Raises:
        OSError: the address cannot be bound.
        KeyboardInterrupt: after a shutdown by SIGINT, as uvicorn passes the signal on.
    """
    app = build_app(market, site_name=site_name, public_url=public_url, open_sign_up=open_sign_up, media_dir=media_dir)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=SHUTDOWN_S
    )
    with _listening(host, port) as listener:
        if on_ready is not None:
            shown = f"[{host}]" if ":" in host else host
            on_ready(f"http://{shown}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


class HostCheck:
    """ASGI middleware that refuses a Host header which is no plain host name or IP address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not _HOST.fullmatch(Request(scope).headers.get("host", "")):
            app = PlainTextResponse("The Host header names no host.", 400)
        await app(scope, receive, send)


class RequesterApi:
    """ASGI middleware that answers what carries an `X-Amz-Target` header; everything else passes."""

    def __init__(self, app: ASGIApp, *, market: Marketplace) -> None:
        self._app = app
        self._market = market

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = await self._answer(request) if "x-amz-target" in request.headers else None
        await (self._app if answer is None else answer)(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if not _is_local_call(request):
            sentence = "The requester API of this marketplace answers its own machine only."
            return _refusal(self._market.now_ms(), 403, "PermissionDeniedException", sentence)
        body = await read_capped(request, wire.LARGEST_BODY)
        if body is None:
            sentence = f"The request is larger than {wire.LARGEST_BODY} bytes."
            return _refusal(self._market.now_ms(), 400, "RequestTooLarge", sentence)
        reply = await run_in_threadpool(wire.answer, self._market, request.headers, body)
        return Response(reply.body, reply.status, reply.headers)


def _health(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _is_local_call(request: Request) -> bool:
    """Tell whether a call comes from this machine and means this machine.

    Signatures are not verified, so the peer's address is the only proof there is. The Host header is looked at as
    well, because a web page elsewhere can point a name of its own at 127.0.0.1 and so speak to us as its own origin.
    """
    return request.client is not None and all(map(_is_loopback, (request.client.host, request.url.hostname or "")))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _refusal(at_ms: int, status: int, code: str, sentence: str) -> Response:
    """Return a modelled error (API reference, Common errors) that is given before the marketplace sees the call."""
    body = {
        "__type": "RequestError",
        "Message": f"{sentence} ({at_ms})",
        "TurkErrorCode": f"AWS.MechanicalTurk.{code}",
    }
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-RequestId": str(uuid.uuid4())}
    return Response(json.dumps(body).encode(), status, headers)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
