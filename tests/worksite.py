"""A marketplace that is served to a real browser, with a clock that tests move, and its requester's calls."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from required import missing

from crowdbroker.marketplace import Marketplace, accounts, worker
from crowdbroker.marketplace.server import build_app
from crowdbroker.simulation.clock import ManualClock

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
PASSWORD = "four easy words"
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SIZES = {1280: {"width": 1280, "height": 900}, 390: {"width": 390, "height": 844}}
WCAG = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']"


class Worksite:
    """What tests do with it all the time, under short names."""

    def __init__(self, market: Marketplace, clock: ManualClock, address: str) -> None:
        self.market = market
        self.clock = clock
        self.address = address

    def call(self, operation: str, **members: object) -> dict[str, Any]:
        """One call of the requester's, over the wire."""
        headers = {
            "X-Amz-Target": f"MTurkRequesterServiceV20170117.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        asked = urllib.request.Request(self.address, json.dumps(members).encode(), headers)
        with urllib.request.urlopen(asked) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def publish(self, question: str, **changes: object) -> str:
        """Publish one HIT and return its id."""
        members: dict[str, object] = {
            "Title": "Is this comment friendly?",
            "Description": "Read one short comment and say whether its tone is friendly.",
            "Keywords": "text, tone",
            "Reward": "0.05",
            "AssignmentDurationInSeconds": 1800,
            "LifetimeInSeconds": 86_400,
            "AutoApprovalDelayInSeconds": 259_200,
            "MaxAssignments": 1,
            "Question": question,
        }
        return str(self.call("CreateHIT", **(members | changes))["HIT"]["HITId"])

    def person(self, name: str) -> str:
        """Somebody with an account; returns the WorkerId."""
        return accounts.sign_up(self.market, name, PASSWORD)

    def done(self, worker_id: str, hit_id: str, *fields: tuple[str, str], seconds: int = 40) -> str:
        """Somebody accepts a HIT and hands it in some seconds later; returns the AssignmentId."""
        held = worker.accept(self.market, worker_id, hit_id)
        self.clock.advance(timedelta(seconds=seconds))
        worker.submit(self.market, worker_id, held.assignment_id, list(fields) or [("tone", "friendly")])
        return held.assignment_id

    def answers(self, hit_id: str) -> list[str]:
        """The answers that a HIT's requester reads."""
        found = self.call("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]
        return [one["Answer"] for one in found]


def html_question(html: str, height: int = 0) -> str:
    """An HTMLQuestion around a page."""
    return (
        f'<HTMLQuestion xmlns="{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[{html}]]></HTMLContent>'
        f"<FrameHeight>{height}</FrameHeight></HTMLQuestion>"
    )


def external_question(url: str) -> str:
    """An ExternalQuestion at an address."""
    return (
        f'<ExternalQuestion xmlns="{SCHEMAS}/2006-07-14/ExternalQuestion.xsd"><ExternalURL>{url}</ExternalURL>'
        "<FrameHeight>0</FrameHeight></ExternalQuestion>"
    )


@contextmanager
def open_worksite(folder: Path, **options: Any) -> Iterator[Worksite]:
    """Serve a new marketplace on a free port; the options are those of `build_app`."""
    # It begins with the present, so that a browser's cookies and ours agree.
    clock = ManualClock(datetime.now(UTC).replace(microsecond=0))
    market = Marketplace.open(f"sqlite:///{folder}/market.db", clock=clock)
    server = uvicorn.Server(uvicorn.Config(build_app(market, **options), log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Worksite(market, clock, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        thread.join(5)
    market.close()


@contextmanager
def open_chromium(*, dark: bool = False) -> Iterator[Browser]:
    """Start the machine's chromium, or skip where there is none.

    Dark is the browser's own setting, as a reader's is: emulated by Playwright it reaches frames that it should not.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*QUIET, *(["--force-dark-mode"] if dark else [])]
        )
        yield browser
        browser.close()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Come in by the front door."""
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def broken_rules(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong on a page and in its frames, by WCAG 2.0, 2.1 and 2.2, A and AA."""
    # Tall, because axe takes what a frame's own bar covers at this moment for too small to be pressed.
    page.evaluate("document.querySelectorAll('iframe').forEach((one) => { one.style.height = '4000px'; })")
    found = []
    for frame in page.frames:
        frame.evaluate(axe)
        seen = frame.evaluate(f"axe.run(document, {{runOnly: {WCAG}, resultTypes: ['violations'], iframes: false}})")
        found += [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in seen["violations"]
            for node in rule["nodes"]
        ]
    return found


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
