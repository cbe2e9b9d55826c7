from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from webclient import Browser

from crowdbroker.marketplace.server import build_app

TARGET = "MTurkRequesterServiceV20170117."


def scraped(browser: Browser, headers: dict[str, str] | None = None) -> dict[tuple[str, ...], float]:
    """Return the value of each series, by its name and its labels' values."""
    page = browser.get("/metrics", headers)
    assert page.status == 200
    families = text_string_to_metric_families(page.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_calls_are_counted_by_operation_and_outcome(desk):
    browser = Browser(build_app(desk.market))
    for operation, body in (
        ("GetAccountBalance", b"{}"),
        ("GetAccountBalance", b"{}"),
        ("GetHIT", b'{"HITId": "3NO"}'),
        ("NoSuch", b"{}"),
        ("NoSuchEither", b"{}"),
    ):
        browser.request("POST", "/", body, {"x-amz-target": TARGET + operation})
    seen = scraped(browser)
    assert seen["crowdbroker_calls_total", "GetAccountBalance", "ok"] == 2
    assert seen["crowdbroker_calls_total", "GetHIT", "HITDoesNotExist"] == 1
    assert seen["crowdbroker_calls_total", "unknown", "UnknownOperationException"] == 2
    assert seen["crowdbroker_call_seconds_count", "GetAccountBalance"] == 2


def test_hits_workers_and_money_are_those_of_the_moment(desk):
    browser = Browser(build_app(desk.market))
    desk.hit(MaxAssignments=2)
    desk.client.approve_assignment(AssignmentId=desk.done(desk.hit()))
    seen = scraped(browser)
    assert seen["crowdbroker_hits", "Assignable"] == 1
    assert seen["crowdbroker_hits", "Reviewable"] == 1
    assert seen["crowdbroker_workers",] == 1
    cents = {labels[0]: value for (name, *labels), value in seen.items() if name == "crowdbroker_account_cents"}
    assert cents == {"bank": -1_000_000, "available": 999_982, "held": 12, "owed": 5, "fees": 1}


def test_a_proxy_on_this_machine_makes_nobody_local_once_there_is_a_token(desk):
    here = Browser(build_app(desk.market, metrics_token="the token"), peer="127.0.0.1", host="localhost")
    assert here.get("/metrics").status == 403
    assert scraped(here, {"authorization": "Bearer the token"})


@pytest.mark.parametrize(("peer", "host"), [("10.0.0.9", "lab:8642"), ("127.0.0.1", "attacker.example")])
def test_metrics_are_for_this_machine_or_for_who_has_the_token(desk, peer, host):
    elsewhere = Browser(build_app(desk.market), peer=peer, host=host)
    assert elsewhere.get("/metrics").status == 403
    assert elsewhere.get("/metrics", {"authorization": "Bearer "}).status == 403
    guarded = Browser(build_app(desk.market, metrics_token="the token"), peer=peer, host=host)
    assert guarded.get("/metrics").status == 403
    assert guarded.get("/metrics", {"authorization": "Bearer another"}).status == 403
    assert guarded.get("/metrics", {"authorization": "Bearer the tökên"}).status == 403
    assert scraped(guarded, {"authorization": "Bearer the token"})
