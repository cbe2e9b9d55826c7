"""A worker takes a qualification test in a real browser: with the keyboard alone, on a phone, without JavaScript."""

from __future__ import annotations

import shutil
import socket
import threading
import time

import npm
import pytest
import uvicorn
from exams import PLAIN, TESTED
from playwright.sync_api import expect, sync_playwright
from required import missing

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

pytestmark = pytest.mark.slow
DESKTOP, PHONE = {"width": 1280, "height": 844}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def market(tmp_path):
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture
def app(market):
    return build_app(market)


@pytest.fixture
def address(app):
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture
def enter(chromium, address):
    """Sign somebody up in a fresh window and return the page."""
    windows = []

    def one(name="Maria", **window):
        context = chromium.new_context(**({"viewport": DESKTOP} | window))
        windows.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{address}/sign-up")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill("four easy words")
        page.get_by_role("button", name="Make the account").click()
        return page

    yield one
    for context in windows:
        context.close()


def make(requester, **changes):
    return requester("CreateQualificationType", **(PLAIN | changes))["QualificationType"]["QualificationTypeId"]


def test_a_test_is_taken_with_the_keyboard_and_survives_a_reload(enter, address, requester):
    page, type_id = enter(), make(requester, **TESTED)
    page.goto(f"{address}/qualifications/{type_id}")
    page.get_by_role("button", name="Begin the test").press("Enter")
    expect(page.locator("#left")).to_contain_text("9:")
    page.get_by_label("A", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.reload()
    expect(page.get_by_label("D", exact=True)).to_be_checked()
    expect(page.get_by_label("pears")).to_be_checked()
    page.get_by_role("button", name="Hand in").press("Enter")
    expect(page.get_by_text("You have it, value 100")).to_be_visible()


def test_a_test_is_taken_on_a_phone_without_javascript(enter, requester):
    make(requester, **TESTED)
    page = enter(viewport=PHONE, java_script_enabled=False)
    page.get_by_role("link", name="Qualifications").click()
    page.get_by_role("link", name="Request Birds").click()
    page.get_by_role("button", name="Begin the test").click()
    expect(page.locator("#left")).to_contain_text("left")
    page.get_by_label("D", exact=True).check()
    page.get_by_label("coal").check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("You have it, value -100")).to_be_visible()
    assert page.locator("body").evaluate("body => body.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_qualifications_has_a_barrier(enter, address, requester, market, size, scheme):
    axe, page = npm.axe_script(), enter(viewport=size, color_scheme=scheme)
    worker_id = page.locator(".who .name").get_attribute("title").split()[-1]
    held, tested = make(requester, Name="Held", AutoGranted=True), make(requester, **(TESTED | {"Name": "Tested"}))
    make(requester, Name="Open to all", Description="Anybody may ask. " * 8)
    worker.request_qualification(market, worker_id, held)
    worker.request_qualification(market, worker_id, make(requester, Name="Waiting"))
    refused = worker.request_qualification(market, worker_id, make(requester, Name="Refused", RetryDelayInSeconds=999))
    requester("RejectQualificationRequest", QualificationRequestId=refused.request_id, Reason="Too few examples.")
    test = worker.request_qualification(market, worker_id, tested).request_id
    for where in ("qualifications", f"qualifications/{held}", f"qualifications/{tested}", f"tests/{test}"):
        page.goto(f"{address}/{where}")
        page.evaluate(axe)
        found = page.evaluate("async () => (await axe.run()).violations.map((one) => one.id + one.nodes[0].html)")
        assert found == [], where
        assert page.locator("body").evaluate("body => body.scrollWidth") <= size["width"]
    page.locator("form.question-form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("#problems")).to_be_visible()
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations.map((one) => one.id + one.nodes[0].html)")
    assert found == []
