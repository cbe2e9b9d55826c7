"""Scores of known answers and of agreement, in whole percent rounded down (API reference, HIT Review Policies)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crowdbroker.marketplace.review_policies.sheets import AnswerSet, Sheet, is_compared

FULL = 100
_NOTHING: AnswerSet = frozenset()


@dataclass(frozen=True)
class Agreed:
    """The answer that workers agree on, and the percentage of them who gave it."""

    answer: AnswerSet
    percent: int


@dataclass(frozen=True)
class WorkerScore:
    """How one Assignment's answers compare with the agreed ones; `percent` is None when nothing can be compared."""

    correct: int
    incorrect: int
    percent: int | None


@dataclass(frozen=True)
class Agreement:
    """A HIT's agreement: by question (None where there is none), by Assignment, and as a percentage of questions."""

    questions: Mapping[str, Agreed | None]
    workers: Mapping[str, WorkerScore]
    percent: int


def known_correct(key: Mapping[str, AnswerSet], sheet: Sheet) -> dict[str, bool]:
    """Return whether each keyed question is answered right; an empty key or an empty answer never is."""
    return {question: bool(values) and sheet.get(question) == values for question, values in key.items()}


def percentage(part: int, whole: int) -> int:
    """Return a share in whole percent, rounded down, as the documentation's 66 of two in three shows."""
    return part * FULL // whole


def agreement(question_ids: Sequence[str], agreed_above: int, sheets: Mapping[str, Sheet]) -> Agreement:
    """Return what several workers agree on.

    Args:
        question_ids: the questions to compare, at least one.
        agreed_above: the percentage of workers that an agreed answer must exceed. Nothing exceeds 100, so that
            asks for all of them.
        sheets: the answers by AssignmentId.
    """
    questions = {question: _agreed(question, agreed_above, sheets) for question in question_ids}
    found = {question: agreed.answer for question, agreed in questions.items() if agreed is not None}
    workers = {assignment_id: _worker(found, sheet) for assignment_id, sheet in sheets.items()}
    return Agreement(questions, workers, percentage(len(found), len(questions)))


def _agreed(question: str, agreed_above: int, sheets: Mapping[str, Sheet]) -> Agreed | None:
    given = [answer for sheet in sheets.values() if is_compared(answer := sheet.get(question, _NOTHING))]
    counted = Counter(answer for answer in given if answer).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None  # nobody answered, or two answers are equally frequent and neither is the one
    answer, votes = counted[0]
    percent = percentage(votes, len(given))
    return Agreed(answer, percent) if percent > agreed_above or percent == FULL else None


def _worker(agreed: Mapping[str, AnswerSet], sheet: Sheet) -> WorkerScore:
    compared = [
        answer == agreed_answer
        for question, agreed_answer in agreed.items()
        if is_compared(answer := sheet.get(question, _NOTHING))
    ]
    correct = sum(compared)
    return WorkerScore(correct, len(compared) - correct, percentage(correct, len(compared)) if compared else None)
