"""A small server that takes the signed webhooks of a marketplace into the inbox.

X-Crowdbroker-Timestamp: 1767225600
X-Crowdbroker-Signature: v1=<hex of HMAC-SHA256 over "<timestamp>.<body>" with the shared secret>
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from crowdbroker.broker.inbox import take_in
from crowdbroker.errors import SettingsError, StoreError
from crowdbroker.store.store import Store

LONGEST_BODY = 256 * 1024
_LATE_S = 300
_READ_TIMEOUT_S = 10


def is_signed(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> bool:
    """Whether a body comes from who knows the secret, and was signed within five minutes of now."""
    if not (timestamp.isascii() and timestamp.isdecimal()) or len(timestamp) > 12:
        return False
    if abs(now.timestamp() - int(timestamp)) > _LATE_S:
        return False
    wanted = "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode())


@contextmanager
def listening(
    store: Store, clock: Callable[[], datetime], *, host: str, port: int, secret: str
) -> Iterator[tuple[str, int]]:
    """Take webhooks in for as long as the context lasts; gives the address.

    Raises:
        SettingsError: nobody can listen there.
    """
    try:
        server = ThreadingHTTPServer((host, port), _handler(store, clock, secret))
    except OSError as error:
        raise SettingsError(
            f"[events] nobody can listen at {host}:{port}: {error.strerror}", remedy="Give `listen` another port."
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield str(server.server_address[0]), server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(store: Store, clock: Callable[[], datetime], secret: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _READ_TIMEOUT_S

        def do_POST(self) -> None:
            self.send_response_only(self._taken())
            self.send_header("Content-Length", "0")
            self.send_header("Connection", "close")
            self.end_headers()

        def _taken(self) -> int:
            length = self.headers.get("Content-Length", "")
            # Python refuses to read a number of thousands of digits.
            if not length.isdecimal() or len(length) > 12 or int(length) > LONGEST_BODY:
                return 413
            body = self.rfile.read(int(length))
            stamp = self.headers.get("X-Crowdbroker-Timestamp", "")
            signature = self.headers.get("X-Crowdbroker-Signature", "")
            if not is_signed(secret, stamp, signature, body, clock()):
                return 403
            try:
                take_in(store, [body.decode("utf-8", "replace")], clock())
            except StoreError:
                # Not stored, so the marketplace shall send it again.
                return 503
            return 204

        def log_message(self, *_: Any) -> None:
            """What was taken in is to be seen in the store."""

    return Handler
