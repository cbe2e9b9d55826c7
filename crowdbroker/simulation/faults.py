"""What goes wrong on purpose: the wire between broker and marketplace, and the moments at which a process can end."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from sqlalchemy import Engine, event


class Killed(BaseException):
    """The process ends here; nothing catches it but whoever starts the next one."""


class WireFault(StrEnum):
    """What happens to one call.

    `sent twice` delivers the request a second time: the caller reads the first reply, or with `late` the second one.
    `overtaken` lets another broker work between the effect and its reply, `slow` lets the time of a lease pass there.
    """

    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    TIMED_OUT = "timed out after the effect"
    SENT_TWICE = "sent twice"
    SENT_TWICE_LATE = "sent twice, second reply"
    THROTTLED = "throttled"
    ERROR_BEFORE = "500 before the effect"
    ERROR_AFTER = "500 after the effect"
    UNREACHABLE = "unreachable"
    OVERTAKEN = "overtaken by another broker"
    SLOW = "slow"
    SLOW_AND_OVERTAKEN = "slow and overtaken"


_WITHOUT_EFFECT = {WireFault.REQUEST_LOST, WireFault.THROTTLED, WireFault.ERROR_BEFORE, WireFault.UNREACHABLE}
_TWICE = {WireFault.SENT_TWICE, WireFault.SENT_TWICE_LATE}


class Touches:
    """Counts the moments at which a process touches the outside, and ends it right before the chosen ones.

    A moment is a call before it is sent, its reply before it is read, and a commit before it is made. What lies
    between two of them leaves no trace, so that ending the process right before each covers every instruction.

    Attributes:
        moments: what each moment so far was, while `counting`.
        commits: all commits so far; while there is none, nothing has changed.
    """

    def __init__(self) -> None:
        self.moments: list[str] = []
        self.commits = 0
        self.counting = False
        self._ends_at: set[int] = set()

    def end_at(self, number: int) -> None:
        """End the process right before the moment of that number, from 0."""
        self._ends_at.add(number)

    def forget(self) -> None:
        """End no process any more."""
        self._ends_at.clear()

    def reach(self, what: str) -> None:
        """One moment. Raises Killed where the process ends here."""
        if not self.counting:
            return
        number = len(self.moments)
        self.moments.append(what)
        if number in self._ends_at:
            self._ends_at.discard(number)
            raise Killed(what)

    @contextmanager
    def of(self, engine: Engine, what: str) -> Iterator[None]:
        """Count the commits of a database meanwhile."""

        def committing(_connection: Any) -> None:
            self.commits += 1
            self.reach(what)

        event.listen(engine, "commit", committing)
        try:
            yield
        finally:
            event.remove(engine, "commit", committing)


class FaultyWire:
    """Answers a client's calls from the marketplace, except where a fault is due.

    Args:
        answer: the marketplace's answer to a request.
        touches: told of every call and every reply.
        may_call: says what speaks against a call now, such as an open transaction; empty: nothing.
        meanwhile: does what happens between an effect and its reply.

    Attributes:
        calls: how often each operation was called.
        met: how often each fault was met.
        wrong: what no call may do and one did: a token with another request, a call where none is allowed.
    """

    def __init__(
        self,
        answer: Callable[[AWSPreparedRequest], AWSResponse],
        touches: Touches,
        *,
        may_call: Callable[[], str],
        meanwhile: Callable[[WireFault], None],
    ) -> None:
        self._answer = answer
        self._touches = touches
        self._may_call = may_call
        self._meanwhile = meanwhile
        self._requests: dict[str, str] = {}
        self._due: dict[int, WireFault] = {}
        self._number = 0
        self._inside = False
        self.calls: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self.wrong: list[str] = []

    def fault_after(self, calls: int, fault: WireFault) -> None:
        """The call after so many more meets a fault."""
        self._due[self._number + calls] = fault

    def known(self) -> dict[str, str]:
        """The digest of the request that each token came with."""
        return dict(self._requests)

    def go_on_from(self, known: Mapping[str, str], calls: Counter[str]) -> None:
        """Count on after so many calls, none of which met a fault."""
        self._requests, self.calls, self._number = dict(known), Counter(calls), calls.total()

    def calm(self) -> None:
        """No fault is due any more."""
        self._due.clear()

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        self._check(operation, request)
        self.calls[operation] += 1
        self._touches.reach(f"{operation} before it is sent")
        fault = self._due.pop(self._number, None)
        self._number += 1
        if fault is not None:
            self.met[fault] += 1
        reply = self._faulty(request, fault) if fault is not None else self._answer(request)
        self._touches.reach(f"{operation} before its reply is read")
        return reply

    def _check(self, operation: str, request: AWSPreparedRequest) -> None:
        against = self._may_call()
        if against:
            self.wrong.append(f"{operation} was called while {against}.")
        body = _bytes(request.body)
        token = json.loads(body).get("UniqueRequestToken")
        digest = hashlib.sha256(body).hexdigest()
        if token is not None and self._requests.setdefault(f"{operation}:{token}", digest) != digest:
            self.wrong.append(f"{operation} was called with the known token {token} and another request.")

    def _faulty(self, request: AWSPreparedRequest, fault: WireFault) -> AWSResponse:
        reply = None if fault in _WITHOUT_EFFECT else self._answer(request)
        if fault in _TWICE:
            second = self._answer(request)
            reply = second if fault is WireFault.SENT_TWICE_LATE else reply
        match fault:
            case WireFault.REQUEST_LOST | WireFault.REPLY_LOST:
                raise ConnectionClosedError(endpoint_url=request.url)
            case WireFault.TIMED_OUT:
                raise ReadTimeoutError(endpoint_url=request.url)
            case WireFault.UNREACHABLE:
                raise EndpointConnectionError(endpoint_url=request.url)
            case WireFault.THROTTLED:
                return _reply(request.url, 400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
            case WireFault.ERROR_BEFORE | WireFault.ERROR_AFTER:
                return _reply(request.url, 500, {"__type": "ServiceFault", "Message": "The service is unavailable."})
        if fault not in _TWICE and not self._inside:
            self._inside = True
            try:
                self._meanwhile(fault)
            finally:
                self._inside = False
        assert reply is not None
        return reply


def _reply(url: str, status: int, document: dict[str, Any]) -> AWSResponse:
    headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.1"})
    return AWSResponse(url, status, headers, _Body(json.dumps(document).encode()))


class _Body:
    """The part of a response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"{}")
