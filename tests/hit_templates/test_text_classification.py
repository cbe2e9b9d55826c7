"""The text-classification page as published: read with an HTML parser, as a simulated crowd reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from crowdbroker.errors import InputError

Render = Callable[..., str]

HTML_QUESTION_BYTES = 65_535  # HTMLContent's limit in the MTurk API reference, HTMLQuestion
STYLE = (Path(__file__).resolve().parents[2] / "hit_templates" / "base.html").read_text(encoding="utf-8")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)> & \'single\' "double" &lt; &amp;',
    "</fieldset></form><textarea><!-- <style>*{display:none}",
    "]]> {{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "  two  spaces,\n\na blank line and a\ttab\n",
    "thumbs \U0001f44d\U0001f3fd, a family \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "x" * 10_000,
]


class Crowd(HTMLParser):
    """What a crowd takes from the page: per fieldset its text, and the values of its radio buttons by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.choices: list[dict[str, list[str]]] = []
        self.tags: list[str] = []
        self.fields: dict[str, str] = {}
        self._in_text = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "fieldset":
            self.choices.append({})
        elif "data-item-text" in given:
            self._in_text = True
            self.texts.append("")
        elif tag == "input" and given.get("type") == "radio":
            assert "required" in given
            self.choices[-1].setdefault(given["name"] or "", []).append(given["value"] or "")
        elif tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"] or ""] = given["value"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._in_text = False

    def handle_data(self, data: str) -> None:
        if self._in_text:
            self.texts[-1] += data


def many_labels(count: int) -> list[SimpleNamespace]:
    return [SimpleNamespace(value=f"category-{n}", title=f"Category no. {n}", help="") for n in range(1, count + 1)]


def test_a_crowd_reads_exactly_the_cells_and_the_choices(render: Render) -> None:
    read = Crowd(render(HOSTILE))
    assert read.texts == HOSTILE
    assert read.choices == [{f"item-{n}": ["negative", "neutral", "positive"]} for n in range(1, len(HOSTILE) + 1)]
    assert read.fields == {"assignmentId": "", "seconds": "0"}


def test_no_cell_adds_an_element_to_the_page(render: Render) -> None:
    assert Crowd(render(HOSTILE)).tags == Crowd(render(["plain"] * len(HOSTILE))).tags


def test_everything_else_of_the_requester_is_escaped_too(render: Render) -> None:
    evil = "\"'><b>&"
    page = render(
        ["plain"],
        project=SimpleNamespace(title=evil),
        instructions=evil,
        examples=[SimpleNamespace(text=evil, label=evil, why=evil)],
        labels=[SimpleNamespace(value=evil, title=evil, help=evil), SimpleNamespace(value="b", title="B", help="")],
    )
    assert evil not in page
    assert Crowd(page).choices == [{"item-1": [evil, "b"]}]


def test_nothing_can_end_the_cdata_section_around_the_page(render: Render) -> None:
    assert "]]>" not in render(HOSTILE)


def test_the_page_asks_nothing_from_outside_and_keeps_nothing(render: Render) -> None:
    page = render(["plain"])
    assert not re.search(r"\bsrc=|\bhref=|url\(|@import|fetch\(|XMLHttpRequest", page)
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", page)


def test_an_example_shows_the_title_of_its_label(render: Render) -> None:
    example = SimpleNamespace(text="Opens at nine.", label="neutral", why="A fact.")
    assert "<b>Neutral</b> " in render(["plain"], examples=[example])
    example.label = "an answer outside the label set"
    assert "<b>an answer outside the label set</b>" in render(["plain"], examples=[example])


def test_parts_that_are_empty_leave_no_trace(render: Render) -> None:
    bare = render(["plain"], instructions="", examples=[], labels=many_labels(2))
    instructions = bare[bare.index("<details") : bare.index("</details>")]
    assert re.findall(r"<(?:p|h2|dl|dt)\b", instructions) == []


def test_a_row_without_the_column_text_is_an_error(render: Render) -> None:
    with pytest.raises(InputError, match="text"):
        render([{"texts": "plain"}])


@pytest.mark.parametrize("cell", ["x" * 400, "&" * 400, "\U0001f600" * 400], ids=["plain", "escaped", "emoji"])
def test_twenty_long_items_fit_into_an_html_question(render: Render, cell: str) -> None:
    assert len(render([cell] * 20).encode()) < HTML_QUESTION_BYTES


def test_twenty_long_items_with_twenty_labels_fit_too(render: Render) -> None:
    assert len(render(["x" * 400] * 20, labels=many_labels(20)).encode()) < HTML_QUESTION_BYTES


def test_the_page_without_items_stays_small(render: Render) -> None:
    page = render([], instructions="", examples=[])
    assert re.findall(r"<(style|script)>", page) == ["style", "script"]
    assert len(page.encode()) < 12_800


def luminance(colour: str) -> float:
    """Return the relative luminance of #rgb or #rrggbb (WCAG 2.2, glossary)."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    shares = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_enough_contrast(scheme: int) -> None:
    colours = dict(re.findall(r"--([a-z-]+):(#\w+)", re.findall(r":root\{[^}]*\}", STYLE)[scheme]))

    def contrast(front: str, back: str) -> float:
        bright, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
        return (bright + 0.05) / (dark + 0.05)

    text = [("ink", "paper"), ("soft", "paper"), ("warn", "paper"), ("ink", "tint"), ("soft", "tint")]
    for front, back in [*text, ("on-accent", "accent")]:
        assert contrast(front, back) >= 4.5, (front, back)
    for front in ("edge", "accent"):
        assert contrast(front, "paper") >= 3, front
