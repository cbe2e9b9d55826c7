"""The AnswerKey of a qualification test: what each set of selections scores, and how the sum becomes a value.

API reference, AnswerKey. An AnswerOption scores only when the worker chose exactly its selections; any other answer to
the question, and none at all, scores the DefaultScore. Text that a worker wrote is never graded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crowdbroker.marketplace.faults import BadValue, Fault

LONGEST_BYTES = 65_535
NAMESPACE = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/AnswerKey.xsd}"
LEAST_VALUE, MOST_VALUE = -(2**31), 2**31 - 1
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class KeyedQuestion:
    """The scores of one question: by the exact set of selections, and for every other answer."""

    scores: Mapping[frozenset[str], int]
    default: int


@dataclass(frozen=True)
class Percentage:
    """The value is the sum in percent of a maximum, rounded to the nearest whole number."""

    maximum: int

    def value(self, total: int) -> int:
        """Return the value of a sum."""
        return _rounded(Decimal(100 * total) / self.maximum)


@dataclass(frozen=True)
class Scale:
    """The value is the sum times a multiplier, rounded to the nearest whole number."""

    multiplier: Decimal

    def value(self, total: int) -> int:
        """Return the value of a sum."""
        return _rounded(total * self.multiplier)


@dataclass(frozen=True)
class Ranges:
    """The value is that of the first range that holds the sum: (lowest, highest, value), both ends included."""

    ranges: tuple[tuple[int, int, int], ...]
    otherwise: int

    def value(self, total: int) -> int:
        """Return the value of a sum."""
        return next((value for low, high, value in self.ranges if low <= total <= high), self.otherwise)


@dataclass(frozen=True)
class AnswerKey:
    """One answer key; without a mapping the sum of the scores is the value.

    Attributes:
        questions: by QuestionIdentifier.
    """

    questions: Mapping[str, KeyedQuestion]
    mapping: Percentage | Scale | Ranges | None

    def grade(self, chosen: Mapping[str, frozenset[str]]) -> int:
        """Return the qualification value of an answer: QuestionIdentifier -> everything that was chosen there."""
        total = 0
        for identifier, question in self.questions.items():
            total += question.scores.get(chosen.get(identifier, frozenset()), question.default)
        value = total if self.mapping is None else self.mapping.value(total)
        # IntegerValue is a 32-bit number on the wire; a key may well sum to more.
        return min(max(value, LEAST_VALUE), MOST_VALUE)


def parse(xml: str) -> AnswerKey:
    """Return an answer key.

    Raises:
        Fault: XMLParseError, or ParameterValidationError when it is longer than 65,535 bytes.
    """
    if len(xml.encode()) > LONGEST_BYTES:
        raise BadValue(f"Value at 'answerKey' failed to satisfy constraint: at most {LONGEST_BYTES} bytes")
    root = _root(xml)
    if root.tag != f"{NAMESPACE}AnswerKey":
        raise _wrong(f"its root element is {root.tag[:120]!r}")
    _refuse_others(root, "Question", "QualificationValueMapping")
    questions: dict[str, KeyedQuestion] = {}
    for element in root.findall(f"{NAMESPACE}Question"):
        identifier = _text(element, "QuestionIdentifier")
        if identifier in questions:
            raise _wrong(f"it has two Questions {identifier!r}")
        questions[identifier] = _question(element)
    if not questions:
        raise _wrong("it has no Question")
    return AnswerKey(questions, _mapping(root))


def _root(xml: str) -> Element:
    try:
        return fromstring(xml, forbid_dtd=True)
    except ParseError as error:
        raise Fault("XMLParseError", f"The AnswerKey is not well-formed XML: {error}.") from None
    except (DefusedXmlException, ValueError):
        raise Fault("XMLParseError", "The AnswerKey must not have a document type or entities of its own.") from None


def _question(element: Element) -> KeyedQuestion:
    _refuse_others(element, "QuestionIdentifier", "AnswerOption", "DefaultScore")
    scores: dict[frozenset[str], int] = {}
    for option in element.findall(f"{NAMESPACE}AnswerOption"):
        _refuse_others(option, "SelectionIdentifier", "AnswerScore")
        chosen = frozenset((each.text or "").strip() for each in option.findall(f"{NAMESPACE}SelectionIdentifier"))
        if not chosen or "" in chosen:
            raise _wrong("an AnswerOption names no SelectionIdentifier")
        if chosen in scores:
            raise _wrong(f"two AnswerOptions name the same selections, {', '.join(sorted(chosen))}")
        scores[chosen] = _number(option, "AnswerScore")
    if not scores:
        raise _wrong("a Question has no AnswerOption")
    has_default = element.find(f"{NAMESPACE}DefaultScore") is not None
    return KeyedQuestion(scores, _number(element, "DefaultScore") if has_default else 0)


def _mapping(root: Element) -> Percentage | Scale | Ranges | None:
    found = root.findall(f"{NAMESPACE}QualificationValueMapping")
    if not found:
        return None
    inside = list(found[0])
    if len(found) > 1 or len(inside) != 1:
        raise _wrong("it has more than one mapping, or an empty one")
    element = inside[0]
    if element.tag == f"{NAMESPACE}PercentageMapping":
        _refuse_others(element, "MaximumSummedScore")
        maximum = _number(element, "MaximumSummedScore")
        if maximum <= 0:
            raise _wrong("MaximumSummedScore is not above 0")
        return Percentage(maximum)
    if element.tag == f"{NAMESPACE}ScaleMapping":
        _refuse_others(element, "SummedScoreMultiplier")
        return Scale(Decimal(_matching(_DECIMAL, element, "SummedScoreMultiplier")))
    if element.tag == f"{NAMESPACE}RangeMapping":
        return _ranges(element)
    raise _wrong(f"{element.tag[:120]!r} is not a mapping")


def _ranges(element: Element) -> Ranges:
    _refuse_others(element, "SummedScoreRange", "OutOfRangeQualificationValue")
    ranges = []
    for each in element.findall(f"{NAMESPACE}SummedScoreRange"):
        _refuse_others(each, "InclusiveLowerBound", "InclusiveUpperBound", "QualificationValue")
        low, high = _number(each, "InclusiveLowerBound"), _number(each, "InclusiveUpperBound")
        if low > high:
            raise _wrong(f"a SummedScoreRange goes from {low} down to {high}")
        ranges.append((low, high, _number(each, "QualificationValue")))
    if not ranges:
        raise _wrong("a RangeMapping has no SummedScoreRange")
    return Ranges(tuple(ranges), _number(element, "OutOfRangeQualificationValue"))


def _number(parent: Element, name: str) -> int:
    return int(_matching(_NUMBER, parent, name))


def _matching(pattern: re.Pattern[str], parent: Element, name: str) -> str:
    text = _text(parent, name)
    if not pattern.fullmatch(text):
        raise _wrong(f"{name} {text[:40]!r} is not a number of up to nine digits")
    return text


def _text(parent: Element, name: str) -> str:
    found = parent.findall(f"{NAMESPACE}{name}")
    text = (found[0].text or "").strip() if len(found) == 1 else ""
    if not text:
        raise _wrong(f"{parent.tag.removeprefix(NAMESPACE)} needs exactly one {name}")
    return text


def _refuse_others(parent: Element, *names: str) -> None:
    known = {NAMESPACE + name for name in names}
    other = next((child.tag for child in parent if child.tag not in known), None)
    if other is not None:
        raise _wrong(f"{parent.tag.removeprefix(NAMESPACE)} has an unknown element {str(other)[:120]!r}")


def _rounded(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def _wrong(what: str) -> Fault:
    return Fault("XMLParseError", f"The AnswerKey is not valid: {what}.")
