"""The text-classification page at work in a real Chromium, inside a sandboxed frame as the marketplace shows it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

Render = Callable[..., str]
Posted = list[tuple[str, list[tuple[str, str]]]]
OpenHit = Callable[..., Frame]
TargetSize = Callable[[Frame, str], float]
Answers = Callable[[Frame], list[tuple[str, str]]]

DEMO = Path(__file__).resolve().parents[2] / "config" / "demo" / "reviews.csv"


@pytest.fixture(scope="module")
def reviews() -> list[str]:
    with DEMO.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)][:7]


@pytest.fixture
def hit(page: Page, open_hit: OpenHit, render: Render, reviews: list[str]) -> Frame:
    return open_hit(page, render(reviews))


def focused_name(frame: Frame) -> str:
    return str(frame.evaluate("document.activeElement.name"))


def test_answered_by_mouse(hit: Frame, answers: Answers) -> None:
    chosen = ["negative", "neutral", "neutral", "positive", "neutral", "negative", "negative"]
    for number, value in enumerate(chosen, 1):
        expect(hit.locator("#progress")).to_have_text(f"{number - 1} of 7 answered")
        hit.locator(f"fieldset:nth-of-type({number}) label", has_text=value).click()
    hit.get_by_role("button", name="Submit").click()
    assert dict(answers(hit)) == {f"item-{number}": value for number, value in enumerate(chosen, 1)}


def test_answered_by_keyboard_only(page: Page, hit: Frame, answers: Answers) -> None:
    page.keyboard.press("Tab")
    hit.wait_for_function("document.hasFocus()")  # the frame is another process
    for key in "1223":
        page.keyboard.press(key)
    assert focused_name(hit) == "item-5"
    for key in ("k", "1", "j", "2", "3"):  # corrects the fourth Item, passes the fifth over, ends with the seventh
        page.keyboard.press(key)
    expect(hit.locator("#progress")).to_have_text("6 of 7 answered")
    assert focused_name(hit) == "item-5"
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    values = ["negative", "neutral", "neutral", "negative", "neutral", "neutral", "positive"]
    assert dict(answers(hit)) == {f"item-{number}": value for number, value in enumerate(values, 1)}


def test_answered_by_touch_at_390_px(
    phone: Page, open_hit: OpenHit, render: Render, reviews: list[str], answers: Answers, target_size: TargetSize
) -> None:
    hit = open_hit(phone, render(reviews))
    for number in range(1, 8):
        hit.locator(f"fieldset:nth-of-type({number}) label", has_text="Neutral").tap()
    assert target_size(hit, "label, button, summary") >= 44
    assert hit.evaluate("document.documentElement.scrollWidth") == 390
    hit.get_by_role("button", name="Submit").tap()
    assert dict(answers(hit)) == {f"item-{number}": "neutral" for number in range(1, 8)}


def test_a_preview_cannot_be_submitted_and_says_why(
    page: Page, open_hit: OpenHit, render: Render, reviews: list[str], posted: Posted
) -> None:
    hit = open_hit(page, render(reviews), assignment="ASSIGNMENT_ID_NOT_AVAILABLE")
    expect(hit.locator("#progress")).to_have_text("This is a preview. Accept the HIT to answer and submit it.")
    expect(hit.get_by_role("button", name="Submit")).to_be_disabled()
    assert hit.locator("input[type=radio]:enabled").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    hit.evaluate("document.forms[0].requestSubmit()")
    page.wait_for_timeout(200)
    assert posted == []


def test_an_address_that_is_no_web_address_is_never_used(page: Page, open_hit: OpenHit, render: Render) -> None:
    hit = open_hit(page, render(["plain"]), submit_to="javascript:alert(1)//")
    expect(hit.locator("#progress")).to_contain_text("cannot be sent")
    assert hit.locator("form").get_attribute("action") is None


def test_submitting_with_answers_missing_leads_to_the_first_of_them(page: Page, hit: Frame, posted: Posted) -> None:
    for number in (1, 2, 4):
        hit.locator(f"[name=item-{number}]").first.check()
    hit.get_by_role("button", name="Submit").click()
    expect(hit.get_by_role("alert")).to_have_text("Not sent: 4 Items have no answer yet. The first is number 3.")
    assert focused_name(hit) == "item-3"
    for key in ("1", "j", "1", "1", "1"):
        page.keyboard.press(key)
    expect(hit.get_by_role("alert")).to_have_text("")
    expect(hit.locator("#progress")).to_have_text("7 of 7 answered")
    assert posted == []


def test_a_double_click_on_submit_sends_once(page: Page, open_hit: OpenHit, render: Render, answers: Answers) -> None:
    hit = open_hit(page, render(["plain"]))
    hit.locator("[name=item-1]").first.check()
    hit.get_by_role("button", name="Submit").dblclick()
    assert dict(answers(hit)) == {"item-1": "negative"}


def test_the_question_mark_lists_the_shortcuts_which_can_be_turned_off(page: Page, hit: Frame) -> None:
    hit.locator("[name=item-1]").first.focus()
    page.keyboard.press("?")
    expect(hit.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("1")
    expect(hit.locator("#progress")).to_have_text("0 of 7 answered")
    hit.get_by_label("Use these shortcuts").uncheck()
    hit.get_by_role("button", name="Close").click()
    page.keyboard.press("1")
    expect(hit.locator("#progress")).to_have_text("0 of 7 answered")


@pytest.mark.parametrize(
    ("key", "code", "shift", "answered"),
    [("1", "Numpad1", False, 1), ("&", "Digit1", False, 1), ("!", "Digit1", True, 0), ("End", "Numpad1", False, 0)],
    ids=["numeric pad", "French layout", "with Shift", "numeric pad without NumLock"],
)
def test_digits_are_read_on_every_layout(hit: Frame, key: str, code: str, shift: bool, answered: int) -> None:
    options = {"key": key, "code": code, "shiftKey": shift, "bubbles": True}
    hit.evaluate("(options) => document.body.dispatchEvent(new KeyboardEvent('keydown', options))", options)
    expect(hit.locator("#progress")).to_have_text(f"{answered} of 7 answered")


def test_the_instructions_can_be_reached_from_further_down(page: Page, hit: Frame) -> None:
    """Clicks by place: the heading moves with its first click, after which a locator would click once more."""
    instruction = hit.get_by_text("Choose what the writer feels.")

    def click_heading() -> None:
        box = hit.locator("summary").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 50, box["y"] + 20)

    hit.locator("[name=item-7]").first.check()
    click_heading()
    expect(instruction).to_be_in_viewport()
    click_heading()
    expect(instruction).to_be_hidden()
    hit.locator("[name=item-7]").first.focus()
    hit.evaluate("scrollTo(0, document.body.scrollHeight)")
    click_heading()
    expect(instruction).to_be_in_viewport()


def test_only_the_seconds_in_sight_are_counted(page: Page, open_hit: OpenHit, render: Render, posted: Posted) -> None:
    page.clock.install()
    hit = open_hit(page, render(["plain"]))
    shown = """(state) => {
      Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.clock.run_for(5_000)
    hit.evaluate(shown, "hidden")
    page.clock.run_for(60_000)
    hit.evaluate(shown, "visible")
    page.clock.run_for(2_000)
    hit.locator("[name=item-1]").first.check()
    hit.get_by_role("button", name="Submit").click()
    expect(hit.get_by_text("Thank you")).to_be_visible()
    assert 7 <= int(dict(posted[0][1])["seconds"]) <= 12


def test_hostile_cells_are_shown_as_they_are(page: Page, open_hit: OpenHit, render: Render) -> None:
    cells = [
        "<script>alert(1)</script>",
        "a\r\nb  c",
        "\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd",
        "\U0001f44d\U0001f3fd",
        "x" * 10_000,
    ]
    hit = open_hit(page, render(cells))
    shown = hit.eval_on_selector_all("[data-item-text]", "(all) => all.map((one) => one.textContent)")
    assert shown == [cell.replace("\r\n", "\n") for cell in cells]
    assert hit.eval_on_selector_all("[data-item-text]", "(all) => all.map((one) => one.childNodes.length)") == [1] * 5
    assert hit.evaluate("document.documentElement.scrollWidth") <= 1280


def test_right_to_left_text_runs_right_to_left(page: Page, open_hit: OpenHit, render: Render) -> None:
    hit = open_hit(page, render(["\u05e9\u05dc\u05d5\u05dd", "hello"]))
    directions = "(all) => all.map((one) => getComputedStyle(one).direction)"
    assert hit.eval_on_selector_all("[data-item-text]", directions) == ["rtl", "ltr"]
