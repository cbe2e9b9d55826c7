"""Answer sheets: what one worker said to each question, as sets that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from defusedxml.ElementTree import fromstring

from crowdbroker.marketplace.answers import NAMESPACE, REPEATED

LONGEST_COMPARED = 256
"""Longer answers take no part in comparing workers (API reference, HIT Review Policies)."""

AnswerSet = frozenset[str]
Sheet = Mapping[str, AnswerSet]

_IN = f"{{{NAMESPACE}}}"
_VALUES = ("FreeText", "SelectionIdentifier", "OtherSelectionText")


def answer_set(values: Iterable[str]) -> AnswerSet:
    """Return the values of one answer without outer white space; empty ones are no answer.

    A form's check boxes of one name arrive as one text with `|` between them, so every text is taken apart there.
    """
    parts = (part.strip() for value in values for part in value.split(REPEATED))
    return frozenset(part for part in parts if part)


def read_sheet(answer_xml: str) -> dict[str, AnswerSet]:
    """Return the answers of a QuestionFormAnswers document that this marketplace has written, by question."""
    sheet: dict[str, AnswerSet] = {}
    for answer in fromstring(answer_xml).iter(f"{_IN}Answer"):
        question = answer.findtext(f"{_IN}QuestionIdentifier", "").strip()
        values = [part.text or "" for name in _VALUES for part in answer.iter(f"{_IN}{name}")]
        sheet[question] = answer_set(values)
    return sheet


def is_compared(answer: AnswerSet) -> bool:
    """Tell whether an answer is short enough to be compared with other workers' answers."""
    return len(REPEATED.join(answer)) <= LONGEST_COMPARED
