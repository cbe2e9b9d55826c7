"""The admin page opens for whoever has the operator's link, once, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.applications import Starlette
from webclient import Browser

from crowdbroker.marketplace import accounts
from crowdbroker.marketplace.admin.access import new_link
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock

PAGES = ["", "/workers", "/hits", "/money", "/events"]


def is_inside(browser: Browser) -> bool:
    return browser.get("/admin").status == 200


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_a_page_without_a_session(app: Starlette, page: str) -> None:
    stranger = Browser(app)
    answer = stranger.get(f"/admin{page}")
    assert answer.status == 403
    assert "crowdbroker marketplace admin-link" in answer.text
    stranger.cookies["admin_session"] = "x" * 43
    assert stranger.get(f"/admin{page}").status == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_operator_sees_every_page(operator: Browser, page: str) -> None:
    answer = operator.get(f"/admin{page}")
    assert answer.status == 200
    assert 'aria-current="page"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_workers_session_opens_no_admin_page(market: Marketplace, app: Starlette) -> None:
    browser = Browser(app)
    browser.send_form("/sign-up", "/sign-up", name="Maria", password="four easy words")
    browser.cookies["admin_session"] = browser.cookies["worker_session"]
    assert not is_inside(browser)


def test_a_link_opens_one_browser_and_no_second(market: Marketplace, app: Starlette) -> None:
    path, first, second = new_link(market).path, Browser(app), Browser(app)
    second.get(path)
    assert first.send_form(path, path).status == 303
    assert is_inside(first)
    assert second.get(path).status == 410
    token = second.get("/sign-in").text.partition('name="form_token" value="')[2].partition('"')[0]
    refused = second.post(path, {"form_token": token}, {"sec-fetch-site": "same-origin"})
    assert refused.status == 410
    assert not is_inside(second)


def test_looking_at_a_link_does_not_use_it_up(market: Marketplace, app: Starlette) -> None:
    path, browser = new_link(market).path, Browser(app)
    for _ in range(3):
        assert "Open it here" in browser.get(path).text
    assert browser.send_form(path, path).status == 303


def test_a_link_runs_out_after_an_hour(market: Marketplace, app: Starlette, clock: ManualClock) -> None:
    path = new_link(market).path
    clock.advance(timedelta(minutes=59))
    assert Browser(app).get(path).status == 200
    clock.advance(timedelta(minutes=1))
    assert Browser(app).get(path).status == 410
    assert Browser(app).get("/admin/enter/" + "x" * 43).status == 410


def test_a_session_ends_when_it_is_idle_or_old(operator: Browser, clock: ManualClock) -> None:
    for _ in range(6):
        clock.advance(timedelta(minutes=119))
        assert is_inside(operator)
    clock.advance(timedelta(minutes=10))
    assert not is_inside(operator)


def test_an_idle_session_ends_after_two_hours(operator: Browser, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=119))
    assert is_inside(operator)
    clock.advance(timedelta(hours=2))
    assert not is_inside(operator)


def test_leaving_ends_the_session_on_the_server(operator: Browser) -> None:
    before = operator.cookies["admin_session"]
    assert operator.send_form("/admin", "/admin/leave").status == 200
    operator.cookies["admin_session"] = before
    assert not is_inside(operator)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(market: Marketplace, app: Starlette) -> None:
    path, browser = new_link(market).path, Browser(app, scheme="https")
    answer = browser.send_form(path, path)
    cookie = next(line for line in answer.set_cookies if line.startswith("admin_session"))
    for word in ("HttpOnly", "Path=/admin", "SameSite=strict", "Secure"):
        assert word.lower() in cookie.lower()


def test_no_form_is_taken_without_its_token(operator: Browser, market: Marketplace) -> None:
    worker_id = accounts.sign_up(market, "Maria", "four easy words")
    for headers in ({}, {"sec-fetch-site": "cross-site"}):
        assert operator.post(f"/admin/workers/{worker_id}/disable", headers=headers).status == 403
    assert accounts.sign_in(market, "Maria", "four easy words") == worker_id


def test_the_database_keeps_no_token(market: Marketplace, operator: Browser) -> None:
    link, session_token = new_link(market), operator.cookies["admin_session"]
    with market.read() as session:
        connection = session.connection()
        held = [
            str(row)
            for table in ("admin_link", "admin_session")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert len(held) == 3
    assert not any(secret in row for row in held for secret in (link.token, session_token))
    assert link.token not in repr(link)
