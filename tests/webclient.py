"""A browser without a window: it calls an ASGI application in-process, keeps cookies and fills in forms."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp, Message


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    set_cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    app: ASGIApp
    peer: str = "127.0.0.1"
    host: str = "127.0.0.1:8900"
    scheme: str = "http"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", address, headers=headers)

    def post(
        self,
        address: str,
        fields: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.request("POST", address, urlencode(fields).encode(), kind | dict(headers or {}))

    def send_form(self, page: str, address: str, **fields: str) -> Answer:
        """Open a page, then send a form of it to an address, as a current browser does."""
        form_token = re.search(r'name="form_token" value="([^"]+)"', self.get(page).text)
        assert form_token is not None
        return self.post(address, {"form_token": form_token[1], **fields}, {"sec-fetch-site": "same-origin"})

    def follow(self, answer: Answer) -> Answer:
        while answer.status == 303:
            answer = self.get(answer.location)
        return answer

    def request(self, method: str, address: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        parts = urlsplit(address)
        sent = {"host": self.host} | dict(headers or {})
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": self.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": (self.peer, 50_000),
            "server": ("127.0.0.1", 8900),
        }
        # In a thread of its own, because a real browser's driver keeps a loop running in the test's thread.
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(lambda: asyncio.run(_call(self.app, scope, body))).result()
        self._keep(answer.set_cookies)
        return answer

    def _keep(self, set_cookies: list[str]) -> None:
        for line in set_cookies:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]


def attribute(text: str, pattern: str) -> str:
    """Return the first group of a pattern in a page, with its HTML escapes undone."""
    found = re.search(pattern, text)
    assert found is not None, f"{pattern} is not in the page"
    return html.unescape(found[1])


async def _call(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Answer:
    # In pieces, as they come from a network.
    pieces = [body[start : start + 65_536] for start in range(0, len(body), 65_536)] or [b""]
    sent: list[Message] = []

    async def receive() -> Message:
        if not pieces:
            await asyncio.Event().wait()  # the browser stays to hear the answer
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    cookies = [value for name, value in headers if name == "set-cookie"]
    return Answer(sent[0]["status"], dict(headers), cookies, b"".join(each.get("body", b"") for each in sent[1:]))
