"""Answers that survive a reload: every template in a frame of a page that runs the worker site's own script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

Pages = dict[str, str]
Answers = Callable[[Frame], list[tuple[str, str]]]

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "hit_templates").glob("*.html") if path.stem != "base")
WORK_JS = (ROOT / "crowdbroker" / "marketplace" / "site" / "static" / "work.js").read_text(encoding="utf-8")
WORK_PAGE = """<!DOCTYPE html><p id="left" data-seconds="900"><b></b></p><p id="time-alarm"></p>
<div id="bar" data-worker="W1" data-assignment="A1" data-status="/status" data-done="/done"></div>
<form id="return"></form>
<form id="next"><input type="checkbox" id="auto"></form><p id="gone" hidden></p>
<iframe id="question" sandbox="allow-scripts allow-forms" width="900" height="900"
  src="/hit?assignmentId=A1&amp;turkSubmitTo={site}"></iframe><script>{script}</script>"""
BOX = {"left": 1, "top": 2, "width": 3, "height": 4, "label": "car"}


@pytest.fixture
def open_work(page: Page, pages: Pages, address: str) -> Callable[[str], Frame]:
    """Return a function from a HIT's HTML to its frame on a work page."""

    def opened(html: str) -> Frame:
        work_page = WORK_PAGE.format(site=address, script=WORK_JS)
        pages.update({"/": work_page, "/hit": html, "/status": '{"state": "held"}', "/done": "Done"})
        page.goto(f"{address}/")
        return frame_of(page)

    return opened


def frame_of(page: Page) -> Frame:
    frame = page.frames[1]
    frame.wait_for_selector("#progress:not(:empty)")
    return frame


def answer(page: Page, hit: Frame, name: str) -> None:
    """Answer every Item, the first in another way than the rest."""
    for number, item in enumerate(hit.locator("fieldset").all(), 1):
        if name == "free-text":
            item.locator("textarea").fill(f"sign\n{number} <&>")
        elif name == "bounding-box" and number == 1:
            item.get_by_role("button", name="New box").click()
            page.keyboard.press("2")
        else:
            item.locator("[type=checkbox],[type=radio]").nth(0 if number == 1 else -1).check()


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_there_after_a_reload_and_forgotten_once_they_are_sent(
    page: Page,
    pages: Pages,
    open_work: Callable[[str], Frame],
    render_sample: Callable[[str], str],
    answers: Answers,
    name: str,
) -> None:
    hit = open_work(render_sample(name))
    answer(page, hit, name)
    sendable = "[...new FormData(document.forms[0])].slice(2)"
    before = hit.evaluate(sendable)
    count = hit.locator("fieldset").count()
    page.wait_for_timeout(250)  # the last change is kept a fifth of a second later
    page.reload()
    hit = frame_of(page)
    expect(hit.locator("#progress")).to_have_text(f"{count} of {count} answered")
    assert hit.evaluate(sendable) == before
    hit.get_by_role("button", name="Submit").click()
    assert [list(pair) for pair in answers(hit)] == [[key, value.replace("\n", "\r\n")] for key, value in before]
    pages["/status"] = '{"state": "submitted"}'
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/done")
    assert page.evaluate("sessionStorage.length") == 0


def test_the_time_before_a_reload_counts(
    page: Page, open_work: Callable[[str], Frame], render: Callable[..., str]
) -> None:
    page.add_init_script("if (self === top) sessionStorage['draft:W1:A1'] = JSON.stringify([['seconds', '1000']])")
    hit = open_work(render(["plain"]))
    hit.locator("[name=item-1]").first.check()
    page.wait_for_function("JSON.parse(sessionStorage['draft:W1:A1']).length === 2")
    assert 1000 <= int(dict(json.loads(page.evaluate("sessionStorage['draft:W1:A1']")))["seconds"]) < 1060


STRANGE_DRAFTS = ["null", "7", "draft", {}, [["item-1"]], [["item-1", 1]], ["item-1"], [["item-1", "a", "b"]]]


def test_the_work_page_keeps_only_lists_of_fields_of_a_moderate_size(
    page: Page, open_work: Callable[[str], Frame], render: Callable[..., str]
) -> None:
    hit = open_work(render(["plain"]))
    send = "(fields) => parent.postMessage({crowdbroker: 'draft', fields}, '*')"
    for fields in [*STRANGE_DRAFTS, [["item-1", "\u00e4" * 30_000]]]:
        hit.evaluate(send, fields)
    hit.evaluate("parent.postMessage(null, '*')")
    page.evaluate("postMessage({crowdbroker: 'draft', fields: [['item-1', 'from elsewhere']]}, '*')")
    hit.evaluate(send, [["item-1", "x" * 50_000]])
    page.wait_for_function("sessionStorage['draft:W1:A1']")
    assert json.loads(page.evaluate("sessionStorage['draft:W1:A1']")) == [["item-1", "x" * 50_000]]


def test_the_question_takes_only_texts_for_fields_that_it_has(
    page: Page, open_work: Callable[[str], Frame], render_sample: Callable[[str], str]
) -> None:
    hit = open_work(render_sample("bounding-box"))
    address = hit.evaluate("document.forms[0].action")
    send = "(data) => frames[0].postMessage(data, '*')"
    for data in [None, "restore", {"crowdbroker": "restore"}, {"crowdbroker": "restore", "fields": "item-1"}]:
        page.evaluate(send, data)
    boxes = [BOX, BOX | {"left": -1}, BOX | {"label": "<img>"}, BOX | {"width": "3"}, BOX | {"more": 1}, None]
    fields = [["assignmentId", "A2"], ["action", "x"], ["item-2", "{"], ["item-3", "[]"], ["item-1", 1], None, "x"]
    page.evaluate(send, {"crowdbroker": "restore", "fields": [["item-1", json.dumps(boxes)], *fields]})
    expect(hit.locator("#progress")).to_have_text("2 of 3 answered")
    values = "Object.fromEntries(new FormData(document.forms[0]))"
    kept = json.dumps([BOX, BOX], separators=(",", ":"))
    expected = {"assignmentId": "A1", "item-1": kept, "item-2": "", "item-3": "[]"}
    assert {key: value for key, value in hit.evaluate(values).items() if key != "seconds"} == expected
    assert hit.evaluate("document.forms[0].action") == address


def test_a_draft_never_replaces_a_new_answer(
    page: Page, open_work: Callable[[str], Frame], render: Callable[..., str]
) -> None:
    hit = open_work(render(["plain"]))
    hit.locator("[value=neutral]").check()
    page.evaluate("frames[0].postMessage({crowdbroker: 'restore', fields: [['item-1', 'positive']]}, '*')")
    hit.evaluate("postMessage({crowdbroker: 'restore', fields: [['item-1', 'negative']]}, '*')")
    page.wait_for_timeout(100)
    expect(hit.locator("[value=neutral]")).to_be_checked()
