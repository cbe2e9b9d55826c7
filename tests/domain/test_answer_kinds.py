"""Equal Answers have one canonical text, and what is no Answer is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from crowdbroker.domain.answer_kinds import (
    TEXT_LIMIT,
    AnswerKind,
    BadAnswer,
    agrees,
    answer_schema,
    canonical,
    chosen_labels,
    folded,
)

LABELS = ("red", "green", "blue")
A_BOX = {"left": 0, "top": 5, "width": 10, "height": 1, "label": "red"}


def boxes(*given: dict[str, Any]) -> str:
    return json.dumps(given)


@pytest.mark.parametrize("kind", [AnswerKind.CHOICE, AnswerKind.RATING])
def test_a_choice_is_one_of_the_labels_as_it_is_written(kind: AnswerKind) -> None:
    assert canonical(kind, "green", LABELS) == "green"
    for wrong in ("Green", "green ", "", "red|green", "x" * 1000):
        with pytest.raises(BadAnswer, match="none of the labels"):
            canonical(kind, wrong, LABELS)


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ("", []),
        ("|red", ["red"]),
        ("|blue|red", ["red", "blue"]),
        ("red|red", ["red"]),
        ("blue|green|red", ["red", "green", "blue"]),
    ],
)
def test_checked_boxes_are_a_set_in_the_label_sets_order(given: str, chosen: list[str]) -> None:
    answer = canonical(AnswerKind.CHOICES, given, LABELS)
    assert json.loads(answer) == chosen
    assert chosen_labels(answer) == chosen


def test_a_box_outside_the_label_set_spoils_the_set() -> None:
    with pytest.raises(BadAnswer, match="'violet' is none of the labels"):
        canonical(AnswerKind.CHOICES, "red|violet", LABELS)


def test_a_text_loses_what_a_form_adds_to_it() -> None:
    assert canonical(AnswerKind.TEXT, " one\r\ntwo\n\r\n", ()) == "one\ntwo"
    assert canonical(AnswerKind.TEXT, "two  spaces, Case.", ()) == "two  spaces, Case."


@pytest.mark.parametrize("given", ["", " \r\n\t ", "x" * (TEXT_LIMIT + 1)])
def test_an_empty_or_endless_text_is_no_answer(given: str) -> None:
    with pytest.raises(BadAnswer, match=f"1 to {TEXT_LIMIT} are an answer"):
        canonical(AnswerKind.TEXT, given, ())


def test_boxes_are_whole_pixels_with_a_known_label() -> None:
    assert json.loads(canonical(AnswerKind.BOXES, boxes(A_BOX), LABELS)) == [A_BOX]
    assert canonical(AnswerKind.BOXES, " [ ] ", LABELS) == "[]"
    spaced = canonical(AnswerKind.BOXES, '[{"label":"red","height":1,"width":10,"top":5,"left":0}]', LABELS)
    assert spaced == canonical(AnswerKind.BOXES, boxes(A_BOX), LABELS)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "null",
        "{}",
        "[",
        "[[]]",
        "[" * 5000,
        boxes({**A_BOX, "left": -1}),
        boxes({**A_BOX, "width": 0}),
        boxes({**A_BOX, "left": 1.5}),
        boxes({**A_BOX, "left": "1"}),
        boxes({**A_BOX, "label": "violet"}),
        boxes({**A_BOX, "extra": 1}),
        boxes({key: value for key, value in A_BOX.items() if key != "top"}),
        '[{"left": NaN, "top": 5, "width": 10, "height": 1, "label": "red"}]',
        '[{"left": 0, "top": 5, "width": 10, "height": 1, "label": "\\ud800"}]',
    ],
)
def test_what_is_no_list_of_boxes_is_no_answer(given: str) -> None:
    with pytest.raises(BadAnswer):
        canonical(AnswerKind.BOXES, given, LABELS)


@given(kind=st.sampled_from(AnswerKind), text=st.text())
def test_whatever_comes_is_an_answer_or_a_bad_one_and_canonical_texts_are_stable(kind: AnswerKind, text: str) -> None:
    try:
        answer = canonical(kind, text, LABELS)
    except BadAnswer:
        return
    if kind is not AnswerKind.CHOICES:
        assert canonical(kind, answer, LABELS) == answer


@given(st.sets(st.sampled_from(LABELS)))
def test_the_order_of_the_boxes_does_not_matter(chosen: set[str]) -> None:
    ways = {canonical(AnswerKind.CHOICES, "|".join(order), LABELS) for order in (sorted(chosen), sorted(chosen)[::-1])}
    assert len(ways) == 1


def test_gold_agrees_by_kind() -> None:
    assert agrees(AnswerKind.CHOICE, "red", ("green", "red"))
    assert not agrees(AnswerKind.CHOICE, "Red", ("red",))
    both = canonical(AnswerKind.CHOICES, "blue|red", LABELS)
    assert agrees(AnswerKind.CHOICES, both, (canonical(AnswerKind.CHOICES, "red|blue", LABELS),))
    assert not agrees(AnswerKind.CHOICES, canonical(AnswerKind.CHOICES, "red", LABELS), (both,))
    assert agrees(AnswerKind.TEXT, "the  CAT\nsat", ("The cat sat.", "A cat sat"))
    assert not agrees(AnswerKind.TEXT, "the bat sat", ("The cat sat.",))


def test_folded_text_ignores_case_spacing_and_the_last_full_stop() -> None:
    assert folded(" Straße  No. 5. ") == folded("STRASSE no. 5")
    assert folded("a b") != folded("ab")


def test_a_schema_describes_what_is_exported() -> None:
    assert answer_schema(AnswerKind.CHOICE, LABELS) == {"type": "string", "enum": list(LABELS)}
    choices = answer_schema(AnswerKind.CHOICES, LABELS)
    assert (choices["type"], choices["items"]["enum"]) == ("array", list(LABELS))
    text = answer_schema(AnswerKind.TEXT, ())
    assert (text["type"], text["minLength"], text["maxLength"]) == ("string", 1, TEXT_LIMIT)
    found = answer_schema(AnswerKind.BOXES, LABELS)
    assert found["$defs"]["Box"]["properties"]["label"]["enum"] == list(LABELS)
    assert found["$defs"]["Box"]["required"] == ["left", "top", "width", "height", "label"]


def test_each_kind_says_how_many_labels_it_needs() -> None:
    assert {kind.value: kind.fewest_labels for kind in AnswerKind} == {
        "choice": 2,
        "choices": 1,
        "rating": 2,
        "text": 0,
        "boxes": 1,
    }
    assert [kind.value for kind in AnswerKind if kind.categorical] == ["choice", "rating"]


def test_chosen_labels_reads_nothing_but_a_list() -> None:
    with pytest.raises(ValueError, match="list"):
        chosen_labels('"red"')
    assert TypeAdapter(list[str]).validate_python(chosen_labels("[]")) == []
