from __future__ import annotations

import re

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.marketplace.answers import NAMESPACE, answer_fields, answers_xml

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def read(xml: str) -> dict[str, str]:
    root = fromstring(xml)
    return {
        found.findtext(f"{{{NAMESPACE}}}QuestionIdentifier"): found.findtext(f"{{{NAMESPACE}}}FreeText")
        for found in root
    }


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines",
        "a browser's\r\nlines",
        " outer space ",
        "]]> <b>&amp;</b> \"quoted\" 'so'",
        "😀 größer ﷽",
        "x" * 10_000,
        "<!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
        "",
    ],
)
def test_text_comes_back_unchanged(text):
    assert read(answers_xml({"answer": text})) == {"answer": text}


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=60), min_size=1, max_size=4))
def test_any_text_comes_back_but_for_what_xml_cannot_hold(fields):
    xml = answers_xml(fields)
    assert xml.isascii()
    expected = [(CONTROL.sub("", name), CONTROL.sub("", value)) for name, value in fields.items()]
    assert list(read(xml).items()) == list(dict(expected).items())


def test_fields_that_name_the_assignment_are_no_answer():
    fields = [("assignmentId", "3A"), ("hitId", "3H"), ("workerId", "A1"), ("turkSubmitTo", "u"), ("", "x")]
    assert answer_fields(fields) == {}


def test_a_repeated_name_joins_its_values_where_it_came_first():
    assert answer_fields([("box", "a"), ("text", "t"), ("box", "b")]) == {"box": "a|b", "text": "t"}
