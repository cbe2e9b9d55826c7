from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring
from questionforms import choice, form, question, text

from crowdbroker.marketplace import question_form
from crowdbroker.marketplace.question_form import Answer, read_answers

ANSWERS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"


def answered(specification: str, *fields: tuple[str, str], required: bool = False):
    return read_answers(question_form.parse(form(question(specification, required=required))), fields)


def sentences(specification: str, *fields: tuple[str, str], required: bool = False) -> list[str]:
    return [problem.sentence for problem in answered(specification, *fields, required=required).problems]


def test_text_selections_and_other_become_their_elements():
    found = read_answers(
        question_form.parse(
            form(question(text(), "why"), question(choice(most=3, other=""), "which"), question(text(), "more"))
        ),
        [
            ("answer-1", "two\r\nlines"),
            ("answer-2", "1"),
            ("answer-2", "3"),
            ("other-2", "a <newt>"),
            ("answer-3", " "),
        ],
    )
    assert found.problems == ()
    assert found.answers == (Answer("why", "two\nlines"), Answer("which", None, ("cat", "newt"), "a <newt>"))
    root = fromstring(found.xml)
    told = [[(part.tag.removeprefix(ANSWERS), part.text) for part in answer] for answer in root]
    assert told == [
        [("QuestionIdentifier", "why"), ("FreeText", "two\nlines")],
        [
            ("QuestionIdentifier", "which"),
            ("SelectionIdentifier", "cat"),
            ("SelectionIdentifier", "newt"),
            ("OtherSelectionText", "a <newt>"),
        ],
    ]


@pytest.mark.parametrize("specification", [text(), choice(), choice(most=2, other="")])
def test_a_question_that_needs_an_answer_says_so_and_another_may_be_left_out(specification):
    assert sentences(specification, required=True) == ["This question needs an answer."]
    assert sentences(specification) == []
    assert answered(specification).answers == ()


@pytest.mark.parametrize(
    ("constraints", "good", "bad"),
    [
        ("<IsNumeric/>", "-3.5", "three"),
        ("<IsNumeric/>", " 12 ", "1e5"),
        ('<IsNumeric minValue="2"/>', "2", "1.99"),
        ('<IsNumeric maxValue="2"/>', "2.0", "2.01"),
        ('<Length minLength="3"/>', "abc", "ab"),
        ('<Length maxLength="3"/>', "a\nc", "abcd"),
        ('<AnswerFormatRegex regex="^[a-z]+$"/>', "abc", "Abc"),
        ('<AnswerFormatRegex regex="^[a-z]+$" flags="i"/>', "Abc", "a1"),
        (r'<AnswerFormatRegex regex="\u00e9"/>', "né", "ne"),
    ],
)
def test_each_constraint_is_held_and_the_answer_kept(constraints, good, bad):
    assert sentences(text(constraints), ("answer-1", good)) == []
    refused = answered(text(constraints), ("answer-1", bad))
    assert len(refused.problems) == 1
    assert refused.answers == (Answer("animal", bad),)


def test_the_requesters_own_words_tell_what_is_wrong():
    pattern = '<AnswerFormatRegex regex="^[0-9]{5}$" errorText="Five digits, please."/>'
    assert sentences(text(pattern), ("answer-1", "12")) == ["Five digits, please."]


def test_an_expression_that_would_never_end_ends():
    assert sentences(text('<AnswerFormatRegex regex="^(a|aa|a*)+$"/>'), ("answer-1", "a" * 60_000 + "!"))


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [([], ""), (["1"], "Choose exactly 2"), (["1", "2"], ""), (["1", "2", "3"], "you have chosen 3"), (["9", "x"], "")],
)
def test_the_number_of_selections_is_held(chosen, problem):
    told = sentences(choice(least=2, most=2), *[("answer-1", value) for value in chosen])
    assert (problem in "".join(told)) == bool(told) or not problem
    assert bool(told) == bool(problem)


def test_an_answer_of_ones_own_counts_and_has_constraints():
    one = choice(other='<Constraints><Length maxLength="4"/></Constraints>')
    assert answered(one, ("answer-1", "other"), ("other-1", "newt")).answers == (Answer("animal", None, (), "newt"),)
    assert answered(one, ("other-1", "newt")).problems == ()
    assert sentences(one, ("answer-1", "other"), ("other-1", "")) == ["Write your own answer beside Other."]
    assert sentences(one, ("answer-1", "other"), ("other-1", "salamander"))[0].startswith("Write at most 4")
    assert sentences(one, ("answer-1", "1"), ("other-1", "newt")) == ["Choose one; you have chosen 2."]


def test_fields_that_are_not_the_forms_own_are_passed_over():
    found = answered(choice(), ("form_token", "x"), ("answer-2", "1"), ("other-1", "mine"), ("answer-1", "other"))
    assert found.answers == ()


def test_characters_that_xml_cannot_hold_are_dropped():
    assert answered(text(), ("answer-1", "a\x00\ud800b")).answers == (Answer("animal", "ab"),)
