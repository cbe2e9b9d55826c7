"""One simulated person at the worker site: it signs up, opens pages and sends their forms over HTTP, as a browser does.

The crowds of this package call the worker's functions; this one goes the whole way through a running server, so that
a test of many people at once meets the same sessions, forms and locks as people do.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import unquote, urlencode, urljoin, urlsplit

_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_GROUP = re.compile(r'href="/groups/([0-9A-Z]+)"')
_FRAME = re.compile(r'<iframe[^>]* src="([^"]+)"')
_SUBMIT = re.compile(r"turkSubmitTo=([^&]+)")
_TIMEOUT_S = 60
# Servers close connections that were idle for some seconds; a form sent into a closing one would be lost.
_MOST_IDLE_S = 2


class UnexpectedPage(RuntimeError):
    """The site answered with something that no person should see in the middle of work."""

    def __init__(self, asked: str, status: int, text: str) -> None:
        words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
        super().__init__(f"{asked} answered {status}: {words[:300]}")
        self.status = status


class SiteWorker:
    """A person with a browser of their own; `address` is the server's, such as `http://127.0.0.1:8642`."""

    def __init__(self, address: str) -> None:
        where = urlsplit(address)
        self._origin = address
        self._connection = HTTPConnection(where.hostname or "", where.port, timeout=_TIMEOUT_S)
        self._cookies: dict[str, str] = {}
        self._used_at = time.monotonic()

    def close(self) -> None:
        """Leave; the session stays open on the server, as it does behind a browser that was closed."""
        self._connection.close()

    def sign_up(self, name: str, password: str) -> None:
        """Make an account. Raises UnexpectedPage when the site refuses."""
        self._act("/sign-up", "/sign-up", name=name, password=password)

    def groups(self) -> list[str]:
        """Return the ids of the groups that the first page of the list shows."""
        return list(dict.fromkeys(_GROUP.findall(self._open("/"))))

    def accept_next(self, hit_type_id: str) -> str | None:
        """Accept the next HIT of a group and return the address of its work page; None when nothing is left."""
        address = self._act("/", f"/groups/{hit_type_id}/accept")
        return address if address.startswith("/assignments/") else None

    def submit(self, work_address: str, fields: Sequence[tuple[str, str]]) -> None:
        """Open a work page, load its question and submit these fields from it."""
        frame = _first(_FRAME, self._open(work_address), work_address)
        question = urljoin(self._origin, html.unescape(frame))
        self._get(question)
        submit_to = re.search(_SUBMIT, question)
        assert submit_to is not None, f"{question} names no turkSubmitTo"
        base = urlsplit(unquote(submit_to[1])).path
        assignment_id = work_address.split("?")[0].rpartition("/")[2]
        self._post(f"{base}/mturk/externalSubmit", [("assignmentId", assignment_id), *fields])

    def give_back(self, work_address: str) -> None:
        """Return an accepted HIT."""
        self._act(work_address, f"{work_address.split('?')[0]}/return")

    def _act(self, page: str, address: str, **fields: str) -> str:
        """Send a form of a page and return where the site leads."""
        token = _first(_FORM_TOKEN, self._open(page), page)
        return self._post(address, [("form_token", token), *fields.items()])

    def _open(self, address: str) -> str:
        return self._get(urljoin(self._origin, address))

    def _get(self, url: str) -> str:
        parts = urlsplit(url)
        return self._ask("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, "")[1]

    def _post(self, path: str, fields: Sequence[tuple[str, str]]) -> str:
        response, _ = self._ask("POST", path, urlencode(fields))
        return response.headers.get("location", "")

    def _ask(self, method: str, path: str, body: str) -> tuple[HTTPResponse, str]:
        if time.monotonic() - self._used_at > _MOST_IDLE_S:
            self._connection.close()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        self._connection.request(method, path, body=body or None, headers=headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        self._used_at = time.monotonic()
        for line in response.headers.get_all("set-cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if response.status not in (200, 303):
            raise UnexpectedPage(f"{method} {path}", response.status, text)
        return response, text


def _first(pattern: re.Pattern[str], page: str, address: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise UnexpectedPage(f"GET {address}", 200, page)
    return found[1]
