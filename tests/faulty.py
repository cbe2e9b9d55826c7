"""What can go wrong between the broker and the marketplace, put between the client and the in-process marketplace."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError


class Crash(BaseException):
    """The process ends here: nothing catches it."""


class Fault(Enum):
    """What happens to one call."""

    LOST_REQUEST = auto()
    LOST_REPLY = auto()
    TIMED_OUT_AFTER = auto()
    UNREACHABLE = auto()
    THROTTLED = auto()
    WRONG_KEYS = auto()
    REFUSED = auto()
    ERROR_500 = auto()
    ERROR_500_AFTER = auto()
    CRASH_BEFORE = auto()
    CRASH_AFTER = auto()


AFTER_THE_EFFECT = {Fault.LOST_REPLY, Fault.TIMED_OUT_AFTER, Fault.ERROR_500_AFTER, Fault.CRASH_AFTER}


class FaultyWire:
    """A `before-send` handler that passes calls on, except where a fault is due.

    Attributes:
        calls: every operation that was called, in order, whatever came of it.
    """

    def __init__(self, answer: Callable[..., AWSResponse]) -> None:
        self._answer = answer
        self.calls: list[str] = []
        self._due: dict[str, deque[Fault]] = defaultdict(deque)
        self._at: dict[int, Fault] = {}

    def next(self, operation: str, *faults: Fault) -> None:
        """The next calls of an operation meet these faults."""
        self._due[operation].extend(faults)

    def at(self, number: int, fault: Fault) -> None:
        """The call of that number (from 0, over all operations) meets a fault."""
        self._at[number] = fault

    def counted(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(self.calls)

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        fault = self._at.get(len(self.calls)) or (self._due[operation].popleft() if self._due[operation] else None)
        self.calls.append(operation)
        reply = self._answer(request) if fault is None or fault in AFTER_THE_EFFECT else None
        if fault is not None:
            return _met(fault, request)
        assert reply is not None
        return reply


def _met(fault: Fault, request: AWSPreparedRequest) -> AWSResponse:
    url = request.url
    match fault:
        case Fault.LOST_REQUEST | Fault.LOST_REPLY:
            raise ConnectionClosedError(endpoint_url=url)
        case Fault.TIMED_OUT_AFTER:
            raise ReadTimeoutError(endpoint_url=url)
        case Fault.UNREACHABLE:
            raise EndpointConnectionError(endpoint_url=url)
        case Fault.THROTTLED:
            return reply_of(url, 400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
        case Fault.WRONG_KEYS:
            return reply_of(url, 400, {"__type": "UnrecognizedClientException", "message": "The token is invalid."})
        case Fault.REFUSED:
            code = "AWS.MechanicalTurk.AccountSuspended"
            return reply_of(url, 400, {"__type": "RequestError", "Message": "No.", "TurkErrorCode": code})
        case Fault.ERROR_500 | Fault.ERROR_500_AFTER:
            return reply_of(url, 500, {"__type": "ServiceFault", "Message": "An error occurred"})
    raise Crash


def reply_of(url: str, status: int, document: dict[str, Any]) -> AWSResponse:
    """An answer of the wire."""
    headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.1"})
    return AWSResponse(url, status, headers, _Body(json.dumps(document).encode()))


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
