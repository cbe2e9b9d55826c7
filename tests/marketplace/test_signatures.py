"""Signature Version 4, signed by botocore and by hand, verified by a marketplace that has a keyed requester."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from crowdbroker.marketplace import wire
from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.marketplace.requesters import add_requester, disable, enable, rotate_key

TARGET = "MTurkRequesterServiceV20170117."
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def lab(desk):
    return SimpleNamespace(market=desk.market, clock=desk.clock, keys=add_requester(desk.market, "Lab"))


def signed(keys, body=b"{}", *, at=NOW, region="us-east-1", service="mturk-requester", operation="GetAccountBalance"):
    """Return the headers of a call that botocore's signer has signed at a moment of our choice."""
    headers = {"X-Amz-Target": TARGET + operation, "Content-Type": wire.CONTENT_TYPE, "Host": "lab.example:8642"}
    request = AWSRequest("POST", "http://lab.example:8642/", headers=headers, data=body)
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    signer = SigV4Auth(Credentials(keys.access_key, keys.secret_key), service, region)
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    signer._inject_signature_to_request(request, signature)
    return dict(request.headers.items())


def call(market, headers, body=b"{}", origin=Origin.ELSEWHERE):
    reply = wire.answer(market, headers, body, origin=origin)
    return reply.status, json.loads(reply.body)


def kind(market, headers, body=b"{}"):
    status, document = call(market, headers, body)
    assert "TurkErrorCode" not in document
    return status, document["__type"]


def test_what_botocore_signs_is_answered_from_anywhere(lab):
    status, document = call(lab.market, signed(lab.keys))
    assert (status, document) == (200, {"AvailableBalance": "0.00", "OnHoldBalance": "0.00"})


def test_a_boto3_client_of_now_is_verified_end_to_end(tmp_path, open_desk):
    desk = open_desk(clock=lambda: datetime.now(UTC))
    keys = add_requester(desk.market, "Lab", deposit_cents=123)

    def client(secret):
        made = boto3.client(
            "mturk",
            region_name="us-east-1",
            endpoint_url="http://lab.example:8642",
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 0}),
        )
        made.meta.events.register("before-send.mturk", answer_in_process(desk.market, origin=Origin.ELSEWHERE))
        return made

    assert client(keys.secret_key).get_account_balance()["AvailableBalance"] == "1.23"
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        client(keys.secret_key + "x").get_account_balance()


def test_the_body_the_target_and_the_host_are_part_of_what_is_signed(lab):
    headers = signed(lab.keys)
    for changed, body in (
        (headers, b'{"MaxResults": 5}'),
        (headers | {"X-Amz-Target": TARGET + "ListHITs"}, b"{}"),
        (headers | {"Host": "other.example"}, b"{}"),
        (headers | {"X-Amz-Date": "20260301T120001Z"}, b"{}"),
        (headers | {"Content-Type": "application/json"}, b"{}"),
        (headers | {"X-Amz-Content-Sha256": "0" * 64}, b"{}"),
    ):
        assert kind(lab.market, changed, body) == (400, "InvalidSignatureException")


def test_a_header_that_could_change_the_call_must_be_signed(lab):
    headers = signed(lab.keys)
    stripped = headers["Authorization"].replace(";x-amz-target", "")
    assert kind(lab.market, headers | {"Authorization": stripped}) == (400, "IncompleteSignature")


def test_who_has_no_right_key_is_told_as_aws_tells(lab):
    stranger = SimpleNamespace(access_key="AKIANOBODY", secret_key="whatever it is")
    wrong = SimpleNamespace(access_key=lab.keys.access_key, secret_key="whatever it is")
    unsigned = {"X-Amz-Target": TARGET + "GetAccountBalance"}
    assert kind(lab.market, signed(stranger)) == (400, "UnrecognizedClientException")
    assert kind(lab.market, signed(wrong)) == (400, "InvalidSignatureException")
    assert kind(lab.market, unsigned) == (403, "MissingAuthenticationToken")
    assert call(lab.market, unsigned, origin=Origin.THIS_MACHINE)[0] == 403


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Basic abc", "IncompleteSignature"),
        ("AWS4-HMAC-SHA256 Credential=K/20260301/us-east-1/mturk-requester/aws4_request", "IncompleteSignature"),
        ("AWS4-HMAC-SHA256 , , ,", "IncompleteSignature"),
        (
            "AWS4-HMAC-SHA256 Credential=K/20260301/us-east-1/mturk-requester/aws4_request, SignedHeaders=ho st;é, "
            "Signature=" + "0" * 64,
            "IncompleteSignature",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=K/20260301/us-east-1/mturk-requester/aws4_request, SignedHeaders=host, "
            "Signature=ünlawful",
            "IncompleteSignature",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=K/20260301/eu-west-1/mturk-requester/aws4_request, SignedHeaders=host, "
            "Signature=" + "0" * 64,
            "InvalidSignatureException",
        ),
    ],
)
def test_a_malformed_authorization_is_refused_and_never_breaks(lab, header, expected):
    headers = signed(lab.keys) | {"Authorization": header}
    assert kind(lab.market, headers) == (400, expected)


