"""The guard against forged requests: a page elsewhere must not act as the worker who happens to be signed in."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from crowdbroker.marketplace.site.bodies import FORM_LIMIT, read_capped
from crowdbroker.marketplace.site.cookies import browser_of
from crowdbroker.marketplace.site.tokens import Tokens

SAFE_METHODS = frozenset({"GET", "HEAD"})
# PostgreSQL keeps no text with a NUL in it. In its place goes ASCII's SUBSTITUTE: were it left out, what is around it
# could make a new one, and a sign that can be seen would pass for a part of a name.
_NO_NUL = b"%1A"
# Posted by question frames, which have neither our cookies nor our origin; their signed path speaks for them.
SUBMISSIONS = "/w/"


class FormGuard:
    """ASGI middleware: every unsafe request comes from our own origin and carries this browser's form token.

    The fields of the form are left in `request.state.form`, so that pages can be plain functions; a form whose names
    may come more than once is read from `request.state.fields`.
    """

    def __init__(self, app: ASGIApp, *, tokens: Tokens, public_url: str | None) -> None:
        self._app = app
        self._tokens = tokens
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if "\0" in scope["path"]:
                await PlainTextResponse("There is no page at this address.", 404)(scope, receive, send)
                return
            scope["query_string"] = scope["query_string"].replace(b"%00", _NO_NUL)
        free = scope["type"] != "http" or scope["method"] in SAFE_METHODS or scope["path"].startswith(SUBMISSIONS)
        refusal = None if free else await self._refusal(Request(scope, receive))
        await (self._app if refusal is None else refusal)(scope, receive, send)

    async def _refusal(self, request: Request) -> PlainTextResponse | None:
        if not _is_from_here(request, self._public_url):
            return PlainTextResponse("This form was sent from another site.", 403)
        body = await read_capped(request, FORM_LIMIT)
        if body is None:
            return PlainTextResponse("This form is too long.", 413)
        fields = parse_qsl(body.replace(b"%00", _NO_NUL).decode("utf-8", "replace"), keep_blank_values=True)
        form = dict(fields)
        browser = browser_of(request)
        if not browser or not self._tokens.form_token_is_right(browser, form.get("form_token", "")):
            return PlainTextResponse("This form is out of date. Go back, reload the page and try again.", 403)
        request.state.form, request.state.fields = form, fields
        return None


def _is_from_here(request: Request, public_url: str | None) -> bool:
    """Tell whether the browser says that a request came from our own origin, or says nothing at all."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin in {None, public_url, f"{request.url.scheme}://{request.url.netloc}"}
