from __future__ import annotations

from decimal import Decimal

import pytest
from questionforms import NAMESPACE, OLD_NAMESPACE, choice, form, question, text

from crowdbroker.marketplace import question_form
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.question_form.model import (
    Bullets,
    FreeText,
    Heading,
    Media,
    Overview,
    Paragraph,
    Pattern,
    Selection,
)

PICTURE = (
    "<Binary><MimeType><Type>image</Type><SubType>png</SubType></MimeType>"
    "<DataURL>https://example.org/a.png?x=1&amp;y=2</DataURL><AltText>A newt</AltText></Binary>"
)


def refusal(xml: str) -> Fault:
    with pytest.raises(Fault) as caught:
        question_form.parse(xml)
    return caught.value


def test_a_form_gives_its_parts_in_their_order():
    overview = (
        "<Overview><Title>Animals</Title><List><ListItem>one</ListItem><ListItem>two</ListItem></List></Overview>"
    )
    found = question_form.parse(form(question(text()), overview, question(choice(), "tame")))
    assert [type(part).__name__ for part in found.parts] == ["Question", "Overview", "Question"]
    assert found.parts[1] == Overview((Heading("Animals"), Bullets(("one", "two"))))
    assert [each.identifier for each in found.questions] == ["animal", "tame"]
    assert found.questions[0].content == (Paragraph("Which animal?"),)


def test_a_picture_keeps_its_address_and_alternative():
    found = question_form.parse(form(question(text(), content=PICTURE)))
    assert found.questions[0].content == (Media("image", "https://example.org/a.png?x=1&y=2", "A newt"),)


def test_a_free_text_has_all_its_constraints():
    constraints = (
        '<IsNumeric minValue="1" maxValue="9.5"/><Length minLength="1" maxLength="3"/>'
        '<AnswerFormatRegex regex="^[0-9.]+$" errorText="Digits, please." flags="i"/>'
    )
    found = question_form.parse(form(question(text(constraints, lines=3, default="5"))))
    pattern = Pattern("^[0-9.]+$", "i", "Digits, please.")
    assert found.questions[0].specification == FreeText(3, "5", True, Decimal(1), Decimal("9.5"), 1, 3, (pattern,))


@pytest.mark.parametrize(
    ("xml", "counts"),
    [
        (choice(), (1, 1)),
        (choice(least=0, most=2), (0, 2)),
        (choice(style="checkbox"), (1, 3)),
        (choice(style="multichooser", other=""), (1, 4)),
        (choice(style="checkbox", most=1), (1, 1)),
        (choice(most=99), (1, 3)),
    ],
)
def test_how_many_may_be_chosen(xml, counts):
    allowed = question_form.parse(form(question(xml))).questions[0].specification
    assert isinstance(allowed, Selection)
    assert (allowed.least, allowed.most) == counts


def test_the_older_schema_is_still_taken():
    assert question_form.parse(form(question(text()), namespace=OLD_NAMESPACE)).questions


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("<QuestionForm", "not well-formed"),
        ("", "not well-formed"),
        (form(), "no Question"),
        (form("<Overview><Text>x</Text></Overview>"), "no Question"),
        (form(question(text()), namespace="urn:other"), NAMESPACE),
        (form("<Sub/>"), "Sub cannot stand in QuestionForm"),
        (form(question("<FileUploadAnswer/>"), namespace=OLD_NAMESPACE), "FileUploadAnswer is no longer part"),
        (form(question(text(), content="<EmbeddedBinary/>")), "plug-in"),
        (form(question(text(), content="<Text>a<b/></Text>")), "text alone"),
        (form(question(text(), content="loose")), "text between"),
        (form(question(text(), content=PICTURE.replace("https://example.org", "javascript:"))), "DataURL"),
        (form(question(text(), content="")), "empty"),
        (form(question(text(), " ")), "QuestionIdentifier is empty"),
        (form(question(text('<Length minLength="5" maxLength="2"/>'))), "above the greatest"),
        (form(question(text('<Length maxLength="many"/>'))), "whole number"),
        (form(question(text('<IsNumeric minValue="1e999"/>'))), "not a number"),
        (form(question(text("<Tall/>"))), "no constraint"),
        (form(question(text('<AnswerFormatRegex regex="["/>'))), "cannot be used"),
        (form(question(text('<AnswerFormatRegex regex="(?=a)b"/>'))), "cannot be used"),
        (form(question(text('<AnswerFormatRegex regex="(?:(?:a{900}){900}){900}"/>'))), "cannot be used"),
        (form(question(text('<AnswerFormatRegex regex="a" flags="x"/>'))), "flags"),
        (form(question(choice(least=4))), "leave no answer"),
        (form(question(choice(most=0))), "leave no answer"),
        (form(question(choice(style="wheel"))), "StyleSuggestion is one of"),
        (form(question("<SelectionAnswer><Selections/></SelectionAnswer>")), "no Selection"),
    ],
)
def test_what_is_no_form_is_refused_with_its_place(xml, words):
    fault = refusal(xml)
    assert (fault.code, words in fault.text) == ("XMLParseError", True), fault.text
    assert "ine " in fault.text


def test_the_line_named_is_that_of_the_mistake():
    assert refusal(form("\n\n", question(choice(style="wheel")))).text.startswith("Line 3:")


@pytest.mark.parametrize(
    "xml",
    [
        form(question(text()), question(choice())),
        form(question(choice("cat", "cat"))),
        form(question(text(), content="<Text>" + "x" * 66_000 + "</Text>")),
    ],
)
def test_values_that_cannot_be_are_refused(xml):
    assert refusal(xml).kind == "ParameterValidationError"


@pytest.mark.parametrize(
    "xml",
    [
        "<!DOCTYPE q [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + form(question(text(), content="<Text>&b;</Text>")),
        '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + form(question(text(), content="<Text>&a;</Text>")),
        '<!DOCTYPE q SYSTEM "http://127.0.0.1/q.dtd">' + form(question(text())),
        form("<Overview>" * 2_000 + "</Overview>" * 2_000),
    ],
)
def test_bombs_and_foreign_entities_are_refused(xml):
    assert refusal(xml).code == "XMLParseError"
