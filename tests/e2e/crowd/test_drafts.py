"""What is answered so far survives a reload: the page around the question keeps it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crowdpages import PICTURE, CrowdPages
from playwright.sync_api import Page, expect

BODY = f"""<crowd-form><crowd-input name="a" label="Name"></crowd-input><label>Plain <input name="b"></label>
<label><input type="radio" name="c" value="1"> One</label><label><input type="radio" name="c" value="2"> Two</label>
<crowd-checkbox name="d" value="x">X</crowd-checkbox><crowd-checkbox name="d" value="y">Y</crowd-checkbox>
<crowd-radio-group><crowd-radio-button name="e">E</crowd-radio-button>
<crowd-radio-button name="f">F</crowd-radio-button>
</crowd-radio-group><p>How much?</p><crowd-slider name="g"></crowd-slider>
<crowd-classifier-multi-select name="h" header="H" categories="['P', 'Q']"></crowd-classifier-multi-select>
<crowd-bounding-box name="i" header="I" src="{PICTURE}" labels="['Cat']"></crowd-bounding-box></crowd-form>"""


def wait_for_draft(page: Page, part: str) -> None:
    for _ in range(100):
        if part in page.evaluate("JSON.stringify(window.kept)"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"no draft with {part}")


def test_answers_of_every_kind_come_back_after_a_reload(show: Callable[..., Page], pages: CrowdPages) -> None:
    page = show(BODY, path="/outer")
    question = page.frame_locator("#question")
    question.get_by_role("textbox", name="Name").fill("Ana “A.”")
    question.get_by_role("textbox", name="Plain").fill("plain")
    question.get_by_role("radio", name="Two").check()
    question.get_by_role("checkbox", name="Y").check()
    question.get_by_role("radio", name="F").check()
    question.get_by_role("slider").fill("40")
    question.get_by_role("checkbox", name="Q").check()
    question.get_by_role("button", name="New box").click()
    wait_for_draft(page, "left")
    # Only the frame is loaded anew; the page around it lives on, as the work page's storage does.
    page.evaluate("frame.src = frame.src")
    expect(question.get_by_role("textbox", name="Name")).to_have_value("Ana “A.”")
    expect(question.get_by_text("One box")).to_be_visible()
    question.get_by_role("button", name="Submit", exact=True).click()
    question.get_by_text("Thank you").wait_for()
    assert pages.answer == {
        "a": "Ana “A.”",
        "b": "plain",
        "c": {"1": False, "2": True},
        "d": {"x": False, "y": True},
        "e": {"on": False},
        "f": {"on": True},
        "g": 40,
        "h": {"labels": ["Q"]},
        "i": {
            "boundingBoxes": [{"height": 15, "label": "Cat", "left": 30, "top": 23, "width": 20}],
            "inputImageProperties": {"height": 60, "width": 80},
        },
    }


@pytest.mark.slow
def test_a_draft_that_makes_no_sense_draws_nothing_and_breaks_nothing(
    show: Callable[..., Page], complaints: list[str]
) -> None:
    page = show(BODY, path="/outer")
    question = page.frame_locator("#question")
    question.get_by_role("textbox", name="Name").fill("Ana")
    wait_for_draft(page, "Ana")
    names = page.evaluate("window.kept.map((pair) => pair[0])")
    states = [
        "{",
        "7",
        "[]",
        "{}",
        "null",
        "true",
        '[{"left": "x"}]',
        '{"chosen": 1}',
        '[{"left": 1, "top": -1}, null]',
    ]
    for fields in ["x", [1, None, []], *([[name, state] for name in names] for state in states)]:
        page.evaluate("(fields) => { window.kept = fields; frame.src = frame.src; }", fields)
        expect(question.get_by_text("No box yet.")).to_be_visible()
        expect(question.get_by_role("textbox", name="Name")).to_have_value("")
    assert complaints == []
