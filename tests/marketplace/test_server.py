from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from webclient import Answer, Browser, attribute

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

TARGET = "MTurkRequesterServiceV20170117."


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture
def app(market: Marketplace) -> Starlette:
    return build_app(market)


def call(browser: Browser, operation: str, body: bytes = b"{}") -> Answer:
    headers = {"x-amz-target": TARGET + operation, "content-type": "application/x-amz-json-1.1"}
    return browser.request("POST", "/", body, headers)


def test_a_call_from_this_machine_is_answered(app):
    answer = call(Browser(app), "GetAccountBalance")
    assert answer.status == 200
    assert answer.json()["AvailableBalance"] == "10000.00"
    assert answer.headers["x-amzn-requestid"]


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8900", "localhost:8900", "[::1]:8900", "localhost"])
def test_loopback_has_several_names(app, peer, host):
    assert call(Browser(app, peer=peer, host=host), "GetAccountBalance").status == 200


@pytest.mark.parametrize("peer", ["192.168.1.7", "8.8.8.8", "fe80::1", "::ffff:10.0.0.1", "nonsense"])
def test_a_call_from_another_machine_is_refused_as_mturk_refuses(app, peer):
    answer = call(Browser(app, peer=peer), "GetAccountBalance")
    assert answer.status == 403
    error = answer.json()
    assert error["__type"] == "RequestError"
    assert error["TurkErrorCode"] == "AWS.MechanicalTurk.PermissionDeniedException"
    assert answer.headers["x-amzn-requestid"]


def test_a_web_page_that_points_its_own_name_at_this_machine_is_refused(app):
    assert call(Browser(app, host="attacker.example:8900"), "GetAccountBalance").status == 403


def test_another_machine_may_use_the_worker_site(app):
    assert Browser(app, peer="192.168.1.7", host="lab:8900").get("/sign-in").status == 200


def test_a_call_over_a_megabyte_is_a_modelled_error(app):
    answer = call(Browser(app), "CreateHIT", b'{"Title":"' + b"x" * 1_000_001 + b'"}')
    assert answer.status == 400
    assert answer.json()["TurkErrorCode"] == "AWS.MechanicalTurk.RequestTooLarge"


def test_a_post_without_a_target_is_no_call(app):
    assert Browser(app).post("/").status == 403


def test_the_health_check_answers_without_signing_in(app):
    answer = Browser(app, peer="192.168.1.7").get("/healthz")
    assert (answer.status, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("host", ["", "a b", 'x"><script>', "a:b:c", "host/path", "user@host"])
def test_a_host_header_that_is_no_host_is_refused(app, host):
    assert Browser(app, host=host).get("/sign-in").status == 400


def test_behind_a_proxy_the_public_address_is_what_browsers_see(market):
    app = build_app(market, site_name="Our lab", public_url="https://work.example.org/")
    browser = Browser(app, host="127.0.0.1:8900")
    answer = browser.send_form("/sign-up", "/sign-up", name="Maria", password="four easy words")
    assert any("worker_session" in line and "Secure" in line for line in answer.set_cookies)
    page = browser.get("/").text
    assert "Our lab" in page
    token = attribute(page, r'name="form_token" value="([^"]+)"')
    assert browser.post("/sign-out", {"form_token": token}, {"origin": "https://work.example.org"}).status == 303


def test_opening_the_site_twice_keeps_accounts_and_sessions(app, market):
    browser = Browser(app)
    browser.send_form("/sign-up", "/sign-up", name="Maria", password="four easy words")
    again = Browser(build_app(market), cookies=browser.cookies)
    assert "Maria" in again.get("/").text


def test_a_running_server_tells_its_address_prints_nothing_and_stops_when_asked(tmp_path):
    program = (
        "import sys; from crowdbroker.marketplace.marketplace import Marketplace; "
        "from crowdbroker.marketplace.server import serve; "
        "tell = lambda url: print(url, file=sys.stderr, flush=True); "
        "serve(Marketplace.open(sys.argv[1]), '127.0.0.1', 0, on_ready=tell)"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, f"sqlite:///{tmp_path}/market.db"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    address = running.stderr.readline().strip().removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.request("POST", "/", "{}", {"X-Amz-Target": TARGET + "GetAccountBalance"})
    reply = connection.getresponse()
    assert json.loads(reply.read())["AvailableBalance"] == "10000.00"
    assert reply.getheader("server") is None
    connection.close()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=10)
    assert (out, err) == ("", "")
    assert running.returncode in {0, -signal.SIGTERM}
