"""Rendering a template as the broker does, and a real browser before a small server that keeps what is posted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright
from required import missing

from crowdbroker.mturk.markdown import render_markdown
from crowdbroker.mturk.page import Cells

TEMPLATES = Path(__file__).resolve().parents[2] / "hit_templates"
OUTER = """<!DOCTYPE html><meta name="viewport" content="width=device-width"><style>*{{margin:0;border:0}}</style>
<iframe sandbox="allow-scripts allow-forms" style="display:block;width:100%;height:100vh" src="/hit?{query}">
</iframe>"""
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
LABELS = (
    {"value": "negative", "title": "Negative", "help": "The writer is unhappy."},
    {"value": "neutral", "title": "Neutral", "help": "No feeling, or both in balance."},
    {"value": "positive", "title": "Positive", "help": "The writer is pleased."},
)


@pytest.fixture
def render() -> Callable[..., str]:
    """Return a function from Items' cells (and other parts of the context, by name) to the page of a template.

    An Item is given as its cells by column, or as the text of its only column `text`.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def rendered(
        cells: Sequence[str | Mapping[str, str]], *, template: str = "text-classification", **changes: object
    ) -> str:
        context = {
            "project": SimpleNamespace(title="How does the writer feel?"),
            "instructions": Markup("<p>Read each review.</p><p>Choose what the writer feels.</p>"),
            "examples": [SimpleNamespace(text="I love it.", label="positive", why="It says so.")],
            "labels": [SimpleNamespace(**label) for label in LABELS],
            "items": [
                SimpleNamespace(name=f"item-{number}", data=Cells({"text": one} if isinstance(one, str) else one, {}))
                for number, one in enumerate(cells, 1)
            ],
        }
        return environment.get_template(f"{template}.html").render(context | changes)

    return rendered


@pytest.fixture
def render_sample(render: Callable[..., str]) -> Callable[[str], str]:
    """Return a function from a template's name to its page with the sample Items that come with it."""

    def rendered(name: str) -> str:
        sample = json.loads((TEMPLATES / "samples" / f"{name}.json").read_text(encoding="utf-8"))
        return render(
            sample["items"],
            template=name,
            project=SimpleNamespace(title=sample["title"]),
            instructions=Markup(render_markdown(sample["instructions"])),
            labels=[SimpleNamespace(**{"help": ""} | label) for label in sample["labels"]],
            examples=[SimpleNamespace(**example) for example in sample["examples"]],
        )

    return rendered


class _Marketplace(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.pages: dict[str, str] = {"/favicon.ico": ""}
        self.posted: list[tuple[str, list[tuple[str, str]]]] = []


class _Answering(BaseHTTPRequestHandler):
    server: _Marketplace

    def do_GET(self) -> None:
        page = self.server.pages.get(urlsplit(self.path).path)
        self._reply(200 if page is not None else 404, page or "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append((self.path, parse_qsl(body, keep_blank_values=True, strict_parsing=True)))
        self._reply(200, "<p>Thank you</p>")

    def _reply(self, status: int, page: str) -> None:
        body = page.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep the tests' output quiet."""


@pytest.fixture
def marketplace() -> Iterator[_Marketplace]:
    with _Marketplace() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def address(marketplace: _Marketplace) -> str:
    return f"http://127.0.0.1:{marketplace.server_port}"


@pytest.fixture
def pages(marketplace: _Marketplace) -> dict[str, str]:
    """What the server answers to GET, by path; filled by the test."""
    return marketplace.pages


@pytest.fixture
def posted(marketplace: _Marketplace) -> list[tuple[str, list[tuple[str, str]]]]:
    """Path and form fields of every POST, in order."""
    return marketplace.posted


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        missing("chromium", "it is not on the PATH; the page was not tried in a real browser")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A wide page that fails the test on a script error, a console error or a request to somewhere else."""
    yield from _watched(browser, address, viewport={"width": 1280, "height": 900})


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A phone's page, 390 pixels wide and touched, that fails the test like `page`."""
    yield from _watched(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


def _watched(browser: Browser, address: str, **device: Any) -> Iterator[Page]:
    context = browser.new_context(**device)
    opened, troubles = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: None if request.url.startswith(address) else troubles.append(request.url))
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture
def open_hit(address: str, pages: dict[str, str]) -> Callable[..., Frame]:
    """Return a function from a page and a HIT's HTML to the frame that shows it, by default accepted as A1."""

    def opened(page: Page, html: str, *, assignment: str = "A1", submit_to: str = address) -> Frame:
        query = f"assignmentId={assignment}&amp;hitId=H1&amp;workerId=W1&amp;turkSubmitTo={submit_to}"
        pages.update({"/": OUTER.format(query=query), "/hit": html})
        page.goto(f"{address}/")
        frame = page.frames[1]
        frame.wait_for_selector("#progress:not(:empty)")
        return frame

    return opened


@pytest.fixture
def answers(posted: list[tuple[str, list[tuple[str, str]]]]) -> Callable[[Frame], list[tuple[str, str]]]:
    """Return a function from a frame to the answers of its only submission, in order, once the reply is there."""

    def submitted(frame: Frame) -> list[tuple[str, str]]:
        expect(frame.get_by_text("Thank you", exact=True)).to_be_visible()
        [(path, fields)] = posted
        assert path == "/mturk/externalSubmit"
        assert fields[0] == ("assignmentId", "A1")
        assert fields[1][0] == "seconds"
        assert 0 <= int(fields[1][1]) < 60
        return fields[2:]

    return submitted


@pytest.fixture
def target_size() -> Callable[[Frame, str], float]:
    """Return a function from a frame and a selector to the least width or height of what is visible of it, in pixels.

    One call for all of them: a call each would take longer than the rest of a test.
    """

    def least(frame: Frame, selector: str) -> float:
        shown = "(all) => all.map((one) => one.getBoundingClientRect()).filter((one) => one.width)"
        sizes = frame.eval_on_selector_all(
            selector, f"(all) => ({shown})(all).flatMap((one) => [one.width, one.height])"
        )
        return min(map(float, sizes))

    return least
