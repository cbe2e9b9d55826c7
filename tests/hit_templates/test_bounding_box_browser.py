"""The bounding-box page at work in a real Chromium: drawn by mouse, by keyboard alone, and by touch on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Frame, Locator, Page, expect

OpenHit = Callable[..., Frame]
Answers = Callable[[Frame], list[tuple[str, str]]]
TargetSize = Callable[[Frame, str], float]
Box = tuple[int, int, int, int, str]

WIDTH, HEIGHT = 600, 400
# What is touched is where the last frame drew it.
INTO_SIGHT = """(one) => new Promise((done) => {
  const before = scrollY;
  one.scrollIntoView({block: "center"});
  if (scrollY === before) done();
  else requestAnimationFrame(() => requestAnimationFrame(done));
})"""
PICTURE = (
    f"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}'%3E"
    "%3Crect width='600' height='400' fill='%23ccd'/%3E%3C/svg%3E"
)


@pytest.fixture
def html(render: Callable[..., str]) -> str:
    return render([{"image": PICTURE}, {"image": PICTURE}], template="bounding-box")


@pytest.fixture
def hit(page: Page, open_hit: OpenHit, html: str) -> Frame:
    return open_hit(page, html)


class Canvas:
    """One Item's picture: points of the picture become points of the screen."""

    def __init__(self, frame: Frame, item: int) -> None:
        self.item = frame.locator(f"fieldset:nth-of-type({item})")
        self.stage = self.item.locator(".stage")
        self.field = frame.locator(f"input[name=item-{item}]")

    def label(self, title: str) -> Locator:
        return self.item.locator(".choices label", has_text=title)

    def at(self, x: float, y: float) -> tuple[float, float]:
        image = self.item.locator("img")
        image.evaluate(INTO_SIGHT)
        shown = image.bounding_box()
        assert shown is not None
        # The picture is shown inside a border of one pixel.
        return shown["x"] + 1 + x * (shown["width"] - 2) / WIDTH, shown["y"] + 1 + y * (shown["height"] - 2) / HEIGHT

    def drag(self, page: Page, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
        page.mouse.move(*self.at(*start))
        page.mouse.down()
        page.mouse.move(*self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        page.mouse.move(*self.at(*end))
        if drop:
            page.mouse.up()

    def boxes(self) -> list[Box]:
        return boxes_in(self.field.input_value())


def boxes_in(answer: str) -> list[Box]:
    boxes: list[dict[str, Any]] = json.loads(answer or "[]")
    assert all(list(box) == ["left", "top", "width", "height", "label"] for box in boxes)
    return [(box["left"], box["top"], box["width"], box["height"], box["label"]) for box in boxes]


def near(box: Box, expected: Box) -> bool:
    """A screen pixel of the picture is a little more than one of its own."""
    return box[4] == expected[4] and all(abs(got - want) <= 2 for got, want in zip(box[:4], expected[:4], strict=True))


def all_near(boxes: list[Box], expected: list[Box]) -> bool:
    return len(boxes) == len(expected) and all(map(near, boxes, expected))


def test_boxes_by_mouse(page: Page, hit: Frame, answers: Answers) -> None:
    first, second = Canvas(hit, 1), Canvas(hit, 2)
    first.label("Positive").click()
    first.drag(page, (60, 80), (200, 240))
    first.drag(page, (500, 300), (400, 100))  # from its lower right corner
    expect(first.item.locator(".say")).to_contain_text("Box 2 of 2: Positive")
    first.label("Neutral").click()
    first.drag(page, (450, 200), (470, 220))  # moves what is chosen
    first.drag(page, (420, 120), (380, 60))  # and resizes it by its upper left corner
    first.drag(page, (100, 100), (120, 100))  # another one begins inside a box that is not chosen
    assert all_near(
        first.boxes(),
        [(60, 80, 140, 160, "positive"), (380, 60, 140, 260, "neutral"), (100, 100, 20, 1, "neutral")],
    )
    first.item.get_by_role("button", name="Delete").click()
    first.item.get_by_role("button", name="Delete").click()
    first.item.get_by_role("button", name="Undo").click()
    expect(hit.locator("#progress")).to_have_text("1 of 2 answered")
    second.item.get_by_label("Nothing to mark").click()
    hit.get_by_role("button", name="Submit").click()
    (one, two) = answers(hit)
    assert (one[0], two) == ("item-1", ("item-2", "[]"))
    assert all_near(boxes_in(one[1]), [(60, 80, 140, 160, "positive"), (380, 60, 140, 260, "neutral")])


def test_boxes_by_keyboard_only(page: Page, hit: Frame, answers: Answers) -> None:
    page.keyboard.press("Tab")
    hit.wait_for_function("document.hasFocus()")
    for key in ("n", "2", "ArrowLeft", "Shift+ArrowUp", "Control+ArrowRight", "Alt+Shift+ArrowDown"):
        page.keyboard.press(key)
    first = Canvas(hit, 1)
    assert first.boxes() == [(219, 110, 156, 140, "neutral")]
    for key in ("n", "3", "Shift+Tab", "ArrowLeft", "Tab", "ArrowDown", "Delete", "Control+z", "u", "n", "Backspace"):
        page.keyboard.press(key)
    assert first.boxes() == [(213, 110, 156, 140, "neutral"), (225, 150, 150, 100, "positive")]
    for key in ("Escape", "j", "0", "Enter"):
        page.keyboard.press(key)
    (one, two) = answers(hit)
    assert boxes_in(one[1]) == [(213, 110, 156, 140, "neutral"), (225, 150, 150, 100, "positive")]
    assert two == ("item-2", "[]")


class Finger:
    """One finger on the screen; Playwright itself only taps."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, *points: tuple[float, float]) -> None:
        self.send("touchStart", points[0])
        for point in points[1:]:
            self.send("touchMove", point)
        self.send("touchEnd")


def test_boxes_by_touch_at_390_px(
    phone: Page, open_hit: OpenHit, html: str, answers: Answers, target_size: TargetSize
) -> None:
    hit = open_hit(phone, html)
    first, finger = Canvas(hit, 1), Finger(phone)
    finger.drag(first.at(60, 80), first.at(100, 200), first.at(200, 240))
    first.label("Positive").tap()
    expect(first.item.locator(".box")).to_have_text("Positive")
    finger.drag(first.at(120, 160), first.at(200, 160), first.at(220, 160))
    finger.drag(first.at(300, 240), first.at(400, 300), first.at(420, 320))
    assert hit.evaluate("document.documentElement.scrollWidth") == 390
    assert all_near(first.boxes(), [(160, 80, 260, 240, "positive")])
    assert target_size(hit, "label, button, summary") >= 44
    hit.locator("fieldset:nth-of-type(2) .tools label").tap()
    hit.get_by_role("button", name="Submit").tap()
    (one, two) = answers(hit)
    assert all_near(boxes_in(one[1]), [(160, 80, 260, 240, "positive")])
    assert two == ("item-2", "[]")


def test_boxes_end_at_the_edges_of_the_picture(page: Page, hit: Frame) -> None:
    canvas = Canvas(hit, 1)
    canvas.drag(page, (500, 300), (700, 430))
    assert all_near(canvas.boxes(), [(500, 300, 100, 100, "negative")])
    for key in ("Shift+ArrowRight", "Shift+ArrowDown", "Control+Shift+ArrowRight"):
        page.keyboard.press(key)
    (left, top, width, height, _label) = canvas.boxes()[0]
    assert (left + width, top + height) == (WIDTH, HEIGHT)
    for key in ["Control+Shift+ArrowLeft"] * 3:
        page.keyboard.press(key)
    assert canvas.boxes()[0][2] == 1
    canvas.drag(page, (600, 350), (-50, 350))  # the corner handles reach over the edge
    assert min(canvas.boxes()[0][:2]) >= 0


def test_a_tap_chooses_the_smallest_box_and_escape_lets_go_or_stops_drawing(page: Page, hit: Frame) -> None:
    canvas = Canvas(hit, 1)
    canvas.drag(page, (50, 50), (400, 350))
    page.keyboard.press("Escape")
    canvas.drag(page, (100, 100), (200, 200))
    page.mouse.click(*canvas.at(500, 50))
    expect(canvas.item.locator(".say")).to_have_text("2 boxes")
    page.mouse.click(*canvas.at(150, 150))
    expect(canvas.item.locator(".say")).to_contain_text("Box 2 of 2")
    before = canvas.boxes()
    canvas.drag(page, (450, 50), (500, 90), drop=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert canvas.boxes() == before
    assert canvas.item.locator(".box").count() == 2


def test_nothing_to_mark_and_boxes_exclude_each_other(page: Page, hit: Frame) -> None:
    canvas = Canvas(hit, 1)
    nothing = canvas.item.get_by_label("Nothing to mark")
    nothing.check()
    assert canvas.field.input_value() == "[]"
    canvas.drag(page, (100, 100), (200, 200))
    expect(nothing).not_to_be_checked()
    nothing.check()
    assert canvas.field.input_value() == "[]"
    assert canvas.item.locator(".box").count() == 0
    canvas.item.get_by_role("button", name="Undo").click()
    expect(nothing).not_to_be_checked()
    assert len(canvas.boxes()) == 1


def test_the_picture_and_its_boxes_are_named_for_screen_readers(page: Page, hit: Frame) -> None:
    canvas = Canvas(hit, 1)
    stage = hit.get_by_role("application", name="Picture 1, to draw on")
    stage.focus()
    expect(stage).to_have_accessible_description("Draw a box around each thing, or say that there is nothing to mark.")
    page.keyboard.press("n")
    expect(hit.get_by_role("group", name="Box 1 of 1: Negative", exact=True)).to_be_focused()
    assert canvas.boxes() == [(225, 150, 150, 100, "negative")]


def test_the_example_is_drawn_with_its_boxes(
    page: Page, open_hit: OpenHit, render_sample: Callable[[str], str]
) -> None:
    hit = open_hit(page, render_sample("bounding-box"), assignment="ASSIGNMENT_ID_NOT_AVAILABLE")
    expect(hit.locator(".example .box")).to_have_text(["Car", "Bicycle"])
    expect(hit.locator(".example b")).to_have_text("Car, Bicycle")
    expect(hit.locator("fieldset .box")).to_have_count(0)
