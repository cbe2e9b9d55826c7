"""The guard against forged requests: a page elsewhere must not act as the person who happens to be signed in."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from crowdbroker.review.cookies import browser_of, is_form_token

FORM_LIMIT = 512 * 1024
"""Bytes of a form: a bulk action names a few thousand Items."""

# PostgreSQL keeps no text with a NUL in it. In its place goes ASCII's SUBSTITUTE: were it left out, what is around it
# could make a new one, and a sign that can be seen would pass for a part of a name.
_NO_NUL = b"%1A"
_SAFE = frozenset({"GET", "HEAD"})
# Anything else in a Host header would end up inside addresses that we write into pages.
_HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


class FormGuard:
    """ASGI middleware: every unsafe request comes from our own origin and carries this browser's form token.

    The fields of the form are left in `request.state.form` (the last of each name) and `request.state.fields` (all in
    document order), so that pages can be plain functions.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["query_string"] = scope["query_string"].replace(b"%00", _NO_NUL)
        refusal = await _refusal(Request(scope, receive)) if scope["type"] == "http" else None
        await (self._app if refusal is None else refusal)(scope, receive, send)


async def _refusal(request: Request) -> PlainTextResponse | None:
    if not _HOST.fullmatch(request.headers.get("host", "")):
        return PlainTextResponse("The Host header names no host.", 400)
    if "\0" in request.scope["path"]:
        return PlainTextResponse("There is no page at this address.", 404)
    if request.method in _SAFE:
        return None
    if not _is_from_here(request):
        return PlainTextResponse("This form was sent from another site.", 403)
    body = await _read_capped(request)
    if body is None:
        return PlainTextResponse("This form is too long.", 413)
    fields = parse_qsl(body.replace(b"%00", _NO_NUL).decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(fields)
    if not is_form_token(browser_of(request), form.get("form_token", "")):
        return PlainTextResponse("This form is out of date. Go back, reload the page and try again.", 403)
    request.state.form, request.state.fields = form, fields
    return None


def _is_from_here(request: Request) -> bool:
    """Whether the browser says that a request came from our own origin, or says nothing at all."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    return request.headers.get("origin") in {None, f"{request.url.scheme}://{request.url.netloc}"}


async def _read_capped(request: Request) -> bytes | None:
    # What comes after the limit is read and dropped: a client that still sends may not see our answer.
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= FORM_LIMIT:
            body += chunk
    return bytes(body) if len(body) <= FORM_LIMIT else None
