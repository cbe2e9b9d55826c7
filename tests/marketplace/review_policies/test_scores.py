from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.marketplace.review_policies.scores import agreement, known_correct, percentage
from crowdbroker.marketplace.review_policies.sheets import answer_set


def sheets(**answers: dict[str, str]) -> dict[str, dict[str, frozenset[str]]]:
    """Answers by worker and question, as answer sheets."""
    return {worker: {name: answer_set([text]) for name, text in said.items()} for worker, said in answers.items()}


def test_the_documentations_example_of_three_workers_and_four_questions():
    """API reference, HIT Review Policies: the table of scores."""
    found = agreement(
        ["A", "B", "C", "D"],
        50,
        sheets(
            one={"A": "coat", "B": "blue", "C": "large", "D": "Furry"},
            two={"A": "sweater", "B": "blue", "C": "large", "D": "fur"},
            three={"A": "coat", "B": "green", "C": "large", "D": "furr"},
        ),
    )
    agreed = {name: one and (sorted(one.answer), one.percent) for name, one in found.questions.items()}
    assert agreed == {"A": (["coat"], 66), "B": (["blue"], 66), "C": (["large"], 100), "D": None}
    assert found.percent == 75
    assert {worker: score.percent for worker, score in found.workers.items()} == {"one": 100, "two": 66, "three": 66}
    assert [(score.correct, score.incorrect) for score in found.workers.values()] == [(3, 0), (2, 1), (2, 1)]


@pytest.mark.parametrize(("above", "agreed"), [(65, True), (66, False), (99, False)])
def test_an_agreed_answer_exceeds_the_threshold(above, agreed):
    found = agreement(["q"], above, sheets(a={"q": "x"}, b={"q": "x"}, c={"q": "y"}))
    assert (found.questions["q"] is not None) is agreed


def test_a_threshold_of_a_hundred_asks_for_everybody():
    assert agreement(["q"], 100, sheets(a={"q": "x"}, b={"q": "x"})).percent == 100
    assert agreement(["q"], 100, sheets(a={"q": "x"}, b={"q": "x"}, c={"q": "y"})).percent == 0


def test_of_two_equally_frequent_answers_neither_is_agreed():
    assert agreement(["q"], 0, sheets(a={"q": "x"}, b={"q": "y"})).questions["q"] is None


def test_an_empty_answer_agrees_with_nobody_and_still_counts_as_a_worker():
    found = agreement(["q"], 40, sheets(a={"q": "x"}, b={"q": " "}, c={}))
    assert found.questions["q"] is None
    assert agreement(["q"], 30, sheets(a={"q": "x"}, b={"q": " "}, c={})).questions["q"].percent == 33
    assert agreement(["q"], 0, sheets(a={}, b={})).questions["q"] is None


def test_a_long_answer_takes_no_part():
    found = agreement(["q"], 60, sheets(a={"q": "x"}, b={"q": "x"}, c={"q": "y" * 257}))
    assert found.questions["q"].percent == 100
    assert found.workers["c"].percent is None
    assert agreement(["q"], 60, sheets(a={"q": "x"}, b={"q": "x"}, c={"q": "y" * 256})).questions["q"].percent == 66


def test_several_values_agree_only_as_a_whole():
    found = agreement(["q"], 50, sheets(a={"q": "A|B"}, b={"q": " B | A "}, c={"q": "A"}))
    assert found.questions["q"].answer == {"A", "B"}
    assert found.workers["c"].correct == 0


KEY = {"q1": answer_set(["Paris "]), "q2": answer_set(["A", "B"]), "q3": answer_set([])}


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ({"q1": " Paris"}, {"q1"}),
        ({"q1": "paris"}, set()),
        ({"q1": ""}, set()),
        ({"q2": "B|A"}, {"q2"}),
        ({"q2": "A"}, set()),
        ({"q2": "A|B|C"}, set()),
        ({"q3": "anything"}, set()),
        ({}, set()),
    ],
)
def test_a_known_answer_matches_exactly_save_for_outer_white_space(said, right):
    sheet = {name: answer_set([text]) for name, text in said.items()}
    assert {name for name, ok in known_correct(KEY, sheet).items() if ok} == right


@given(st.integers(0, 50), st.integers(1, 50))
def test_a_percentage_is_rounded_down(part, whole):
    part = min(part, whole)
    assert percentage(part, whole) <= 100 * part / whole < percentage(part, whole) + 1


@given(
    st.lists(st.dictionaries(st.sampled_from("pq"), st.sampled_from(["x", "y", "", "x|y"])), min_size=1, max_size=6),
    st.integers(50, 100),
)
def test_whoever_gives_an_agreed_answer_is_counted_right(said, above):
    given_sheets = sheets(**{f"w{number}": answers for number, answers in enumerate(said)})
    found = agreement(["p", "q"], above, given_sheets)
    for question, agreed in found.questions.items():
        if agreed is not None:
            same = sum(sheet.get(question) == agreed.answer for sheet in given_sheets.values())
            assert percentage(same, len(said)) == agreed.percent
    agreed_count = sum(agreed is not None for agreed in found.questions.values())
    assert all(score.correct + score.incorrect == agreed_count for score in found.workers.values())
