"""A report is sent to an address of the operator's own, signed so that the receiver can tell who sent it and when.

    X-Crowdbroker-Timestamp: 1767225600
    X-Crowdbroker-Signature: v1=<hex of HMAC-SHA256 over "<timestamp>.<body>" with the shared secret>

A receiver computes the same over the body as it came, compares in constant time, and refuses timestamps that are more
than five minutes away from its own clock. Any status of 200 to 299 takes the report; redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
from urllib.parse import urlsplit

from crowdbroker import __version__
from crowdbroker.errors import CrowdbrokerError, InputError, SettingsError

VARIABLE = "CROWDBROKER_WEBHOOK_SECRET"
_SHORTEST = 16
_TIMEOUT_S = 10.0


def signature(secret: str, timestamp: int, body: str) -> str:
    """The signature of a body that is sent at a moment in epoch seconds."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def webhook_secret() -> str:
    """The secret of the environment.

    Raises:
        SettingsError: there is none, or it is too short to keep anybody from guessing it.
    """
    secret = os.environ.get(VARIABLE, "")
    if len(secret) < _SHORTEST:
        what = f"{VARIABLE} is not set" if not secret else f"{VARIABLE} is shorter than {_SHORTEST} characters"
        raise SettingsError(what, remedy="Give sender and receiver the same random text, such as 64 hex digits.")
    return secret


def check_address(url: str) -> None:
    """Refuse what no report can be sent to.

    Raises:
        InputError: it is no http or https address, or its port is no number.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError("this is no web address", field="--webhook", remedy="Write it like https://example.org/hook.")


def send(url: str, body: str, report: str, secret: str, timestamp: int) -> None:
    """Send one report, once.

    Args:
        url: an http or https address; what stands in it after the host may be secret and is never shown.
        body: a JSON document.
        report: its name.
        timestamp: when it was made, in epoch seconds.

    Raises:
        CrowdbrokerError: nobody took it.
    """
    parts = urlsplit(url)
    try:
        status = _exchange(url, body, _headers(body, report, secret, timestamp))
    except (OSError, http.client.HTTPException) as error:
        raise _not_taken(parts.hostname, f"it could not be reached ({type(error).__name__})") from error
    if not 200 <= status < 300:
        raise _not_taken(parts.hostname, f"it answered with status {status}")


def _headers(body: str, report: str, secret: str, timestamp: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": f"crowdbroker/{__version__}",
        "X-Crowdbroker-Report": report,
        "X-Crowdbroker-Timestamp": str(timestamp),
        "X-Crowdbroker-Signature": signature(secret, timestamp, body),
    }


def _exchange(url: str, body: str, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body.encode(), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _not_taken(host: str | None, why: str) -> CrowdbrokerError:
    return CrowdbrokerError(
        f"the webhook at {host} did not take the report: {why}",
        remedy="The report itself was made; run it again to send it again.",
    )
