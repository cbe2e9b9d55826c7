"""The XML of a submission, friendly and hostile."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crowdbroker.marketplace.answers import NAMESPACE, answers_xml
from crowdbroker.mturk.answers import UnreadableAnswer, read_answers

# What XML 1.0 can hold; the marketplace drops the rest.
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32)
    | st.sampled_from("\t\n\r")
)
HEAD = f'<QuestionFormAnswers xmlns="{NAMESPACE}">'


def document(inside: str, head: str = HEAD) -> str:
    return f"{head}{inside}</QuestionFormAnswers>"


def field(name: str, text: str) -> str:
    return f"<Answer><QuestionIdentifier>{name}</QuestionIdentifier><FreeText>{text}</FreeText></Answer>"


@given(st.dictionaries(texts.filter(bool), texts, max_size=5))
@example({"item-1": "😀 & <b> ]]> \r\n\t é", "ü": ""})
def test_what_the_marketplace_writes_is_read_back(fields: dict[str, str]) -> None:
    assert read_answers(answers_xml(fields)) == fields


def test_characters_come_as_such_or_as_references() -> None:
    xml = document(field("a", "é &#233; &#x1F600; &amp; &lt;b&gt; <![CDATA[<i>]]>"))
    assert read_answers(xml) == {"a": "é é 😀 & <b> <i>"}


def test_a_declaration_that_promises_ascii_is_no_obstacle() -> None:
    xml = '<?xml version="1.0" encoding="ASCII"?>\n' + document(field("a", "é😀"))
    assert read_answers(xml) == {"a": "é😀"}


def test_new_lines_are_kept() -> None:
    assert read_answers(document(field("a", "one\ntwo\r\nthree&#13;"))) == {"a": "one\ntwo\nthree\r"}


@pytest.mark.parametrize("xml", ["", "  \n", document(""), document("<Other>x</Other>")])
def test_no_fields_are_no_mistake(xml: str) -> None:
    assert read_answers(xml) == {}


def test_an_answer_without_text_is_empty_and_the_first_of_a_name_counts() -> None:
    bare = "<Answer><QuestionIdentifier>a</QuestionIdentifier></Answer>"
    assert read_answers(document(bare + field("b", "1") + field("b", "2"))) == {"a": "", "b": "1"}


def test_elements_of_another_namespace_are_not_read() -> None:
    foreign = '<Answer xmlns="urn:x"><QuestionIdentifier>a</QuestionIdentifier><FreeText>1</FreeText></Answer>'
    assert read_answers(document(foreign)) == {}


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {x} "{("&" + y + ";") * 10}">' for x, y in zip("bcdefgh", "abcdefg", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "xml",
    [
        "no XML",
        "<",
        HEAD,
        "\x00",
        document(field("a", "\x08")),
        document(field("a", "&nbsp;")),
        document(field("a", "&#0;")),
        document(field("a", "\ud800")),
        BOMB + document(field("a", "&h;")),
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + document(field("a", "&f;")),
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + document(field("a", "1")),
        "<!DOCTYPE x>" + document(field("a", "1")),
        document(field("a", "1"), head="<QuestionFormAnswers>"),
        document(field("a", "1"), head='<QuestionFormAnswers xmlns="urn:other">'),
        document(field("a", "1"), head=HEAD.replace("2005-10-01", "2006-07-14")),
        '<Answers xmlns="urn:x"/>',
        document(field("a", "x" * 1_000_000)),
        '<?xml version="1.0" encoding="utf-16"?>' + document(field("a", "1")),
        '<?xml version="1.0" encoding="klingon"?>' + document(field("a", "1")),
        '<?xml version="1.0" encoding="shift_jis"?>' + document(field("a", "1")),
        document(field("a", "1")) + document(field("a", "1")),
    ],
    ids=lambda xml: xml[:30].encode("ascii", "replace").decode(),
)
def test_what_cannot_be_read_is_said_to_be_unreadable(xml: str) -> None:
    with pytest.raises(UnreadableAnswer):
        read_answers(xml)


def test_the_largest_answer_that_is_read() -> None:
    spent = len(document(field("a", "")))
    assert len(read_answers(document(field("a", "x" * (1_000_000 - spent))))["a"]) == 1_000_000 - spent
    with pytest.raises(UnreadableAnswer, match="1000001 characters"):
        read_answers(document(field("a", "x" * (1_000_001 - spent))))


def test_deep_nesting_is_read_without_harm() -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert read_answers(document(deep + field("b", "1"))) == {"b": "1"}
