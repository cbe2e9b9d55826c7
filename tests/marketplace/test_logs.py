from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from webclient import Browser

from crowdbroker.marketplace.logs import REDACTED, log_to
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.requesters import add_requester
from crowdbroker.marketplace.server import build_app

TARGET = "MTurkRequesterServiceV20170117."
CANARY = "canary-of-a-secret"


@pytest.fixture
def written():
    return io.StringIO()


@pytest.fixture
def market(tmp_path: Path):
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize(
    "said",
    [
        {"secret_key": CANARY},
        {"Authorization": CANARY},
        {"cookies": CANARY},
        {"NextToken": CANARY},
        {"text": f"AWS4-HMAC-SHA256 Credential=AKIA/x, Signature={CANARY}"},
        {"text": f"GET /invite/{CANARY} failed"},
        {"nested": {"answers": [CANARY], "list": [f"Bearer {CANARY}"]}},
        {"text": f"<QuestionFormAnswers xmlns='x'>\n<Answer>{CANARY}</Answer>"},
    ],
)
def test_nothing_secret_reaches_the_log_by_name_or_by_looks(written, said):
    log_to(written).info("something", harmless="kept", **said)
    (line,) = lines(written)
    assert CANARY not in written.getvalue()
    assert REDACTED in written.getvalue()
    assert (line["event"], line["harmless"], line["level"]) == ("something", "kept", "info")
    assert str(line["at"]).endswith("Z")


@pytest.mark.parametrize(
    ("body", "operation", "outcome"),
    [
        (b"{", "GetHIT", "MalformedRequest"),
        (b'{"HITId": "3NOSUCH"}', "GetHIT", "HITDoesNotExist"),
        (b'{"HITId": "3' + b"A" * 1_000_001 + b'"}', "GetHIT", "RequestTooLarge"),
        (b'{"HITId": ["' + CANARY.encode() + b'"]}', "GetHIT", "ValidationException"),
    ],
)
def test_each_refused_call_is_logged_once_without_what_it_said(market, written, body, operation, outcome):
    browser = Browser(build_app(market, log=log_to(written)))
    answer = browser.request("POST", "/", body, {"x-amz-target": TARGET + "GetHIT"})
    (line,) = lines(written)
    assert (line["event"], line["operation"], line["outcome"]) == ("call refused", operation, outcome)
    assert (line["status"], line["request_id"], line["peer"]) == (
        answer.status,
        answer.headers["x-amzn-requestid"],
        "127.0.0.1",
    )
    assert CANARY not in written.getvalue()
    assert "3NOSUCH" not in written.getvalue()


def test_a_forged_call_is_logged_with_neither_key_nor_signature(market, written):
    keys = add_requester(market, "Lab")
    header = (
        f"AWS4-HMAC-SHA256 Credential={keys.access_key}/20260301/us-east-1/mturk-requester/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    )
    headers = {"x-amz-target": TARGET + "ListHITs", "authorization": header, "x-amz-date": "20260301T000000Z"}
    assert Browser(build_app(market, log=log_to(written))).request("POST", "/", b"{}", headers).status == 400
    (line,) = lines(written)
    assert (line["operation"], line["outcome"], line["requester"]) == ("ListHITs", "RequestExpired", None)
    assert keys.access_key not in written.getvalue()


def test_what_succeeds_is_not_logged(market, written):
    browser = Browser(build_app(market, log=log_to(written)))
    assert browser.request("POST", "/", b"{}", {"x-amz-target": TARGET + "ListHITs"}).status == 200
    assert browser.get("/sign-in").status == 200
    assert browser.get("/nowhere").status == 404
    assert written.getvalue() == ""


def test_a_refused_form_is_logged_once_without_its_fields_and_the_rest_of_its_address(market, written):
    browser = Browser(build_app(market, log=log_to(written)))
    browser.send_form("/sign-in", "/sign-in", name="Nobody", password=CANARY)
    browser.post(f"/invite/{CANARY}", {"name": CANARY})
    first, second = lines(written)
    assert (first["event"], first["room"], first["status"]) == ("page refused", "/sign-in", 403)
    assert (second["room"], second["status"]) == ("/invite", 403)
    assert CANARY not in written.getvalue()
    assert "Nobody" not in written.getvalue()
