"""What a worker sent, as answers, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crowdbroker.marketplace.answers import document, element, storable
from crowdbroker.marketplace.question_form.model import FreeText, Question, QuestionForm, Selection
from crowdbroker.marketplace.question_form.numbers import decimal_from
from crowdbroker.marketplace.question_form.patterns import fits

OTHER = "other"
LONGEST_ANSWER = 100_000


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    Attributes:
        free_text: of a question with a FreeTextAnswer; None for a selection.
        selections: the SelectionIdentifiers that were chosen.
        other: what the worker wrote beside them, or None.
    """

    identifier: str
    free_text: str | None = None
    selections: tuple[str, ...] = ()
    other: str | None = None


@dataclass(frozen=True)
class Problem:
    """What keeps one question's answer from being taken, said to the worker."""

    identifier: str
    sentence: str


@dataclass(frozen=True)
class Answered:
    """The answers of a form, and their problems; with a problem the form goes back to the worker."""

    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...]

    @property
    def xml(self) -> str:
        """QuestionFormAnswers: a question without an answer is left out."""
        return document(_answer_xml(answer) for answer in self.answers)


def answer_field(number: int) -> str:
    """Return the name of a question's field; questions count from 1."""
    return f"answer-{number}"


def other_field(number: int) -> str:
    """Return the name of the field for an answer of the worker's own."""
    return f"other-{number}"


def values_of(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what was sent under each name, as an answer's XML keeps it."""
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(storable(value).replace("\r\n", "\n"))
    return values


def read_answers(form: QuestionForm, fields: Sequence[tuple[str, str]]) -> Answered:
    """Return the answers in the order of the questions; fields that are not the form's own are passed over."""
    values = values_of(fields)
    answers: list[Answer] = []
    problems: list[Problem] = []
    for number, question in enumerate(form.questions, 1):
        answer = _answer(question, number, values)
        problems += [Problem(question.identifier, sentence) for sentence in _problems(question, answer)]
        if answer is not None:
            answers.append(answer)
    return Answered(tuple(answers), tuple(problems))


def _answer(question: Question, number: int, values: Mapping[str, list[str]]) -> Answer | None:
    sent = values.get(answer_field(number), [])
    if isinstance(question.specification, FreeText):
        return Answer(question.identifier, sent[0]) if sent and sent[0].strip() else None
    chosen = tuple(
        option.identifier for place, option in enumerate(question.specification.options, 1) if str(place) in sent
    )
    written = values.get(other_field(number), [""])[0].strip() if question.specification.other is not None else ""
    # An empty text says that Other was chosen and nothing was written; that is a problem and no answer.
    other = written if written or (OTHER in sent and question.specification.other is not None) else None
    return Answer(question.identifier, None, chosen, other) if chosen or other is not None else None


def _problems(question: Question, answer: Answer | None) -> Iterator[str]:
    if answer is None:
        if question.is_required:
            yield "This question needs an answer."
    elif isinstance(question.specification, FreeText):
        yield from text_problems(question.specification, answer.free_text or "")
    else:
        yield from _selection_problems(question.specification, answer)


def _selection_problems(allowed: Selection, answer: Answer) -> Iterator[str]:
    if answer.other == "":
        yield "Write your own answer beside Other."
        return
    count = len(answer.selections) + (answer.other is not None)
    if not allowed.least <= count <= allowed.most:
        yield f"Choose {counted(allowed)}; you have chosen {count}."
    if answer.other is not None and allowed.other is not None:
        yield from text_problems(allowed.other, answer.other)


def counted(allowed: Selection) -> str:
    """Return how many may be chosen, in words for a worker."""
    least, most = max(allowed.least, 1), allowed.most
    if least == most:
        return "one" if most == 1 else f"exactly {most}"
    return f"up to {most}" if least == 1 else f"{least} to {most}"


def text_problems(allowed: FreeText, text: str) -> Iterator[str]:
    """Yield what is wrong with a text that is not empty."""
    if len(text) > LONGEST_ANSWER:
        yield f"Write at most {LONGEST_ANSWER:,} characters."
        return
    if allowed.is_numeric:
        yield from _number_problems(allowed, text)
    if allowed.shortest is not None and len(text) < allowed.shortest:
        yield f"Write at least {allowed.shortest} characters; there are {len(text)}."
    if allowed.longest is not None and len(text) > allowed.longest:
        yield f"Write at most {allowed.longest} characters; there are {len(text)}."
    for pattern in allowed.patterns:
        if not fits(pattern, text):
            yield pattern.error_text or "The answer does not have the form that is asked for."


def _number_problems(allowed: FreeText, text: str) -> Iterator[str]:
    number = decimal_from(text)
    if number is None:
        yield "Write a number."
    elif allowed.least is not None and number < allowed.least:
        yield f"Write a number from {allowed.least} on."
    elif allowed.most is not None and number > allowed.most:
        yield f"Write a number up to {allowed.most}."


def _answer_xml(answer: Answer) -> str:
    parts = [element("QuestionIdentifier", answer.identifier)]
    if answer.free_text is not None:
        parts.append(element("FreeText", answer.free_text))
    parts += [element("SelectionIdentifier", each) for each in answer.selections]
    if answer.other is not None:
        parts.append(element("OtherSelectionText", answer.other))
    return f"<Answer>{''.join(parts)}</Answer>"
