"""A marketplace behind a boto3 client of the same process, without a network.

    client.meta.events.register("before-send.mturk", answer_in_process(market))

botocore asks its `before-send` handlers before it opens a connection; the first response ends the matter. Everything
else, signing, retries and parsing, stays the client's own.

Such a client is believed: it runs in the process that has the database open. Its access key says which requester it is,
if it is a requester's, and otherwise it is the default one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.injected_faults import InjectedFault
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.wire import answer


def answer_in_process(market: Marketplace, *, origin: Origin = Origin.IN_PROCESS) -> Callable[..., AWSResponse]:
    """Return a `before-send` handler that answers every request from this marketplace.

    A broken connection and a lost reply (fidelity switches) raise what the client's own connection would; nobody waits.

    Args:
        origin: another one has the client's signature verified as if it came over a network.
    """

    def handle(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        # The client's connection would add the host that was signed.
        headers = {"Host": urlsplit(request.url).netloc}
        headers |= {name: _text(value) for name, value in request.headers.items()}
        reply = answer(market, headers, _bytes(request.body), origin=origin)
        if reply.broken is InjectedFault.REPLY_LOST:
            raise ReadTimeoutError(endpoint_url=request.url)
        if reply.broken is not None:
            raise ConnectionClosedError(endpoint_url=request.url)
        shown = HTTPHeaders.from_dict(reply.headers)
        return AWSResponse(request.url, reply.status, shown, _Body(reply.body))

    return handle


class _Body:
    """The part of urllib3's response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body.read() if hasattr(body, "read") else bytes(body or b"")
