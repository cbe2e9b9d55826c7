from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from crowdbroker.errors import CrowdbrokerError, InputError, SettingsError
from crowdbroker.reports.webhook import VARIABLE, check_address, send, signature, webhook_secret

SECRET = "0123456789abcdef0123456789abcdef"


class Receiver(HTTPServer):
    """Takes one POST after the other and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?for=cost"


class _Taker(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_a_receiver_can_tell_who_sent_it_and_when(receiver: Receiver) -> None:
    send(receiver.url, '{"schema": "x", "name": "Zoë"}', "budget", SECRET, 1767225600)
    ((path, headers, body),) = receiver.taken
    assert path == "/hook?for=cost"
    assert headers["X-Crowdbroker-Timestamp"] == "1767225600"
    assert headers["X-Crowdbroker-Report"] == "budget"
    expected = hmac.new(SECRET.encode(), b"1767225600." + body, hashlib.sha256).hexdigest()
    assert headers["X-Crowdbroker-Signature"] == f"v1={expected}"
    assert body.decode() == '{"schema": "x", "name": "Zoë"}'


def test_the_signature_depends_on_secret_time_and_body() -> None:
    signatures = {signature("a" * 16, 1, "x"), signature("b" * 16, 1, "x"), signature("a" * 16, 2, "x")}
    assert len({*signatures, signature("a" * 16, 1, "y")}) == 4


@pytest.mark.parametrize("status", [301, 404, 500])
def test_what_is_not_taken_is_said_without_the_address_secrets(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(CrowdbrokerError, match=f"status {status}") as caught:
        send(receiver.url, "{}", "budget", SECRET, 1)
    assert len(receiver.taken) == 1
    assert "cost" not in str(caught.value)


def test_nobody_there_is_said(receiver: Receiver) -> None:
    url = receiver.url.replace(str(receiver.server_port), "1")
    with pytest.raises(CrowdbrokerError, match="could not be reached"):
        send(url, "{}", "budget", SECRET, 1)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org/hook", "http://", "https://example.org:x/", ""])
def test_no_web_address_is_refused_before_anything_is_done(url: str) -> None:
    with pytest.raises(InputError, match="no web address"):
        check_address(url)


@pytest.mark.parametrize(("secret", "why"), [("", "is not set"), ("short", "shorter than 16")])
def test_without_a_good_secret_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, secret: str, why: str) -> None:
    monkeypatch.setenv(VARIABLE, secret)
    with pytest.raises(SettingsError, match=why):
        webhook_secret()
