from __future__ import annotations

import pytest
from exams import KEY, PERCENT_OF_15, SCHEMAS, key, keyed

from crowdbroker.marketplace import answer_key
from crowdbroker.marketplace.faults import Fault

RANGES = (
    "<RangeMapping>"
    "<SummedScoreRange><InclusiveLowerBound>5</InclusiveLowerBound><InclusiveUpperBound>7</InclusiveUpperBound>"
    "<QualificationValue>50</QualificationValue></SummedScoreRange>"
    "<SummedScoreRange><InclusiveLowerBound>8</InclusiveLowerBound><InclusiveUpperBound>10</InclusiveUpperBound>"
    "<QualificationValue>100</QualificationValue></SummedScoreRange>"
    "<OutOfRangeQualificationValue>-1</OutOfRangeQualificationValue></RangeMapping>"
)
ONE = keyed("move", ("D", 5))


def scale(by):
    return f"<ScaleMapping><SummedScoreMultiplier>{by}</SummedScoreMultiplier></ScaleMapping>"


def grade(xml, **chosen):
    return answer_key.parse(xml).grade({name: frozenset(picked.split("+")) for name, picked in chosen.items()})


@pytest.mark.parametrize(
    ("chosen", "value"),
    [
        ({"move": "D", "fruit": "apples+pears"}, 100),
        ({"move": "D", "fruit": "pears+apples"}, 100),
        ({"move": "D"}, 33),
        ({"move": "A", "fruit": "apples+pears"}, 67),
        ({"move": "D", "fruit": "apples"}, 60),
        ({"move": "D", "fruit": "pears"}, 33),
        ({"move": "D", "fruit": "apples+pears+coal"}, 33),
        ({"move": "D", "fruit": "coal"}, -100),
        ({}, 0),
        ({"unasked": "D"}, 0),
    ],
)
def test_only_the_exact_selections_score(chosen, value):
    assert grade(KEY, **chosen) == value


def test_every_other_answer_and_none_at_all_score_the_default():
    xml = key(keyed("move", ("D", 5), default=-2))
    assert [grade(xml, move="D"), grade(xml, move="A"), grade(xml)] == [5, -2, -2]


@pytest.mark.parametrize(("total", "value"), [(4, -1), (5, 50), (7, 50), (8, 100), (10, 100), (11, -1)])
def test_a_range_holds_both_its_ends(total, value):
    assert grade(key(keyed("move", ("D", total)), mapping=RANGES), move="D") == value


@pytest.mark.parametrize(
    ("score", "by", "value"), [(5, "3", 15), (5, "0.5", 3), (5, "-0.1", -1), (-3, "2.5", -8), (0, "9", 0)]
)
def test_a_scale_multiplies_and_rounds_to_the_nearest(score, by, value):
    assert grade(key(keyed("move", ("D", score)), mapping=scale(by)), move="D") == value


@pytest.mark.parametrize(("score", "value"), [(1, 7), (7, 47), (8, 53), (30, 200)])
def test_a_percentage_is_rounded_to_the_nearest(score, value):
    assert grade(key(keyed("move", ("D", score)), mapping=PERCENT_OF_15), move="D") == value


def test_half_a_percent_is_rounded_up():
    half = PERCENT_OF_15.replace(">15<", ">200<")
    assert grade(key(keyed("move", ("D", 1)), mapping=half), move="D") == 1


def test_a_value_stays_within_the_32_bits_of_the_wire():
    huge = key(keyed("move", ("D", 999_999_999)), mapping=scale("999999999"))
    assert grade(huge, move="D") == 2**31 - 1
    assert grade(huge.replace(">999999999</Ans", ">-999999999</Ans"), move="D") == -(2**31)


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("<AnswerKey>", "not well-formed"),
        ("", "not well-formed"),
        ("<AnswerKey/>", "root element"),
        (key(), "no Question"),
        (key(ONE, ONE), "two Questions 'move'"),
        (key(keyed("move")), "no AnswerOption"),
        (key(keyed("move", ("D", 1), ("D", 2))), "same selections"),
        (key(keyed("move", ("D", 1)).replace(">1<", ">one<")), "'one' is not a number"),
        (key(keyed("move", ("D", 1)).replace(">1<", ">1.5<")), "'1.5' is not a number"),
        (key(keyed("move", ("D", 1)).replace(">1<", ">" + "9" * 30 + "<")), "nine digits"),
        (key(keyed("", ("D", 1))), "exactly one QuestionIdentifier"),
        (key(keyed("move", ("", 1))), "no SelectionIdentifier"),
        (key(ONE + "<Other/>"), "unknown element"),
        (key(ONE.replace("</Question>", "<Hint/></Question>")), "Question has an unknown element"),
        (key(ONE, mapping=PERCENT_OF_15 + scale(1)), "more than one mapping"),
        (key(ONE, mapping=PERCENT_OF_15.replace("15", "0")), "not above 0"),
        (key(ONE, mapping="<OtherMapping/>"), "is not a mapping"),
        (key(ONE, mapping=scale("1e9")), "not a number"),
        (key(ONE, mapping="<RangeMapping/>"), "no SummedScoreRange"),
        (key(ONE, mapping=RANGES.replace(">5<", ">9<", 1)), "from 9 down to 7"),
        (key(ONE, mapping=RANGES.replace("OutOfRange", "Other")), "unknown element"),
        (f'<!DOCTYPE a [<!ENTITY b "bb">]>{key(ONE)}', "document type"),
        (key(ONE).replace(SCHEMAS, "http://example.org"), "root element"),
    ],
)
def test_a_key_that_says_nothing_certain_is_refused(xml, told):
    with pytest.raises(Fault) as caught:
        answer_key.parse(xml)
    assert (caught.value.code, told in caught.value.text) == ("XMLParseError", True)


def test_a_key_of_more_than_65535_bytes_is_refused():
    with pytest.raises(Fault) as caught:
        answer_key.parse(key(keyed("x" * 65_535, ("D", 1))))
    assert caught.value.kind == "ParameterValidationError"
