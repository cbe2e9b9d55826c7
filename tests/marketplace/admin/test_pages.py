"""What the operator sees of workers, HITs, money and events, and the little that can be done there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from webclient import Browser

from crowdbroker.marketplace import accounts, worker
from crowdbroker.marketplace.books import check_books
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.payouts import pay_out
from crowdbroker.simulation.clock import ManualClock

PASSWORD = "four easy words"
SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd"
PAGE = (
    f'<HTMLQuestion xmlns="{SCHEMA}"><HTMLContent><![CDATA[<!DOCTYPE html><html lang="en"><head><title>t</title></head>'
    "<body><p>Which?</p></body></html>]]></HTMLContent><FrameHeight>300</FrameHeight></HTMLQuestion>"
)


def publish(app: Starlette, **changes: Any) -> str:
    members = {
        "Title": "Name the animal",
        "Description": "One word.",
        "Reward": "0.05",
        "AssignmentDurationInSeconds": 600,
        "LifetimeInSeconds": 86_400,
        "Question": PAGE,
    }
    headers = {"x-amz-target": "MTurkRequesterServiceV20170117.CreateHIT", "content-type": "application/x-amz-json-1.1"}
    reply = Browser(app).request("POST", "/", json.dumps(members | changes).encode(), headers)
    assert reply.status == 200, reply.text
    return str(reply.json()["HIT"]["HITId"])


def work(market: Marketplace, hit_id: str, worker_id: str) -> str:
    held = worker.accept(market, worker_id, hit_id)
    worker.submit(market, worker_id, held.assignment_id, [("animal", "cat")])
    return held.assignment_id


def test_the_overview_says_what_waits(market: Marketplace, app: Starlette, operator: Browser) -> None:
    assert "Nothing was published yet" in operator.get("/admin").text
    work(market, publish(app), worker.enrol(market, "Ann"))
    publish(app)
    text = operator.get("/admin").text
    assert "<dt>Undecided work</dt><dd>1" in text
    assert "Assignable</a> <strong>1</strong>" in text
    assert "none with an access key" in text
    assert "misbehaves" not in text
    market.switches.change(list_lag_s=5)
    assert "misbehaves on purpose" in operator.get("/admin").text


def test_workers_are_listed_in_the_order_asked_for(
    market: Marketplace, app: Starlette, operator: Browser, clock: ManualClock
) -> None:
    names = ("Ann", "Cem", "Ben")
    ids = {}
    for name in names:
        clock.advance(timedelta(seconds=1))
        ids[name] = worker.enrol(market, name)
    work(market, publish(app), ids["Cem"])

    def shown(query: str = "") -> list[str]:
        text = operator.get(f"/admin/workers{query}").text
        return sorted((name for name in names if f">{name}<" in text), key=lambda name: text.index(f">{name}<"))

    assert shown() == ["Ben", "Cem", "Ann"]
    assert shown("?sort=name") == ["Ann", "Ben", "Cem"]
    assert shown("?sort=submitted")[0] == "Cem"
    assert shown("?sort=nonsense") == shown()
    assert shown("?search=EN") == ["Ben"]
    assert shown(f"?search={ids['Ann'].lower()}") == ["Ann"]
    assert shown("?search=%25") == []
    assert "Nobody is called that" in operator.get("/admin/workers?search=nobody").text


def test_long_lists_come_in_pages(market: Marketplace, operator: Browser) -> None:
    for number in range(27):
        worker.enrol(market, f"Worker {number:02}")
    first = operator.get("/admin/workers?sort=name").text
    assert "27 workers, page 1 of 2" in first
    assert "Worker 24" in first
    assert "Worker 25" not in first
    assert 'href="/admin/workers?sort=name&amp;page=2"' in first
    second = operator.get("/admin/workers?sort=name&page=2").text
    assert "Worker 26" in second
    assert "page 2 of 2" in operator.get("/admin/workers?page=99").text


def test_hits_are_narrowed_to_a_status(market: Marketplace, app: Starlette, operator: Browser) -> None:
    publish(app, Title="Open one")
    work(market, publish(app, Title="Done one"), worker.enrol(market, "Ann"))
    both = operator.get("/admin/hits").text
    assert "2 HITs" in both
    done = operator.get("/admin/hits?status=Reviewable").text
    assert "Done one" in done
    assert "Open one" not in done
    assert "No HIT is Disposed" in operator.get("/admin/hits?status=Disposed").text


def test_a_doubt_about_a_hits_page_is_shown_with_it(app: Starlette, operator: Browser) -> None:
    publish(app, Question=PAGE.replace("<p>Which?</p>", "<crowd-unheard-of></crowd-unheard-of>"))
    assert "crowd-unheard-of" in operator.get("/admin/hits").text


def test_money_is_shown_with_its_entries_and_payouts(market: Marketplace, app: Starlette, operator: Browser) -> None:
    assert "Nothing was paid out yet" in operator.get("/admin/money").text
    hit = publish(app, AutoApprovalDelayInSeconds=0)
    work(market, hit, worker.enrol(market, "Ann"))
    pay_out(market, "march")
    text = operator.get("/admin/money").text
    assert ">march<" in text
    assert "payout march" in text
    assert "<dt>Paid out</dt><dd>$0.05" in text
    with market.read() as session:
        assert check_books(session) == []


def test_a_worker_who_is_shut_out_is_signed_out_and_stays_out(
    market: Marketplace, app: Starlette, operator: Browser
) -> None:
    ann = Browser(app)
    ann.send_form("/sign-up", "/sign-up", name="Ann", password=PASSWORD)
    worker_id = accounts.sign_in(market, "Ann", PASSWORD)
    answer = operator.send_form("/admin/workers", f"/admin/workers/{worker_id}/disable")
    text = operator.follow(answer).text
    assert "cannot sign in any more" in text
    assert "Shut out</span>" in text
    assert ann.get("/").status == 303
    refused = ann.send_form("/sign-in", "/sign-in", name="Ann", password=PASSWORD)
    assert refused.status == 403
    assert "has closed your account" in refused.text
    assert "do not belong together" in ann.send_form("/sign-in", "/sign-in", name="Ann", password="guessed one").text
    operator.send_form("/admin/workers", f"/admin/workers/{worker_id}/enable")
    assert ann.send_form("/sign-in", "/sign-in", name="Ann", password=PASSWORD).status == 303


def test_sessions_are_ended_without_shutting_out(market: Marketplace, app: Starlette, operator: Browser) -> None:
    ann = Browser(app)
    ann.send_form("/sign-up", "/sign-up", name="Ann", password=PASSWORD)
    worker_id = accounts.sign_in(market, "Ann", PASSWORD)
    operator.send_form("/admin/workers", f"/admin/workers/{worker_id}/end-sessions")
    assert ann.get("/").status == 303
    assert ann.send_form("/sign-in", "/sign-in", name="Ann", password=PASSWORD).status == 303


@pytest.mark.parametrize("act", ["disable", "enable", "end-sessions"])
def test_an_unknown_worker_is_said_to_be_unknown(operator: Browser, market: Marketplace, act: str) -> None:
    worker.enrol(market, "Ann")
    answer = operator.send_form("/admin/workers", f"/admin/workers/AUNKNOWN/{act}")
    assert "There is no such worker" in operator.follow(answer).text


def test_what_people_wrote_is_shown_as_text(market: Marketplace, app: Starlette, operator: Browser) -> None:
    worker.enrol(market, "<script>alert(1)</script>")
    publish(app, Title="<img src=x onerror=alert(1)>")
    for page in ("workers", "hits"):
        text = operator.get(f"/admin/{page}").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;" in text
