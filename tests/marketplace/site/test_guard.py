from __future__ import annotations

import re

import pytest
from databases import postgres
from required import missing
from webclient import Browser

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

UNSAFE = [
    "/sign-in",
    "/sign-up",
    "/sign-out",
    "/hits/3H/accept",
    "/groups/3T/accept",
    "/assignments/3A/return",
]


def form_token(browser: Browser) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', browser.get("/").text)
    assert found is not None
    return found[1]


def test_without_a_form_token_nothing_is_done(maria):
    for address in UNSAFE:
        answer = maria.post(address, {"name": "x"}, {"sec-fetch-site": "same-origin"})
        assert answer.status == 403, address
        assert "out of date" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://example.com"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
    ],
)
def test_a_form_from_elsewhere_does_nothing_even_with_the_right_token(maria, headers):
    token = form_token(maria)
    for address in UNSAFE:
        answer = maria.post(address, {"form_token": token}, headers)
        assert answer.status == 403, address
        assert "another site" in answer.text
    assert maria.get("/").status == 200


def test_another_workers_form_token_does_not_help(maria, newcomer):
    noor = newcomer("Noor")
    answer = maria.post("/sign-out", {"form_token": form_token(noor)}, {"sec-fetch-site": "same-origin"})
    assert answer.status == 403


def test_a_browser_that_says_nothing_of_origins_needs_the_token_alone(maria):
    assert maria.post("/sign-out", {"form_token": form_token(maria)}).status == 303


def test_an_older_browser_with_our_own_origin_passes(maria):
    answer = maria.post("/sign-out", {"form_token": form_token(maria)}, {"origin": "http://127.0.0.1:8900"})
    assert answer.status == 303


def test_a_form_longer_than_64_kilobytes_is_refused(maria):
    answer = maria.post("/sign-in", {"form_token": form_token(maria), "name": "x" * 70_000})
    assert answer.status == 413


def test_other_methods_change_nothing(maria):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert maria.request(method, "/sign-out").status in {403, 405}
    assert maria.get("/").status == 200


def test_every_page_of_ours_has_the_strict_policy(maria):
    for address in ("/", "/queue", "/earnings", "/sign-in", "/sign-up", "/nowhere"):
        headers = maria.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_no_page_asks_another_host_for_anything(maria, publish):
    publish()
    for address in ("/", "/queue", "/earnings", "/sign-in", "/sign-up"):
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', maria.get(address).text)


ADDRESSES = ["/?search=%00", "/qualifications?search=a%00b", "/?search=%0%000", "/inbox?page=%00"]


@pytest.mark.parametrize("path", ["/hits/\0", "/groups/\0", "/enter/\0"])
def test_an_address_with_a_nul_names_nothing(maria, path):
    assert maria.get(path).status == 404


@pytest.mark.slow
def test_a_nul_is_looked_for_and_refused_as_any_other_sign_on_postgres():
    server = postgres()
    if server is None:
        missing("postgres", "there is no PostgreSQL server on this machine")
    url = server.empty()
    market = Marketplace.open(url, seed=1)
    try:
        browser = Browser(build_app(market))
        assert (
            "do not belong together" in browser.send_form("/sign-in", "/sign-in", name="a\0b", password="x" * 12).text
        )
        assert browser.send_form("/sign-up", "/sign-up", name="ab", password="four easy words").status == 303
        for address in ADDRESSES:
            assert browser.get(address).status == 200, address
    finally:
        market.close()
        server.drop(url)
