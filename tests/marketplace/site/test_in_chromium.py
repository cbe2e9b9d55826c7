"""A person at the worker site, in a real browser."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from required import missing

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
DESKTOP = {"width": 1280, "height": 844}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture
def app(market):
    return build_app(market)


@pytest.fixture
def address(app) -> Iterator[str]:
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
def complaints() -> list[str]:
    """What the browser complained about; a test that provokes it clears the list."""
    return []


@pytest.fixture
def page(request, chromium, address, complaints) -> Iterator[Page]:
    context = chromium.new_context(viewport=getattr(request, "param", PHONE), base_url=address)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    yield page
    context.close()
    assert complaints == []


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name").fill("Maria")
    page.get_by_label("Password").fill("four easy words")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Work")).to_be_visible()


def preview_first(page: Page) -> None:
    page.get_by_role("link", name="Preview Is this comment friendly?").click()
    expect(page.get_by_text("This is a preview.")).to_be_visible()


def answer(page: Page, choice: str) -> None:
    question = page.frame_locator("#question")
    question.get_by_label(choice, exact=True).check()
    question.get_by_role("button", name="Submit").click()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("page", [DESKTOP, PHONE], ids=["1280", "390"], indirect=True)
def test_a_person_signs_up_previews_accepts_answers_and_sees_the_earnings(page, publish):
    publish(Description="unbroken" * 60)
    sign_up(page)
    assert fits(page)
    preview_first(page)
    assert fits(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("left", exact=False).first).to_be_visible()
    assert fits(page)
    answer(page, "Friendly")
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    expect(page.get_by_text("$0.05 waits for")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Earnings").click()
    expect(page.locator(".sums")).to_contain_text("Pending$0.05")
    assert fits(page)


def test_with_the_automatic_box_the_next_one_follows_until_none_is_left(page, publish):
    for _ in range(2):
        publish()
    sign_up(page)
    preview_first(page)
    page.get_by_label("Accept the next one automatically").check()
    page.get_by_role("button", name="Accept").click()
    first = page.url
    answer(page, "Friendly")
    page.wait_for_url(lambda url: "/assignments/" in url and url != first)
    answer(page, "Unfriendly")
    expect(page.get_by_text("There is nothing left for you in that group.")).to_be_visible()


def test_a_submission_from_the_preview_is_answered_inside_the_frame(page, publish, complaints):
    publish()
    sign_up(page)
    preview_first(page)
    answer(page, "Friendly")
    expect(page.frame_locator("#question").get_by_text("This was only a preview.")).to_be_visible()
    complaints.clear()  # the reply has an error status


def test_hostile_questions_reach_neither_cookies_nor_our_pages(page, publish, complaints):
    publish(
        html="""<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><p id="seen"></p><script>
        const seen = [];
        for (const [what, attempt] of Object.entries({
          cookie: () => document.cookie,
          parent: () => parent.document.title,
          storage: () => localStorage.length,
          leave: () => { top.location = "/sign-out"; },
          open: () => { if (open("/earnings") === null) throw new Error("blocked"); },
        })) {
          try { attempt(); seen.push(what + ": reached"); } catch { seen.push(what + ": refused"); }
        }
        document.getElementById("seen").textContent = seen.join(", ");
        </script></body></html>"""
    )
    sign_up(page)
    preview_first(page)
    seen = page.frame_locator("#question").locator("#seen")
    expect(seen).to_have_text("cookie: refused, parent: refused, storage: refused, leave: refused, open: refused")
    expect(page.get_by_text("This is a preview.")).to_be_visible()
    complaints.clear()  # every refusal is noted


def test_old_templates_find_the_script_that_they_load(page, publish):
    publish(
        html="""<!DOCTYPE html><html lang="en"><head><title>x</title>
        <script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script></head><body>
        <form id="mturk_form" method="post" action="https://www.mturk.com/mturk/externalSubmit">
        <input type="hidden" id="assignmentId" name="assignmentId" value="">
        <label>Friendly <input type="checkbox" name="tone" value="friendly"></label>
        <input type="submit" id="submitButton" value="Submit"></form>
        <script>turkSetAssignmentID();</script></body></html>"""
    )
    sign_up(page)
    preview_first(page)
    expect(page.frame_locator("#question").locator("#submitButton")).to_be_disabled()
    page.get_by_role("button", name="Accept").click()
    answer(page, "Friendly")
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()


def test_without_javascript_a_link_leads_on(chromium, address, publish):
    publish()
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    sign_up(page)
    preview_first(page)
    page.get_by_role("button", name="Accept").click()
    answer(page, "Friendly")
    expect(page.frame_locator("#question").get_by_text("your answer is stored")).to_be_visible()
    page.get_by_role("link", name="go on here").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    context.close()