def test_another_region_or_service_is_refused(lab):
    assert kind(lab.market, signed(lab.keys, region="eu-west-1"))[1] == "InvalidSignatureException"
    assert kind(lab.market, signed(lab.keys, service="s3"))[1] == "InvalidSignatureException"


@pytest.mark.parametrize(("minutes", "status"), [(-15.1, 400), (-14.9, 200), (14.9, 200), (15.1, 400)])
def test_a_signature_lives_for_fifteen_minutes_either_way(lab, minutes, status):
    headers = signed(lab.keys, at=NOW + timedelta(minutes=minutes))
    answered, document = call(lab.market, headers)
    assert answered == status
    if status == 400:
        assert document["__type"] == "RequestExpired"
        assert document["message"].startswith("Signature")


def test_a_date_that_is_none_or_another_days_is_refused(lab):
    headers = signed(lab.keys)
    assert kind(lab.market, headers | {"X-Amz-Date": "yesterday"}) == (400, "IncompleteSignature")
    assert kind(lab.market, headers | {"X-Amz-Date": "20260302T120000Z"}) == (400, "InvalidSignatureException")


def test_a_marketplace_whose_clock_was_moved_still_believes_the_clients_clock(lab):
    lab.market.switches.advance(timedelta(days=30))
    assert call(lab.market, signed(lab.keys))[0] == 200
    assert call(lab.market, signed(lab.keys, at=NOW + timedelta(days=30)))[0] == 400


def test_old_keys_open_nothing_after_rotation_and_none_while_disabled(lab):
    assert call(lab.market, signed(lab.keys))[0] == 200
    fresh = rotate_key(lab.market, "Lab")
    assert kind(lab.market, signed(lab.keys)) == (400, "UnrecognizedClientException")
    assert call(lab.market, signed(fresh))[0] == 200
    disable(lab.market, "Lab")
    assert kind(lab.market, signed(fresh)) == (400, "UnrecognizedClientException")
    enable(lab.market, "Lab")
    assert call(lab.market, signed(fresh))[0] == 200


def test_a_client_may_sign_more_headers_than_botocore_does(lab):
    """The JavaScript SDK signs its user agent, content-length, the body's digest and invocation headers."""
    body = b'{"MaxResults": 3}'
    headers = {
        "host": "127.0.0.1:8642",
        "content-type": wire.CONTENT_TYPE,
        "content-length": str(len(body)),
        "x-amz-target": TARGET + "ListHITs",
        "x-amz-date": "20260301T120000Z",
        "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-amz-user-agent": "aws-sdk-js/3   api/mturk ",
        "amz-sdk-invocation-id": "3b2c",
        "amz-sdk-request": "attempt=1; max=3",
    }
    names = ";".join(sorted(headers))
    lines = [f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers)]
    canonical = "\n".join(["POST", "/", "", "".join(lines), names, headers["x-amz-content-sha256"]])
    scope = "20260301/us-east-1/mturk-requester/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + lab.keys.secret_key).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={lab.keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    assert call(lab.market, headers, body) == (200, {"NumResults": 0, "HITs": []})


def test_a_lost_master_key_is_a_fault_of_the_service_and_opens_nothing(lab, open_desk):
    other = open_desk(master_key="quite another master key")
    reply = wire.answer(other.market, signed(lab.keys), b"{}")
    assert reply.status == 500
    assert b"another master key" in reply.body
