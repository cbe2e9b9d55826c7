"""A marketplace with a clock that tests move, and a boto3 client that it answers in the process."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from crowdbroker.marketplace import Marketplace, worker
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.in_process import answer_in_process

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
PAGE = (
    f'<HTMLQuestion xmlns="{SCHEMAS}/2011-11-11/HTMLQuestion.xsd">'
    "<HTMLContent><![CDATA[<p>Which animal?</p>]]></HTMLContent><FrameHeight>450</FrameHeight></HTMLQuestion>"
)


class Clock:
    """A moment that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **passed: float) -> None:
        self.now += timedelta(**passed)


class Desk:
    """One marketplace, its clock and a requester's client, with short names for what tests do all the time."""

    def __init__(self, market: Marketplace, clock: Clock, client: Any) -> None:
        self.market = market
        self.clock = clock
        self.client = client
        self._names = itertools.count(1)

    def hit(self, **changes: Any) -> dict[str, Any]:
        asked = {
            "Title": "Name the animal",
            "Description": "One picture, one word.",
            "Keywords": "image, animal",
            "Reward": "0.05",
            "LifetimeInSeconds": 3600,
            "AssignmentDurationInSeconds": 600,
            "AutoApprovalDelayInSeconds": 86_400,
            "MaxAssignments": 1,
            "Question": PAGE,
        }
        asked = {name: value for name, value in (asked | changes).items() if value is not None}
        return self.client.create_hit(**asked)["HIT"]

    def look(self, hit: dict[str, Any]) -> dict[str, Any]:
        return self.client.get_hit(HITId=hit["HITId"])["HIT"]

    def worker(self, **details: Any) -> str:
        return worker.enrol(self.market, f"Worker {next(self._names)}", **details)

    def done(self, hit: dict[str, Any], worker_id: str | None = None, text: str = "cat") -> str:
        """Accept and submit; return the AssignmentId."""
        worker_id = worker_id or self.worker()
        held = worker.accept(self.market, worker_id, hit["HITId"])
        worker.submit(self.market, worker_id, held.assignment_id, [("animal", text)])
        return held.assignment_id

    def status(self, assignment_id: str) -> str:
        return self.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["AssignmentStatus"]

    def balance(self) -> tuple[str, str]:
        found = self.client.get_account_balance()
        return found["AvailableBalance"], found["OnHoldBalance"]

    def problems(self) -> list[str]:
        with self.market.read() as session:
            return check_books(session)

    def refusal(self, call: Any, **asked: Any) -> SimpleNamespace:
        """Make a call that must fail; return its type, its code without prefix and its text."""
        with pytest.raises(ClientError) as caught:
            call(**asked)
        response = caught.value.response
        code = response.get("TurkErrorCode", "").removeprefix("AWS.MechanicalTurk.")
        return SimpleNamespace(kind=response["Error"]["Code"], code=code, text=response["Error"]["Message"])


@pytest.fixture(scope="session")
def boto_client():
    return boto3.client(
        "mturk",
        region_name="us-east-1",
        endpoint_url="http://marketplace.invalid",
        aws_access_key_id="anyone",
        aws_secret_access_key="anything",
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_desk(tmp_path, clock, boto_client):
    """Return a function that opens a marketplace, with any arguments of `Marketplace.open`, and its desk."""
    opened = []
    events = boto_client.meta.events

    def open_one(url: str = f"sqlite:///{tmp_path}/market/place.db", **options: Any) -> Desk:
        market = Marketplace.open(url, **({"clock": clock, "seed": 7} | options))
        opened.append(market)
        events.register_first("before-send.mturk", answer_in_process(market), unique_id="desk")
        return Desk(market, clock, boto_client)

    yield open_one
    events.unregister("before-send.mturk", unique_id="desk")
    for market in opened:
        market.close()


@pytest.fixture
def desk(open_desk) -> Desk:
    return open_desk()
