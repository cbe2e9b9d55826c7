"""A real browser before pages with crowd elements, under the policy of the worker site's frames."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from crowdpages import LOADER, CrowdPages, serving
from playwright.sync_api import Browser, Page, sync_playwright
from required import missing

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
# To the browser the sandboxed page is a foreign site, and a page of its own instead of a frame.
EXPECTED = ("A parser-blocking, cross site", "ERR_BLOCKED_BY_RESPONSE")

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[CrowdPages]:
    with serving(CrowdPages()) as pages:
        yield pages


@pytest.fixture
def pages(served: CrowdPages) -> CrowdPages:
    """The server, with nothing posted yet."""
    served.posted.clear()
    return served


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that provokes it clears the list."""
    return []


@pytest.fixture
def show(chromium: Browser, pages: CrowdPages, complaints: list[str]) -> Iterator[Open]:
    """Open a page with this body in a context of its own; options go to the context and to the address."""
    contexts = []

    def complain(text: str) -> None:
        if not any(part in text for part in EXPECTED):
            complaints.append(text)

    def opened(
        body: str,
        *,
        width: int = 1280,
        assignment: str = "A1",
        path: str = "/frame",
        loader: str = LOADER,
        **options: object,
    ) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 844}, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complain(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("dialog", lambda dialog: complain(dialog.message))
        page.goto(pages.show(body, assignment=assignment, path=path, loader=loader))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def submit() -> Callable[[Page], None]:
    """Press the submit button and wait for the reply."""

    def press(page: Page) -> None:
        page.get_by_role("button", name="Submit", exact=True).click()
        page.get_by_text("Thank you").wait_for()

    return press
