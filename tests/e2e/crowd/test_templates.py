"""Requesters' templates with crowd elements, unchanged, on the real site: accepted, answered, read back by the API."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import uvicorn
from crowdpages import PICTURE
from playwright.sync_api import FrameLocator, Page, expect, sync_playwright
from required import missing
from starlette.applications import Starlette
from webclient import Browser

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.server import build_app

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd"
ANSWERS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'

SENTIMENT = f"""{LOADER}
<!-- The answers come by this element. -->
<crowd-form answer-format="flatten-objects">
  <crowd-classifier name="sentiment" categories="['Positive', 'Negative', 'N/A']" header="What is the mood?">
    <classification-target><p>The soup was cold, but we laughed a lot.</p></classification-target>
    <full-instructions header="Moods"><p><b>N/A</b>: nothing to tell it by</p></full-instructions>
    <short-instructions>Choose what the writer feels.</short-instructions>
  </crowd-classifier>
</crowd-form>"""
BOXES = f"""{LOADER}
<crowd-form>
  <crowd-bounding-box name="annotatedResult" src="{PICTURE}" labels="[&quot;Square&quot;, &quot;Hole&quot;]"
    header="Draw a box around each square">
    <full-instructions header="Boxes"><ol><li>Leave no margin.</li></ol></full-instructions>
    <short-instructions>Draw boxes.</short-instructions>
  </crowd-bounding-box>
</crowd-form>"""
IMAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8">{LOADER}</head><body>
<crowd-form><crowd-image-classifier src="{PICTURE}" categories="['Square', 'Round', 'None of the Above']"
  header="Choose the correct category" name="category">
  <short-instructions><p>Look.</p></short-instructions>
  <full-instructions header="Instructions"><p>Look long.</p></full-instructions>
</crowd-image-classifier></crowd-form></body></html>"""
SURVEY = f"""{LOADER}
<crowd-form>
  <crowd-instructions link-text="View instructions" link-type="button">
    <short-summary><p>Tell us about birds.</p></short-summary>
    <detailed-instructions><h3>All about it</h3></detailed-instructions>
  </crowd-instructions>
  <div><p>What is your favourite colour for a bird?</p>
  <crowd-input name="colour" placeholder="example: pink" required></crowd-input></div>
  <div><p>Check this box if you like birds</p>
  <crowd-checkbox name="likes" checked="true" required></crowd-checkbox></div>
  <div><p>How much do you like birds?</p>
  <crowd-slider name="howMuch" min="1" max="10" step="1" pin="true" required></crowd-slider></div>
  <div><p>Write a short essay</p>
  <crowd-text-area name="essay" rows="4" placeholder="Lorem ipsum..." required></crowd-text-area></div>
</crowd-form>
<script>document.querySelector("crowd-form").onsubmit = function (e) {{
  if (document.querySelector("crowd-input").value.length < 3) {{ e.preventDefault(); }}
}};</script>"""


def sentiment(question: FrameLocator) -> None:
    # The work page gives the frame the focus, and the only classifier has taken it within.
    expect(question.get_by_role("radio", name="Positive")).to_be_visible()
    question.get_by_role("radio", name="Positive").press("3")


def boxes(question: FrameLocator) -> None:
    question.get_by_role("button", name="New box").click()
    question.get_by_role("radio", name="Hole").check()


def image(question: FrameLocator) -> None:
    question.get_by_role("radio", name="Square").check()


def survey(question: FrameLocator) -> None:
    question.get_by_role("textbox", name="What is your favourite colour for a bird?").fill("blue & <green>")
    question.get_by_role("slider", name="How much do you like birds?").fill("9")
    question.get_by_role("textbox", name="Write a short essay").fill("One.\nTwo “two”.")


BOX = {"height": 15, "label": "Hole", "left": 30, "top": 23, "width": 20}
CASES: dict[str, tuple[str, Callable[[FrameLocator], None], dict[str, object]]] = {
    "sentiment": (SENTIMENT, sentiment, {"sentiment.label": "N/A"}),
    "boxes": (
        BOXES,
        boxes,
        {"annotatedResult": {"boundingBoxes": [BOX], "inputImageProperties": {"height": 60, "width": 80}}},
    ),
    "image": (IMAGE, image, {"category": {"label": "Square"}}),
    "survey": (
        SURVEY,
        survey,
        {"colour": "blue & <green>", "likes": {"on": True}, "howMuch": 9, "essay": "One.\nTwo “two”."},
    ),
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Starlette]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield build_app(market)
    market.close()


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(5)


@pytest.fixture
def requester(app: Starlette) -> Callable[..., dict[str, Any]]:
    """A requester's calls, over the wire alone."""
    browser = Browser(app)

    def call(operation: str, **members: object) -> dict[str, Any]:
        target = f"MTurkRequesterServiceV20170117.{operation}"
        headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
        reply = browser.request("POST", "/", json.dumps(members).encode(), headers)
        assert reply.status == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer

    return call


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        page = browser.new_page(base_url=address, viewport={"width": 390, "height": 844})
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def publish(requester: Callable[..., dict[str, Any]], html: str) -> str:
    content = f"<HTMLContent><![CDATA[{html}]]></HTMLContent><FrameHeight>0</FrameHeight>"
    question = f'<HTMLQuestion xmlns="{SCHEMA}">{content}</HTMLQuestion>'
    hit = requester(
        "CreateHIT",
        Title="Look at this",
        Description="A short look.",
        Reward="0.05",
        AssignmentDurationInSeconds=1800,
        LifetimeInSeconds=86_400,
        Question=question,
    )
    return str(hit["HIT"]["HITId"])


def given(answer: str) -> dict[str, object]:
    """The fields of an Answer, crowd-form's one field read."""
    fields = {
        str(one.findtext(f"{ANSWERS}QuestionIdentifier")): one.findtext(f"{ANSWERS}FreeText")
        for one in ElementTree.fromstring(answer)
    }
    if "taskAnswers" not in fields:
        return dict(fields)
    [(_, text)] = fields.items()
    [answers] = json.loads(str(text))
    return dict(answers)


@pytest.mark.slow
@pytest.mark.parametrize(("html", "act", "answer"), CASES.values(), ids=CASES)
def test_a_template_of_old_is_answered_on_the_site(
    html: str,
    act: Callable[[FrameLocator], None],
    answer: dict[str, object],
    requester: Callable[..., dict[str, Any]],
    page: Page,
) -> None:
    hit_id = publish(requester, html)
    page.goto("/sign-up")
    page.get_by_label("Name").fill("Maria")
    page.get_by_label("Password").fill("four easy words")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("link", name="Preview Look at this").click()
    question = page.frame_locator("#question")
    expect(question.get_by_role("button", name="Submit", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("button", name="Return")).to_be_visible()
    act(question)
    # The work page keeps what is answered; it is still there after a reload.
    page.wait_for_timeout(500)
    page.reload()
    question.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    [assignment] = requester("ListAssignmentsForHIT", HITId=hit_id)["Assignments"]
    assert given(assignment["Answer"]) == answer
