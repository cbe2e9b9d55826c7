"""The answer of each element, as the Crowd HTML Elements Reference prints it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crowdpages import PICTURE, CrowdPages
from playwright.sync_api import Page, expect

Act = Callable[[Page], object]

TAGS = """
<crowd-input name="tag1" label="Word/phrase 1"></crowd-input>
<crowd-input name="tag2" label="Word/phrase 2"></crowd-input>
<crowd-input name="tag3" label="Word/phrase 3"></crowd-input>"""
BOXES = """
<div><crowd-checkbox name="image_attributes" value="blurry"> Blurry </crowd-checkbox></div>
<div><crowd-checkbox name="image_attributes" value="dim"> Too Dim </crowd-checkbox></div>
<div><crowd-checkbox name="image_attributes" value="exposed"> Too Bright </crowd-checkbox></div>"""
COLOURS = """
<crowd-checkbox name="Stop" value="Red"> Red </crowd-checkbox>
<crowd-checkbox name="Slow" value="Yellow"> Yellow </crowd-checkbox>
<crowd-checkbox name="Seen">Seen</crowd-checkbox>
<crowd-checkbox name="off" disabled checked>Off</crowd-checkbox>"""
RADIOS = """
<p>Which is it about?</p><crowd-radio-group>
<crowd-radio-button name="btn1" value="yes">Yes</crowd-radio-button>
<crowd-radio-button name="btn2" value="no">No</crowd-radio-button></crowd-radio-group>"""
NAMED_GROUP = """
<crowd-radio-group name="tone"><crowd-radio-button value="kind">Kind</crowd-radio-button>
<crowd-radio-button value="rude">Rude</crowd-radio-button></crowd-radio-group>"""
TOGGLES = """
<crowd-toggle-button name="theToggler">Wake me</crowd-toggle-button>
<crowd-toggle-button name="other" value="some"></crowd-toggle-button>"""
CLASSIFIER = """
<crowd-classifier name="category" categories="['Cat', &quot;Dog's&quot;, 'Bird',]" header="Which?">
<classification-target>Miaow</classification-target></crowd-classifier>"""
MANY = """
<crowd-classifier-multi-select name="category" categories='["Positive", "Negative", "Neutral"]' header="Which?"
 exclusion-category="{ text: 'None of the above' }"><classification-target>So, so.</classification-target>
