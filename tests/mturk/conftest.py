"""The real adapter, answered by a function of the test's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from faulty import reply_of

from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect

Answer = Callable[[AWSPreparedRequest], Any]


class Waits:
    """Stands for `time.sleep` and remembers."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


class Switch:
    """Whom the one client of these tests is answered by; making a client takes longer than most tests."""

    answer: Answer

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> Any:
        return self.answer(request)


@pytest.fixture(scope="session")
def client() -> tuple[Any, Switch]:
    switch = Switch()
    return connect(None, access_key="k", secret_key="s", answer=switch), switch


@pytest.fixture
def market(client: tuple[Any, Switch], waits: Waits) -> Callable[[Answer], MTurk]:
    """Return a maker of adapters that a function answers instead of a network."""

    def make(answer: Answer) -> MTurk:
        client[1].answer = answer
        return MTurk(client[0], sleep=waits)

    return make


@pytest.fixture
def refusing(market: Callable[[Answer], MTurk]) -> Callable[..., MTurk]:
    """Return a maker of adapters that are refused with a code, as the wire does it."""

    def make(code: str, *, status: int = 400, turk: str = "", message: str = "No. (1772442000000)") -> MTurk:
        document = {"__type": code, "Message": message} | ({"TurkErrorCode": turk} if turk else {})
        return market(lambda request: reply_of(request.url, status, document))

    return make
