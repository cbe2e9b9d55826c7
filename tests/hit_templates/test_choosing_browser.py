"""Pictures, pairs, several labels, scales and texts, answered in a real Chromium by mouse, keyboard and touch."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Frame, Page, expect

OpenHit = Callable[..., Frame]
Answers = Callable[[Frame], list[tuple[str, str]]]
TargetSize = Callable[[Frame, str], float]
Sample = Callable[[str], str]

HOSTILE = "<b>&amp; \"'\u202e\U0001f468\u200d\U0001f469\u200d\U0001f467 ]]> \u05e9\u05dc\u05d5\u05dd"
CHOSEN = {
    "image-classification": ["sunny", "rainy", "cloudy", "snowy"],
    "pairwise": ["left", "left", "same", "right"],
    "rating": ["5", "1", "3", "4"],
}


def places(page: str, values: list[str]) -> list[int]:
    """Return the 1-based place of each value among the choices of an Item."""
    first = page[: page.index("</fieldset>")]
    return [first[: first.index(f'value="{value}"')].count('type="radio"') for value in values]


def focus_page(page: Page, hit: Frame) -> None:
    page.keyboard.press("Tab")
    hit.wait_for_function("document.hasFocus()")  # the frame is another process


def numbered(values: list[str]) -> list[tuple[str, str]]:
    return [(f"item-{number}", value) for number, value in enumerate(values, 1)]


@pytest.mark.parametrize("name", CHOSEN)
def test_one_label_by_mouse(page: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers, name: str) -> None:
    hit = open_hit(page, render_sample(name))
    for number, value in enumerate(CHOSEN[name], 1):
        hit.locator(f"fieldset:nth-of-type({number}) label:has([value={value!r}])").click()
    hit.get_by_role("button", name="Submit").click()
    assert answers(hit) == numbered(CHOSEN[name])


@pytest.mark.parametrize("name", CHOSEN)
def test_one_label_by_keyboard_only(
    page: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers, name: str
) -> None:
    html = render_sample(name)
    hit = open_hit(page, html)
    focus_page(page, hit)
    for place in places(html, CHOSEN[name]):
        page.keyboard.press(str(place))
    page.keyboard.press("Enter")
    assert answers(hit) == numbered(CHOSEN[name])


@pytest.mark.parametrize("name", CHOSEN)
def test_one_label_by_touch_at_390_px(
    phone: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers, target_size: TargetSize, name: str
) -> None:
    hit = open_hit(phone, render_sample(name))
    for number, value in enumerate(CHOSEN[name], 1):
        hit.locator(f"fieldset:nth-of-type({number}) label:has([value={value!r}])").tap()
    assert target_size(hit, "label, button, summary") >= 44
    assert hit.evaluate("document.documentElement.scrollWidth") == 390
    hit.get_by_role("button", name="Submit").tap()
    assert answers(hit) == numbered(CHOSEN[name])


def test_a_scale_from_0_to_10_stays_in_one_row_on_a_phone_and_is_chosen_by_value(
    phone: Page, open_hit: OpenHit, render: Callable[..., str], answers: Answers, target_size: TargetSize
) -> None:
    labels = [SimpleNamespace(value=str(step), title=str(step), help="") for step in range(11)]
    hit = open_hit(phone, render(["plain"] * 3, template="rating", labels=labels))
    tops = "(all) => new Set(all.map((one) => one.offsetTop)).size"
    assert hit.eval_on_selector_all("fieldset:nth-of-type(1) label", tops) == 1
    assert target_size(hit, "fieldset label") >= 24
    assert hit.evaluate("document.documentElement.scrollWidth") == 390
    hit.locator("summary").focus()
    for key in ("0", "7"):
        phone.keyboard.press(key)
    hit.get_by_label("10").last.check()
    phone.keyboard.press("Enter")
    assert answers(hit) == numbered(["0", "7", "10"])


def test_a_picture_that_cannot_be_loaded_says_so(page: Page, open_hit: OpenHit, render: Callable[..., str]) -> None:
    hit = open_hit(page, render([{"image": "data:image/png;base64,AAAA"}], template="image-classification"))
    expect(hit.get_by_alt_text("This picture cannot be shown.")).to_be_visible()


def several(page: Page, hit: Frame, choose: Callable[[int, str], None]) -> None:
    """Answer the four sample Items: two labels, one taken back for none, none, and none taken back for one."""
    for number, title in ((1, "Delivery"), (1, "Quality"), (2, "Price"), (2, "None of these")):
        choose(number, title)
    expect(hit.locator("#progress")).to_have_text("2 of 4 answered")
    choose(3, "None of these")
    choose(4, "None of these")
    choose(4, "Service")
    choose(1, "Price")
    choose(1, "Price")
    expect(hit.locator("#progress")).to_have_text("4 of 4 answered")


SEVERAL = [
    *[("item-1", value) for value in ("", "delivery", "quality")],
    *[("item-2", ""), ("item-3", ""), ("item-4", ""), ("item-4", "service")],
]


def test_several_labels_by_mouse(page: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers) -> None:
    hit = open_hit(page, render_sample("multiple-choice"))
    several(page, hit, lambda n, title: hit.locator(f"fieldset:nth-of-type({n}) label", has_text=title).click())
    hit.get_by_role("button", name="Submit").click()
    assert answers(hit) == SEVERAL


def test_several_labels_by_touch_at_390_px(
    phone: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers
) -> None:
    hit = open_hit(phone, render_sample("multiple-choice"))
    several(phone, hit, lambda n, title: hit.locator(f"fieldset:nth-of-type({n}) label", has_text=title).tap())
    assert hit.evaluate("document.documentElement.scrollWidth") == 390
    hit.get_by_role("button", name="Submit").tap()
    assert answers(hit) == SEVERAL


def test_several_labels_by_keyboard_only(
    page: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers
) -> None:
    hit = open_hit(page, render_sample("multiple-choice"))
    focus_page(page, hit)
    for key in ("1", "3", "j", "2", "5", "j", "5", "Enter"):
        page.keyboard.press(key)
    expect(hit.get_by_role("alert")).to_have_text("Not sent: one Item has no answer yet. The first is number 4.")
    for key in ("Space", "1", "4", "Enter"):  # the fourth Item's first box is focused, checked and taken back
        page.keyboard.press(key)
    assert answers(hit) == SEVERAL


def test_several_labels_with_hostile_values_come_back_unchanged(
    page: Page, open_hit: OpenHit, render: Callable[..., str], answers: Answers
) -> None:
    labels = [SimpleNamespace(value=HOSTILE, title=HOSTILE, help="")]
    hit = open_hit(page, render([HOSTILE], template="multiple-choice", labels=labels))
    hit.locator("fieldset label").first.click()
    hit.get_by_role("button", name="Submit").click()
    assert answers(hit) == [("item-1", ""), ("item-1", HOSTILE)]


def test_texts_by_mouse_come_back_unchanged(
    page: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers
) -> None:
    hit = open_hit(page, render_sample("free-text"))
    texts = [HOSTILE, "x" * 10_000, "two\nlines  and   spaces"]
    for number, text in enumerate(texts, 1):
        hit.locator(f"[name=item-{number}]").click()
        page.keyboard.insert_text(text)
    expect(hit.locator(".count").nth(1)).to_have_text("10,000 of 10,000 characters")
    assert hit.evaluate("document.documentElement.scrollWidth") <= 1280
    hit.get_by_role("button", name="Submit").click()
    assert answers(hit) == numbered([text.replace("\n", "\r\n") for text in texts])  # as every form sends lines


def test_texts_by_keyboard_only(page: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers) -> None:
    hit = open_hit(page, render_sample("free-text"))
    focus_page(page, hit)
    page.keyboard.press("Tab")
    page.keyboard.type("Just jokes? 1")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("   ")  # no answer
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.type("dog")
    expect(hit.locator("#progress")).to_have_text("2 of 3 answered")
    page.keyboard.press("Control+Enter")  # at the end it leads back to what is missing
    page.keyboard.type("114")
    page.keyboard.press("Control+Enter")
    assert answers(hit) == numbered(["Just jokes? 1", "   114", "dog"])


def test_texts_by_touch_at_390_px(phone: Page, open_hit: OpenHit, render_sample: Sample, answers: Answers) -> None:
    hit = open_hit(phone, render_sample("free-text"))
    for number in (1, 2, 3):
        hit.locator(f"[name=item-{number}]").tap()
        phone.keyboard.type(f"sign {number}")
    assert hit.evaluate("document.documentElement.scrollWidth") == 390
    hit.get_by_role("button", name="Submit").tap()
    assert answers(hit) == numbered(["sign 1", "sign 2", "sign 3"])
