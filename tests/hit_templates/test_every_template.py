"""What holds for every HIT template: its heading for machines, its sample, its size, and cells that stay text."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from crowdbroker.errors import InputError

Render = Callable[..., str]

FOLDER = Path(__file__).resolve().parents[2] / "hit_templates"
NAMES = sorted(path.stem for path in FOLDER.glob("*.html") if path.stem != "base")
KINDS = {
    "bounding-box": "boxes",
    "free-text": "text",
    "image-classification": "choice",
    "multiple-choice": "choices",
    "pairwise": "choice",
    "rating": "rating",
    "text-classification": "choice",
}
COLUMNS = {"bounding-box": ["image"], "image-classification": ["image"], "pairwise": ["left", "right"]}
HTML_QUESTION_BYTES = 65_535  # HTMLContent's limit in the MTurk API reference, HTMLQuestion
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


class Shown(HTMLParser):
    """What a page shows of the Items' cells: texts, and the addresses of pictures; and how often it has each tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: Counter[str] = Counter()
        self._in_item = self._in_text = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = dict(attrs)
        self._in_item |= tag == "fieldset"
        if "data-item-text" in given:
            self._in_text = True
            self.cells.append("")
        elif tag == "img" and self._in_item:
            self.cells.append(given["src"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_text &= tag != "p"

    def handle_data(self, data: str) -> None:
        if self._in_text:
            self.cells[-1] += data


def items_of(name: str, cells: list[str]) -> list[dict[str, str]]:
    return [dict.fromkeys(COLUMNS.get(name, ["text"]), cell) for cell in cells]


def test_every_kind_of_answer_has_a_template() -> None:
    assert list(KINDS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_first_two_lines_say_kind_and_purpose(name: str) -> None:
    kind, about, extends = (FOLDER / f"{name}.html").read_text(encoding="utf-8").splitlines()[:3]
    assert kind == f"{{#- kind: {KINDS[name]} -#}}"
    assert re.fullmatch(r"\{#- about: [A-Z].+\. Columns: [a-z].+\. -#\}", about)
    assert extends == '{% extends "base.html" %}'


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_renders_and_shows_each_of_its_cells(name: str, render_sample: Callable[[str], str]) -> None:
    sample = json.loads((FOLDER / "samples" / f"{name}.json").read_text(encoding="utf-8"))
    assert list(sample) == ["title", "instructions", "labels", "examples", "items"]
    assert 3 <= len(sample["items"]) <= 5
    assert Shown(render_sample(name)).cells == [cell for item in sample["items"] for cell in item.values()]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_cells_are_shown_as_they_are_and_add_no_element(name: str, render: Render) -> None:
    shown = Shown(render(items_of(name, HOSTILE), template=name))
    assert shown.cells == [cell for item in items_of(name, HOSTILE) for cell in item.values()]
    assert shown.tags == Shown(render(items_of(name, ["plain"] * len(HOSTILE)), template=name)).tags


@pytest.mark.parametrize("name", NAMES)
def test_everything_else_of_the_requester_is_escaped_too(name: str, render: Render) -> None:
    evil = "\"'><b>&"
    page = render(
        items_of(name, ["plain"]),
        template=name,
        project=SimpleNamespace(title=evil),
        instructions=evil,
        examples=[SimpleNamespace(text=evil, label=evil, why=evil)],
        labels=[SimpleNamespace(value=evil, title=evil, help=evil), SimpleNamespace(value="b", title="B", help="")],
    )
    assert evil not in page


@pytest.mark.parametrize("name", NAMES)
def test_a_column_that_does_not_exist_is_an_error(name: str, render: Render) -> None:
    for column in COLUMNS.get(name, ["text"]):
        cells = dict.fromkeys({*COLUMNS.get(name, ["text"]), f"{column}s"} - {column}, "plain")
        with pytest.raises(InputError, match=column):
            render([cells], template=name)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_asks_nothing_from_outside_and_keeps_nothing(name: str, render: Render) -> None:
    page = render([], template=name)
    assert not re.search(r"\bsrc=|\bhref=|url\(|@import|fetch\(|XMLHttpRequest", page)
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", page)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_leaves_room_for_items(name: str, render: Render) -> None:
    limit = {"bounding-box": 23_000}.get(name, 14_000)
    assert len(render([], template=name, examples=[]).encode()) < limit
    assert len(render(items_of(name, ["x" * 400] * 20), template=name).encode()) < HTML_QUESTION_BYTES


@pytest.mark.parametrize(
    ("cell", "is_picture"),
    [
        ("https://example.org/a.PNG", True),
        ("/media/0a1b.jpeg", True),
        ("data:image/gif;base64,R0lGODlhAQABAAAAACw=", True),
        ("See the file a.png", False),
        ("https://example.org/", False),
        ("png", False),
    ],
)
def test_pairs_show_an_address_of_a_picture_as_a_picture(render: Render, cell: str, is_picture: bool) -> None:
    page = render([{"left": cell, "right": "plain"}], template="pairwise")
    assert (f'<img src="{cell}"' in page) == is_picture
    assert Shown(page).cells == [cell, "plain"]


def test_free_text_shows_a_picture_a_text_or_both(render: Render) -> None:
    rows = [{"image": "a.png"}, {"text": "a"}, {"image": "a.png", "text": "a"}, {"image": "", "text": "a"}]
    cells = [Shown(render([row], template="free-text")).cells for row in rows]
    assert cells == [["a.png"], ["a"], ["a.png", "a"], ["a"]]


def test_an_example_of_several_labels_shows_their_titles(render: Render) -> None:
    def shown(label: str) -> str:
        example = SimpleNamespace(text="I love it.", label=label, why="")
        page = render([], template="multiple-choice", examples=[example])
        return re.sub(r"\s+", " ", page[page.index("<b>") + 3 : page.index("</b>")]).strip()

    assert shown("negative|positive") == "Negative, Positive"
    assert shown('["negative", "positive"]') == "Negative, Positive"
    assert shown("neutral") == "Neutral"
    assert shown("") == "None of these"


def test_a_scale_shows_short_values_else_places(render: Render) -> None:
    def steps(*values: str) -> list[tuple[str, str]]:
        labels = [SimpleNamespace(value=value, title=value, help="") for value in values]
        page = render(["plain"], template="rating", labels=labels)
        return re.findall(r'data-key="([^"]+)" aria-label="([^"]+)"', page)

    assert steps("0", "1", "10") == [("0", "0"), ("1", "1"), ("10", "10")]
    assert steps("-1", "0", "1") == [("1", "-1"), ("2", "0"), ("3", "1")]
    assert steps("never", "often", "always") == [
        ("1", "1 \u2013 never"),
        ("2", "2 \u2013 often"),
        ("3", "3 \u2013 always"),
    ]
