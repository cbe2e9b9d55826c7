from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest

from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.requesters import add_requester
from crowdbroker.marketplace.wire import answer

TARGET = "MTurkRequesterServiceV20170117."


def ask(desk: Any, operation: str, document: Any, key: str | None = None, origin: Origin = Origin.IN_PROCESS):
    headers = {"X-Amz-Target": TARGET + operation}
    if key:
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={key}/20260301/us-east-1/mturk-requester/aws4_request"
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    reply = answer(desk.market, headers, body, origin=origin)
    return reply, json.loads(reply.body)


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("GetHIT", b"{", "MalformedRequest"),
        ("GetHIT", b"\xff\xfe", "MalformedRequest"),
        ("GetHIT", b"[" * 100_000, "MalformedRequest"),
        ("GetHIT", b'{"HITId": ' + b"9" * 5000 + b"}", "MalformedRequest"),
        ("CreateWorkerBlock", rb'{"WorkerId": "A1", "Reason": "\ud800"}', "MalformedRequest"),
        ("CreateWorkerBlock", rb'{"WorkerId": "A1", "Reason": "a\u0000"}', "MalformedRequest"),
        ("GetHIT", b'{"HITId": "' + b"A" * 1_000_001 + b'"}', "RequestTooLarge"),
    ],
)
def test_a_request_that_cannot_be_served_gets_a_modelled_error(desk, operation, body, code):
    reply, document = ask(desk, operation, body)
    assert reply.status == 400
    assert document["__type"] == "RequestError"
    assert document["TurkErrorCode"] == f"AWS.MechanicalTurk.{code}"
    assert uuid.UUID(reply.headers["x-amzn-RequestId"])


@pytest.mark.parametrize("headers", [{}, {"X-Amz-Target": TARGET + "NoSuchThing"}, {"X-Amz-Target": "GetHIT"}])
def test_a_request_without_an_operation_is_refused_at_the_door(desk, headers):
    reply = answer(desk.market, headers, b"{}")
    assert reply.status == 400
    assert json.loads(reply.body)["__type"] == "UnknownOperationException"
    assert (reply.told.operation, reply.told.outcome) == ("unknown", "UnknownOperationException")


def test_a_message_ends_with_the_moment_in_brackets(desk):
    _, document = ask(desk, "GetHIT", {"HITId": "3NOSUCH"})
    moment = int(desk.clock.now.timestamp() * 1000)
    assert document == {
        "__type": "RequestError",
        "Message": f"Hit 3NOSUCH does not exist. ({moment})",
        "TurkErrorCode": "AWS.MechanicalTurk.HITDoesNotExist",
    }


@pytest.mark.parametrize(
    ("operation", "document", "kind", "fragment"),
    [
        ("CreateWorkerBlock", {"WorkerId": "A1"}, "ValidationException", "Value null at 'reason'"),
        ("CreateWorkerBlock", {"WorkerId": "A1", "Reason": None}, "ValidationException", "Member must not be null"),
        ("GetHIT", {"HITId": "3A", "Colour": "red"}, "ValidationException", "'colour'"),
        ("GetHIT", {"HITId": 3}, "ValidationException", "'hITId'"),
        ("GetHIT", [], "ValidationException", "request"),
        ("GetHIT", {"HITId": "3abc"}, "ParameterValidationError", "'hITId'"),
        ("GetHIT", {"HITId": "3A\n"}, "ParameterValidationError", "'hITId'"),
        ("GetHIT", {"HITId": "A" * 65}, "ParameterValidationError", "'hITId'"),
        ("ListHITs", {"MaxResults": 101}, "ParameterValidationError", "'maxResults'"),
        ("ListHITs", {"MaxResults": True}, "ValidationException", "'maxResults'"),
        ("ListReviewableHITs", {"Status": "Disposed"}, "ParameterValidationError", "'status'"),
        ("UpdateExpirationForHIT", {"HITId": "3A", "ExpireAt": 1e300}, "ParameterValidationError", "'expireAt'"),
        ("UpdateExpirationForHIT", {"HITId": "3A", "ExpireAt": "now"}, "ValidationException", "'expireAt'"),
    ],
)
def test_an_input_that_breaks_the_model_is_refused_by_its_member(desk, operation, document, kind, fragment):
    reply, refused = ask(desk, operation, document)
    assert (reply.status, refused["__type"]) == (400, kind)
    assert fragment in refused["Message"]
    assert re.search(r" \(\d{13}\)$", refused["Message"])


def test_a_null_optional_member_is_an_absent_one(desk):
    reply, document = ask(desk, "ListHITs", {"NextToken": None, "MaxResults": None})
    assert (reply.status, document) == (200, {"NumResults": 0, "HITs": []})


def test_every_key_is_the_default_requester_until_another_exists(desk):
    desk.hit()
    for key in (None, "AKIAONE", "AKIATWO"):
        for origin in (Origin.IN_PROCESS, Origin.THIS_MACHINE):
            assert ask(desk, "ListHITs", {}, key, origin)[1]["NumResults"] == 1


def test_within_the_process_a_key_says_who_calls_and_any_other_is_the_default_requesters(desk):
    hit = desk.hit()
    key = add_requester(desk.market, "Second", deposit_cents=500).access_key
    assert ask(desk, "GetAccountBalance", {}, key)[1]["AvailableBalance"] == "5.00"
    assert ask(desk, "GetHIT", {"HITId": hit["HITId"]}, key)[1]["TurkErrorCode"].endswith("HITDoesNotExist")
    assert ask(desk, "ListHITs", {}, key)[1]["NumResults"] == 0
    for other in (None, "AKIAOTHER"):
        assert ask(desk, "ListHITs", {}, other)[1]["NumResults"] == 1


def test_every_answer_has_a_request_id_of_its_own(desk):
    seen = {ask(desk, "GetAccountBalance", {})[0].headers["x-amzn-RequestId"] for _ in range(5)}
    assert len(seen) == 5
