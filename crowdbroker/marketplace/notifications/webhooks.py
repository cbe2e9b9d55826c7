"""Signed webhooks: one POST a message, to an address that was looked at before.

    X-Crowdbroker-Timestamp: 1767225600
    X-Crowdbroker-Signature: v1=<hex of HMAC-SHA256 over "<timestamp>.<body>" with the requester's webhook secret>

A receiver computes the same over the body as it came, compares in constant time, and refuses timestamps that are more
than five minutes away from its own clock. Any status of 200 to 299 takes the message; redirects are not followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

from crowdbroker.marketplace.notifications.addresses import reachable
from crowdbroker.marketplace.notifications.problems import Undeliverable

TIMESTAMP = "X-Crowdbroker-Timestamp"
SIGNATURE = "X-Crowdbroker-Signature"
EVENT_ID = "X-Crowdbroker-Event"


def signature(secret: str, timestamp: int, body: str) -> str:
    """Return the signature of a body that is sent at a moment in epoch seconds."""
    signed = f"{timestamp}.{body}".encode()
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def post(url: str, body: str, doc_id: str, secret: str, *, private: bool, timeout_s: float) -> None:
    """Send one message.

    Args:
        url: an http or https address.
        secret: the requester's webhook secret.
        private: whether addresses that are not public may be reached.
        timeout_s: for connecting, and again for the whole exchange.

    Raises:
        Undeliverable: it was not taken.
    """
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "crowdbroker",
        EVENT_ID: doc_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: signature(secret, timestamp, body),
    }
    try:
        status = _exchange(url, body, headers, private=private, timeout_s=timeout_s)
    except (OSError, http.client.HTTPException) as error:
        raise Undeliverable(f"The webhook could not be reached: {type(error).__name__}.") from None
    if not 200 <= status < 300:
        raise Undeliverable(f"The webhook answered with status {status}.")


def _exchange(url: str, body: str, headers: dict[str, str], *, private: bool, timeout_s: float) -> int:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = reachable(host, port, private=private)
    with socket.create_connection((address, port), timeout_s) as plain:
        # The socket's own timeout starts anew with every byte; a receiver that drips must not hold the runner.
        cut = threading.Timer(timeout_s, _shut, [plain])
        cut.daemon = True
        cut.start()
        try:
            connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
            connection.sock = _secured(plain, host) if parts.scheme == "https" else plain
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body.encode(), headers)
            return connection.getresponse().status
        finally:
            cut.cancel()


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _shut(plain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)
