"""What is asked again and what never, and listings to their last page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from faulty import Fault, FaultyWire, reply_of

from crowdbroker.errors import EndpointUnreachable, OutcomeUnknown, Refused, Throttled
from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.mturk.client import MTurk
from crowdbroker.mturk.connect import connect
from crowdbroker.mturk.question import html_question

READ, EFFECT = "GetAccountBalance", "CreateQualificationType"
ALL_ATTEMPTS = 8


@pytest.fixture
def wire(tmp_path: Path) -> Any:
    marketplace = Marketplace.open(f"sqlite:///{tmp_path}/m.db", clock=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    yield FaultyWire(answer_in_process(marketplace))
    marketplace.close()


@pytest.fixture
def asked(wire: FaultyWire, market: Callable[..., MTurk]) -> MTurk:
    return market(wire)


@pytest.mark.parametrize(
    "fault",
    [Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.TIMED_OUT_AFTER, Fault.UNREACHABLE, Fault.THROTTLED, Fault.ERROR_500],
)
def test_a_read_is_asked_again_after_anything(asked: MTurk, wire: FaultyWire, waits: Any, fault: Fault) -> None:
    wire.next(READ, fault, fault)
    assert asked.balance_cents() == 1_000_000
    assert wire.counted()[READ] == 3
    assert len(waits.seconds) == 2


@pytest.mark.parametrize(
    "fault", [Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.TIMED_OUT_AFTER, Fault.ERROR_500, Fault.ERROR_500_AFTER]
)
def test_an_effect_is_never_asked_again_when_its_outcome_is_unknown(
    asked: MTurk, wire: FaultyWire, waits: Any, fault: Fault
) -> None:
    wire.next(EFFECT, fault)
    with pytest.raises(OutcomeUnknown):
        asked.create_qualification_type("n", "d")
    assert wire.counted()[EFFECT] == 1
    assert waits.seconds == []


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.UNREACHABLE])
def test_an_effect_that_certainly_did_not_happen_is_asked_again(asked: MTurk, wire: FaultyWire, fault: Fault) -> None:
    wire.next(EFFECT, fault, fault, fault)
    assert asked.create_qualification_type("n", "d")
    assert wire.counted()[EFFECT] == 4


@pytest.mark.parametrize(
    ("operation", "fault", "kind"),
    [
        (READ, Fault.LOST_REPLY, OutcomeUnknown),
        (READ, Fault.THROTTLED, Throttled),
        (EFFECT, Fault.THROTTLED, Throttled),
        (EFFECT, Fault.UNREACHABLE, EndpointUnreachable),
    ],
)
def test_asking_again_ends(
    asked: MTurk, wire: FaultyWire, waits: Any, operation: str, fault: Fault, kind: type[Exception]
) -> None:
    wire.next(operation, *[fault] * 20)
    with pytest.raises(kind):
        asked.balance_cents() if operation == READ else asked.create_qualification_type("n", "d")
    assert wire.counted()[operation] == ALL_ATTEMPTS
    assert sum(waits.seconds) <= 0.1 * 2**ALL_ATTEMPTS


def test_a_refusal_is_final(asked: MTurk, wire: FaultyWire) -> None:
    with pytest.raises(Refused) as caught:
        asked.get_hit("3NONE")
    assert caught.value.code == "HITDoesNotExist"
    assert wire.counted()["GetHIT"] == 1


def test_a_lost_reply_in_the_middle_of_a_listing_loses_and_repeats_no_page(asked: MTurk, wire: FaultyWire) -> None:
    names = [f"name {number}" for number in range(130)]
    for name in names:
        asked.create_qualification_type(name, "d")
    wire.next("ListQualificationTypes", *[Fault.LOST_REPLY] * 2)
    assert asked.find_qualification_type("name") is None  # all names contain it, on two pages
    assert wire.counted()["ListQualificationTypes"] == 4
    last = asked.create_qualification_type("name", "d")
    wire.next("ListQualificationTypes", Fault.LOST_REPLY)
    assert asked.find_qualification_type("name") == last


def _assignment(number: int) -> dict[str, Any]:
    return {
        "AssignmentId": f"A{number}",
        "WorkerId": "W",
        "HITId": "H",
        "AssignmentStatus": "Submitted",
        "AcceptTime": 1772442000.0,
        "SubmitTime": 1772442040.5,
        "AutoApprovalTime": 1772452000.0,
        "Answer": "<x/>",
    }


class Pages:
    """A listing of many Assignments, and what was asked of it."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.requests: list[dict[str, Any]] = []

    def __call__(self, request: AWSPreparedRequest) -> Any:
        assert isinstance(request.body, bytes)
        self.requests.append(json.loads(request.body))
        page = int(self.requests[-1].get("NextToken", "0"))
        first = sum(self.sizes[:page])
        shown = [_assignment(number) for number in range(first, first + self.sizes[page])]
        more = {"NextToken": str(page + 1)} if page + 1 < len(self.sizes) else {}
        return reply_of(request.url, 200, {"Assignments": shown, "NumResults": len(shown), **more})


