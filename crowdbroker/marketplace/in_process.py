"""A marketplace behind a boto3 client of the same process, without a network.

    client.meta.events.register("before-send.mturk", answer_in_process(market))

botocore asks its `before-send` handlers before it opens a connection; the first response ends the matter. Everything
else, signing, retries and parsing, stays the client's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.wire import answer


def answer_in_process(market: Marketplace) -> Callable[..., AWSResponse]:
    """Return a `before-send` handler that answers every request from this marketplace."""

    def handle(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name: _text(value) for name, value in request.headers.items()}
        reply = answer(market, headers, _bytes(request.body))
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
