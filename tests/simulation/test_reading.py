from __future__ import annotations

import pytest
from factories import a_project
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.mturk.page import read_template
from crowdbroker.packaged import packaged
from crowdbroker.simulation.reading import Asked, read_page

HOSTILE = [
    "plain",
    "<script>alert('x')</script>",
    "</p></fieldset><input type=radio name=other value=x>",
    "a & b &amp; c &lt;d&gt;",
    "<b>bold</b> and \"quotes\" and 'more'",
    "right to left \u202e, emoji \U0001f600, ]]> and {{ item.name }}",
    "two\nlines\tand a tab",
]
TEMPLATE = read_template("text-classification", [packaged("hit_templates")])
LABELS = ["so & so", '"quoted"', "<i>plain</i>"]


def rendered(texts: list[str]) -> str:
    return TEMPLATE.render(a_project(labels=LABELS), [{"text": text} for text in texts])


def test_the_reader_finds_what_the_template_shows_whatever_it_is() -> None:
    asked = read_page(rendered(HOSTILE))
    assert [one.text for one in asked] == HOSTILE
    assert len({one.name for one in asked}) == len(HOSTILE)
    assert {tuple(one.choices) for one in asked} == {tuple(LABELS)}


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"])), min_size=1, max_size=4))
def test_any_text_is_read_as_it_was_written(texts: list[str]) -> None:
    assert [one.text for one in read_page(rendered(texts))] == texts


def test_fieldsets_without_choices_are_no_questions() -> None:
    page = "<form><fieldset><p data-item-text>read me</p></fieldset></form>"
    assert read_page(page) == []


def test_text_around_the_item_is_not_its_text() -> None:
    page = (
        "<p>Before</p><fieldset><legend>1</legend><div data-item-text>good <b>fun</b><br>here</div> after"
        '<input type="radio" name="q" value="a">a<input type="radio" name="q" value="b">b'
        '<input type="text" name="note"></fieldset><p data-item-text>outside</p>'
    )
    assert read_page(page) == [Asked("good funhere", "q", ["a", "b"])]


@pytest.mark.parametrize("page", ["", "<p>no form</p>", "<fieldset>", "</fieldset></p>"])
def test_a_page_without_questions_asks_nothing(page: str) -> None:
    assert read_page(page) == []