@pytest.mark.parametrize("sizes", [[0], [3], [100], [100, 0], [100, 100, 37], [100, 100, 0]])
def test_a_listing_is_read_to_its_last_page(market: Callable[..., MTurk], sizes: list[int]) -> None:
    pages = Pages(sizes)
    found = list(market(pages).list_assignments("H"))
    assert [one.assignment_id for one in found] == [f"A{number}" for number in range(sum(sizes))]
    assert len(pages.requests) == len(sizes)
    assert all(request["MaxResults"] == 100 and request["HITId"] == "H" for request in pages.requests)


def test_an_empty_page_that_carries_a_token_ends_a_listing(market: Callable[..., MTurk]) -> None:
    def endless(request: AWSPreparedRequest) -> Any:
        return reply_of(request.url, 200, {"Assignments": [], "NextToken": "again"})

    assert list(market(endless).list_assignments("H")) == []


def test_an_assignment_has_aware_times_and_its_answer(market: Callable[..., MTurk]) -> None:
    [one] = market(Pages([1])).list_assignments("H")
    assert one.submitted_at - one.accepted_at == timedelta(seconds=40, milliseconds=500)
    assert one.submitted_at.utcoffset() is not None
    assert one.answer_xml == "<x/>"


def test_an_assignment_without_an_answer_is_empty(market: Callable[..., MTurk]) -> None:
    bare = {name: value for name, value in _assignment(1).items() if name != "Answer"}
    made = market(lambda request: reply_of(request.url, 200, {"Assignment": bare}))
    assert made.get_assignment("A1").answer_xml == ""


def test_a_hit_and_its_token(asked: MTurk) -> None:
    hit_type = {
        "Title": "t",
        "Description": "d",
        "Reward": "0.05",
        "AssignmentDurationInSeconds": 600,
        "AutoApprovalDelayInSeconds": 3600,
    }
    first = asked.create_hit_type(hit_type)
    assert asked.create_hit_type(hit_type) == first
    request = {
        "HITTypeId": first,
        "MaxAssignments": 3,
        "LifetimeInSeconds": 600,
        "Question": html_question("<p>x</p>"),
        "RequesterAnnotation": "note",
    }
    hit = asked.create_hit(request, token="t" * 64)
    assert (hit.status, hit.annotation, hit.max_assignments, hit.available) == ("Assignable", "note", 3, 3)
    assert asked.get_hit(hit.hit_id) == hit == next(asked.list_hits())
    with pytest.raises(Refused) as caught:
        asked.create_hit(request, token="t" * 64)
    assert caught.value.code.lower() == "hitalreadyexists"
    assert hit.hit_id in caught.value.message


def test_the_sdk_does_not_retry_by_itself() -> None:
    client = connect("http://127.0.0.1:9", access_key="k", secret_key="s")
    assert client.meta.config.retries["total_max_attempts"] == 1
