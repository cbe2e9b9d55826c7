from __future__ import annotations

import re

import pytest
from webclient import Browser

UNSAFE = [
    "/sign-in",
    "/sign-up",
    "/sign-out",
    "/hits/3H/accept",
    "/groups/3T/accept",
    "/work/3A/return",
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
