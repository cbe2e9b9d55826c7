"""crowd-bounding-box by keyboard, by mouse, by finger, and in numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crowdpages import PICTURE, CrowdPages
from playwright.sync_api import Page, expect

Show = Callable[..., Page]
Submit = Callable[[Page], None]

SIZE = {"height": 60, "width": 80}
GIVEN = "[{ label: 'Dog', left: 10, top: 5, width: 20, height: 10, },]"


def form(more: str = "") -> str:
    return f"""<crowd-form><crowd-bounding-box name="annotatedResult" src="{PICTURE}" header="Draw boxes around them"
    labels="['Cat', 'Dog']" {more}><full-instructions header="How">Draw.</full-instructions>
    <short-instructions>Draw tightly.</short-instructions></crowd-bounding-box></crowd-form>"""


def box(label: str, left: int, top: int, width: int, height: int) -> dict[str, object]:
    return {"height": height, "label": label, "left": left, "top": top, "width": width}


def status(page: Page, text: str) -> None:
    """What is read aloud; sizes are written with the letter here."""
    said = text.replace(" x ", " \N{MULTIPLICATION SIGN} ")
    expect(page.locator("crowd-bounding-box").get_by_role("status")).to_have_text(said)


def test_a_box_is_added_moved_resized_labelled_and_deleted_by_keyboard(show: Show, submit: Submit, pages: CrowdPages):
    page = show(form())
    page.get_by_role("application").focus()
    page.keyboard.press("n")
    status(page, "New. Box 1 of 1: Cat, 20 x 15 at 30, 23")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    status(page, "Box 1 of 1: Cat, 20 x 15 at 31, 29")
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("2")
    status(page, "Box 1 of 1: Dog, 28 x 14 at 31, 29")
    page.keyboard.press("n")
    page.keyboard.press("1")
    status(page, "Box 2 of 2: Cat, 20 x 15 at 30, 23")
    page.keyboard.press("Shift+Tab")
    status(page, "Box 1 of 2: Dog, 28 x 14 at 31, 29")
    page.keyboard.press("Delete")
    status(page, "Deleted. Box 1 of 1: Cat, 20 x 15 at 30, 23")
    page.keyboard.press("u")
    status(page, "Undone. 2 boxes")
    submit(page)
    assert pages.answer == {
        "annotatedResult": {
            "boundingBoxes": [box("Dog", 31, 29, 28, 14), box("Cat", 30, 23, 20, 15)],
            "inputImageProperties": SIZE,
        }
    }


@pytest.mark.slow
def test_a_box_never_leaves_the_picture(show: Show):
    page = show(form())
    page.get_by_role("application").focus()
    page.keyboard.press("n")
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Control+Shift+ArrowDown")
    status(page, "Box 1 of 1: Cat, 20 x 37 at 0, 23")


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """From one point of the picture to another, in its own pixels; it is shown as large as it is."""
    corner = page.locator("crowd-bounding-box img").bounding_box()
    assert corner is not None
    page.mouse.move(corner["x"] + start[0], corner["y"] + start[1])
    page.mouse.down()
    page.mouse.move(corner["x"] + (start[0] + end[0]) / 2, corner["y"] + (start[1] + end[1]) / 2)
    page.mouse.move(corner["x"] + end[0], corner["y"] + end[1])
    page.mouse.up()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_boxes_are_drawn_moved_and_resized_by_mouse(width: int, show: Show, submit: Submit, pages: CrowdPages):
    page = show(form(), width=width)
    drag(page, (70, 50), (40, 20))
    status(page, "New. Box 1 of 1: Cat, 30 x 30 at 40, 20")
    drag(page, (55, 35), (50, 30))
    status(page, "Box 1 of 1: Cat, 30 x 30 at 35, 15")
    drag(page, (65, 45), (75, 55))
    status(page, "Box 1 of 1: Cat, 40 x 40 at 35, 15")
    page.get_by_role("radio", name="Dog").check()
    page.keyboard.press("Escape")
    drag(page, (5, 5), (15, 15))
    status(page, "New. Box 2 of 2: Dog, 10 x 10 at 5, 5")
    submit(page)
    assert pages.answer == {
        "annotatedResult": {
            "boundingBoxes": [box("Dog", 35, 15, 40, 40), box("Dog", 5, 5, 10, 10)],
            "inputImageProperties": SIZE,
        }
    }


@pytest.mark.slow
def test_a_finger_draws_and_does_not_turn_the_page(show: Show):
    page = show(form() + "<p style='height: 200vh'>More</p>", width=390, has_touch=True, is_mobile=True)
    corner = page.locator("crowd-bounding-box img").bounding_box()
    assert corner is not None
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *point: int) -> None:
        points = [{"x": corner["x"] + point[0], "y": corner["y"] + point[1]}] if point else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 10, 10)
    for way in (20, 30, 40):
        touch("touchMove", way, way)
    touch("touchEnd")
    status(page, "New. Box 1 of 1: Cat, 30 x 30 at 10, 10")
    assert page.evaluate("scrollY") == 0


@pytest.mark.slow
def test_without_dragging_a_box_is_placed_by_numbers(show: Show, submit: Submit, pages: CrowdPages):
    page = show(form())
    page.get_by_role("button", name="New box").click()
    for side, value in (("Left", "4"), ("Top", "100"), ("Width", "7"), ("Height", "0")):
        page.get_by_role("spinbutton", name=side).fill(value)
        page.get_by_role("spinbutton", name=side).press("Tab")
    status(page, "Box 1 of 1: Cat, 7 x 1 at 4, 45")
    page.get_by_role("button", name="Undo").click()
    submit(page)
    assert pages.answer == {
        "annotatedResult": {"boundingBoxes": [box("Cat", 4, 45, 7, 15)], "inputImageProperties": SIZE}
    }


@pytest.mark.slow
@pytest.mark.parametrize("is_changed", [False, True])
def test_earlier_boxes_are_shown_and_whether_they_were_changed_is_told(
    is_changed: bool, show: Show, submit: Submit, pages: CrowdPages
):
    page = show(form(f'initial-value="{GIVEN}"'))
    expect(page.get_by_role("group", name="Box 1 of 1: Dog")).to_be_visible()
    if is_changed:
        page.get_by_role("group", name="Box 1 of 1: Dog").press("ArrowRight")
    submit(page)
    assert pages.answer == {
        "annotatedResult": {
            "boundingBoxes": [box("Dog", 11 if is_changed else 10, 5, 20, 10)],
            "inputImageProperties": SIZE,
            "initialValueModified": is_changed,
        }
    }


@pytest.mark.slow
def test_the_value_can_be_read_by_the_template_s_script(show: Show):
    page = show(form(f'initial-value="{GIVEN}"'))
    expect(page.get_by_role("group", name="Box 1 of 1: Dog")).to_be_visible()
    for name in ("value", "_submittableValue"):
        read = f"document.querySelector('crowd-bounding-box').{name}.boundingBoxes.length"
        assert page.evaluate(read) == 1


@pytest.mark.slow
def test_no_box_is_an_answer_unless_one_is_required(show: Show, submit: Submit, pages: CrowdPages):
    page = show(form("required"))
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Draw at least one box.")).to_be_visible()
    page = show(form())
    expect(page.get_by_text("No box yet. Draw one, or press New box.")).to_be_visible()
    submit(page)
    assert pages.answer == {"annotatedResult": {"boundingBoxes": [], "inputImageProperties": SIZE}}
