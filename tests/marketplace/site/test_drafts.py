"""A person whose browser reloads the work page, on the real site with a template of ours."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Page, expect, sync_playwright
from required import missing
from starlette.applications import Starlette

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
TEMPLATES = Path(__file__).resolve().parents[3] / "hit_templates"


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Marketplace]:
    """A marketplace on the real time, which the browser goes by too."""
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture
def address(market: Marketplace) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(market), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        page = browser.new_page(base_url=address)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


@pytest.fixture
def app(market: Marketplace) -> Starlette:
    return build_app(market)


def render(name: str, texts: list[str]) -> str:
    labels = [SimpleNamespace(value=value, title=value.title(), help="") for value in ("delivery", "price")]
    items = [SimpleNamespace(name=f"item-{n}", data={"text": text}) for n, text in enumerate(texts, 1)]
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    template = environment.get_template(f"{name}.html")
    return template.render(
        project=SimpleNamespace(title="About?"), instructions=[], examples=[], labels=labels, items=items
    )


def sign_up_and_accept(page: Page, name: str = "Maria") -> None:
    page.goto("/sign-up")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill("four easy words")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("link", name="Preview").first.click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Return")).to_be_visible()


def wait_for_draft(page: Page, part: str) -> None:
    """Ask until the draft has this text; the site's policy forbids the functions by which Playwright waits."""
    for _ in range(100):
        if part in page.evaluate("Object.values(sessionStorage).join()"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"no draft with {part}")


def test_answers_survive_a_reload_and_are_forgotten_once_they_are_sent(
    page: Page, publish: Callable[..., str], requester: Callable[..., dict[str, Any]]
) -> None:
    hit_id = publish(html=render("multiple-choice", ["It is late.", "It is late & dear.", "Hello"]), MaxAssignments=1)
    sign_up_and_accept(page)
    question = page.frame_locator("#question")
    question.locator("fieldset").nth(0).get_by_label("Delivery").check()
    question.locator("fieldset").nth(1).get_by_label("Price").check()
    question.locator("fieldset").nth(2).get_by_label("None of these").check()
    wait_for_draft(page, "item-3-none")
    page.reload()
    expect(question.locator("#progress")).to_have_text("3 of 3 answered")
    question.locator("fieldset").nth(1).get_by_label("Delivery").check()
    question.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    [assignment] = requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]
    for name, value in (("item-1", "|delivery"), ("item-2", "|delivery|price"), ("item-3", "")):
        field = f"<QuestionIdentifier>{name}</QuestionIdentifier><FreeText>{value}</FreeText>"
        assert field in assignment["Answer"]


def test_returned_work_leaves_no_draft(page: Page, publish: Callable[..., str]) -> None:
    publish(html=render("text-classification", ["It is late."]))
    sign_up_and_accept(page)
    page.frame_locator("#question").get_by_label("Price").check()
    wait_for_draft(page, "price")
    page.get_by_role("button", name="Return").click()
    page.wait_for_url(lambda url: "/assignments/" not in url)
    assert page.evaluate("sessionStorage.length") == 0


def test_another_worker_at_the_same_tab_finds_no_answers_of_the_one_before(
    page: Page, publish: Callable[..., str], market: Marketplace
) -> None:
    """The time is over, the same Assignment passes on, and so does the tab."""
    publish(html=render("text-classification", ["It is late."]), MaxAssignments=1)
    sign_up_and_accept(page)
    page.frame_locator("#question").get_by_label("Price").check()
    wait_for_draft(page, "price")
    held = page.url.rpartition("/")[2]
    page.goto("/")
    maria = re.search(r"Your WorkerId is (\w+)", page.content())
    assert maria is not None
    worker.give_back(market, maria[1], held)
    page.context.clear_cookies()
    sign_up_and_accept(page, "Noor")
    assert page.url.rpartition("/")[2] == held
    expect(page.frame_locator("#question").get_by_label("Price")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.frame_locator("#question").get_by_label("Price")).not_to_be_checked()
