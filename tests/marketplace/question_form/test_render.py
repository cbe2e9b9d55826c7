from __future__ import annotations

import re

import pytest
from questionforms import choice, form, question, text

from crowdbroker.marketplace import question_form
from crowdbroker.marketplace.question_form import read_answers, render

STYLES = ["radiobutton", "checkbox", "list", "dropdown", "combobox", "multichooser", ""]


def shown(*parts: str, **options) -> str:
    return render(question_form.parse(form(*parts)), action="/there?a=1&b=2", **options)


def test_the_form_goes_where_it_is_told_with_its_hidden_fields():
    html = shown(question(text()), hidden={"form_token": 'a"b'}, submit="Send it")
    assert 'action="/there?a=1&amp;b=2"' in html
    assert '<input type="hidden" name="form_token" value="a&#34;b">' in html
    assert "Send it</button>" in html


def test_a_form_to_look_at_has_no_button():
    assert "<button" not in shown(question(text()), can_submit=False)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("most", [1, 2])
def test_every_style_offers_every_selection_and_keeps_what_was_chosen(style, most):
    html = shown(question(choice(style=style, most=most)), fields=[("answer-1", "2")])
    assert [words in html for words in ("A cat", "A dog", "A newt")] == [True] * 3
    marked = re.findall(r'value="(\w*)" (?:checked|selected)', html)
    assert marked == ["2"]
    assert ("<select" in html) == (most == 1 and style in {"list", "dropdown", "combobox"})
    assert ('type="checkbox"' in html) == (most == 2)


def test_pictures_are_chosen_from_boxes_whatever_the_style():
    picture = (
        "<Binary><MimeType><Type>image</Type></MimeType><DataURL>https://example.org/a.png</DataURL>"
        "<AltText>A cat</AltText></Binary>"
    )
    html = shown(question(choice(style="dropdown").replace("<Text>A cat</Text>", picture)))
    assert "<select" not in html
    assert '<img src="https://example.org/a.png" alt="A cat">' in html


def test_the_requesters_text_is_never_markup():
    hostile = "&lt;script&gt;steal()&lt;/script&gt;"
    html = shown(
        f"<Overview><Title>{hostile}</Title><Text>{hostile}</Text><List><ListItem>{hostile}</ListItem></List></Overview>",
        question(text(default=hostile), hostile, content=f"<Text>{hostile}</Text>"),
        question(choice().replace("A cat", hostile), "b"),
        fields=[("answer-1", '"><script>steal()</script>'), ("other-2", "<script>")],
    )
    assert "<script" not in html


def test_nothing_that_was_sent_is_lost_when_something_is_wrong():
    parsed = question_form.parse(
        form(
            question(text('<Length maxLength="3"/>', lines=4), "a"),
            question(choice(most=2, other=""), "b"),
            question(choice(), "c", required=True),
        )
    )
    fields = [("answer-1", "\nlong"), ("answer-2", "1"), ("other-2", "an <eft>")]
    html = render(parsed, action="/", fields=fields, problems=read_answers(parsed, fields).problems)
    assert ">\n\nlong</textarea>" in html
    assert 'value="1" checked' in html
    assert 'value="an &lt;eft&gt;"' in html
    assert re.findall(r'<li><a href="#question-(\d)">', html) == ["1", "3"]
    assert html.count('class="question wrong"') == 2
    assert 'aria-invalid="true"' in html


def test_a_default_stands_in_the_field_until_the_form_was_sent():
    assert 'value="newt"' in shown(question(text(default="newt")))
    assert 'value="newt"' not in shown(question(text(default="newt")), fields=[("answer-1", "")])


def test_hints_say_what_an_answer_has_to_be():
    html = shown(
        question(text('<IsNumeric minValue="1" maxValue="9"/>'), "a", required=True),
        question(text('<Length minLength="2" maxLength="5"/>'), "b"),
        question(choice(least=2, most=3), "c"),
    )
    assert re.findall(r'class="hint"[^>]*>([^<]+)', html) == [
        "Needed. A number from 1 to 9.",
        "May be left out. 2 to 5 characters.",
        "May be left out. Choose 2 to 3.",
    ]


def test_every_field_is_read_aloud_by_its_question():
    html = shown(question(text(), "a"), question(choice(), "b"), question(choice(style="list"), "c"))
    ids = set(re.findall(r'id="([^"]+)"', html))
    for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html):
        assert set(names.split()) <= ids
    assert html.count('role="group"') == 2