</crowd-classifier-multi-select>"""
IMAGE = f"""
<crowd-image-classifier name="animal" src="{PICTURE}" categories="['Cat', 'Dog']" header="Which?">
<worker-comment header="Why?" link-text="Say why">In a few words.</worker-comment></crowd-image-classifier>"""
IMAGE_MANY = f"""
<crowd-image-classifier-multi-select name="animals" src="{PICTURE}" categories="['Cat', 'Dog', 'Pig']" header="Which?">
</crowd-image-classifier-multi-select>"""
PLAIN = """
<label>Comment <input name="comment" value="as given"></label><input type="hidden" name="batch" value="7">
<label><input type="radio" name="sure" value="yes"> Sure</label>
<label><input type="radio" name="sure" value="no"> Not sure</label>
<label><input type="checkbox" name="seen" value="film"> Film</label>
<label>Mood <select name="mood"><option>Good</option><option>Bad</option></select></label>
<label>Fruit <select name="fruit" multiple><option>Fig</option><option>Kiwi</option></select></label>
<label>More <textarea name="more"></textarea></label>"""


def check(*names: str) -> Act:
    """Check what has these names to a screen reader, one after the other."""

    def act(page: Page) -> None:
        for name in names:
            radio, box, switch = (
                page.get_by_role(role, name=name, exact=True) for role in ("radio", "checkbox", "switch")
            )
            radio.or_(box).or_(switch).check()

    return act


def plain(page: Page) -> None:
    check("Sure", "Film")(page)
    page.get_by_label("Mood").select_option("Bad")
    page.get_by_label("Fruit").select_option(["Fig", "Kiwi"])


def words(page: Page) -> None:
    page.get_by_label("Word/phrase 1").fill("blue")
    page.get_by_label("Word/phrase 2").fill("red")


def comment(page: Page) -> None:
    check("Dog")(page)
    page.get_by_role("button", name="Say why").click()
    page.get_by_role("textbox").fill("It barks.")
    page.get_by_role("button", name="Close").click()


def change_mind(page: Page) -> None:
    check("Positive", "None of the above", "Negative", "Neutral")(page)
    expect(page.get_by_role("checkbox", name="None of the above")).not_to_be_checked()


def nothing(page: Page) -> None:
    """The page as it is."""


CASES: dict[str, tuple[str, Act, object]] = {
    "inputs without text do not appear": (TAGS, words, {"tag1": "blue", "tag2": "red"}),
    "a preset is the answer": ('<crowd-input name="a" value="b"></crowd-input>', nothing, {"a": "b"}),
    "lines of text": (
        '<crowd-text-area name="textInput1" label="Text"></crowd-text-area>',
        lambda page: page.get_by_label("Text").fill("This is\nthe “text”."),
        {"textInput1": "This is\nthe “text”."},
    ),
    "boxes of one name": (
        BOXES,
        check("Blurry", "Too Dim"),
        {"image_attributes": {"blurry": True, "dim": True, "exposed": False}},
    ),
    "boxes of several names": (
        COLOURS,
        check("Red"),
        {"Stop": {"Red": True}, "Slow": {"Yellow": False}, "Seen": {"on": False}},
    ),
    "radio buttons": (RADIOS, check("No"), {"btn1": {"yes": False}, "btn2": {"no": True}}),
    "radio buttons under their group's name": (NAMED_GROUP, check("Kind"), {"tone": {"kind": True, "rude": False}}),
    "toggles": (TOGGLES, check("Wake me"), {"theToggler": {"on": True}, "other": {"some": False}}),
    "a slider": (
        '<p>How much?</p><crowd-slider name="howMuch" min="1" max="10" required></crowd-slider>',
        lambda page: page.get_by_role("slider", name="How much?").fill("7"),
        {"howMuch": 7},
    ),
    "a slider that nobody moved": (
        '<crowd-slider name="low" min="-3" max="10"></crowd-slider>'
        '<crowd-slider name="set" value="0.5" step="0.1" max="1"></crowd-slider>',
        nothing,
        {"low": -3, "set": 0.5},
    ),
    "a classifier": (CLASSIFIER, check("Dog's"), {"category": {"label": "Dog's"}}),
    "a classifier of many": (MANY, check("Positive", "Neutral"), {"category": {"labels": ["Positive", "Neutral"]}}),
    "none of many": (
        MANY,
        check("Positive", "None of the above"),
        {"category": {"labels": ["None of the above"]}},
    ),
    "after all some of many": (MANY, change_mind, {"category": {"labels": ["Negative", "Neutral"]}}),
    "an image classifier": (IMAGE, check("Cat"), {"animal": {"label": "Cat"}}),
    "an image classifier with a comment": (IMAGE, comment, {"animal": {"label": "Dog", "workerComment": "It barks."}}),
    "an image classifier of many": (IMAGE_MANY, check("Cat", "Pig"), {"animals": {"labels": ["Cat", "Pig"]}}),
    "plain fields": (
        PLAIN,
        plain,
        {
            "comment": "as given",
            "batch": "7",
            "sure": {"yes": True, "no": False},
            "seen": {"film": True},
            "mood": "Bad",
            "fruit": ["Fig", "Kiwi"],
            "more": "",
        },
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("body", "act", "answer"), CASES.values(), ids=CASES)
def test_the_answer_is_as_documented(
    body: str, act: Act, answer: object, show: Callable[..., Page], submit: Act, pages: CrowdPages
) -> None:
    page = show(f"<crowd-form>{body}</crowd-form>")
    act(page)
    submit(page)
    assert pages.answer == answer


def test_flattened_answers_are_fields_with_dotted_names(
    show: Callable[..., Page], submit: Act, pages: CrowdPages
) -> None:
    page = show(f'<crowd-form answer-format="flatten-objects">{TAGS}{BOXES}{MANY}</crowd-form>')
    words(page)
    check("Blurry", "Positive", "Negative")(page)
    submit(page)
    assert pages.posted == [
        {
            "assignmentId": "A1",
            "tag1": "blue",
            "tag2": "red",
            "image_attributes.blurry": "true",
            "image_attributes.dim": "false",
            "image_attributes.exposed": "false",
            "category.labels": '["Positive","Negative"]',
        }
    ]
