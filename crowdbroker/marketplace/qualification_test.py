"""The test of a qualification type: its questions, its key and its duration belong together."""

from __future__ import annotations

from crowdbroker.marketplace import answer_key, question_form
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.question_form import QuestionForm, Selection


def check_test(test: str | None, key: str | None, duration_s: int | None) -> None:
    """Refuse a test that could not be taken or graded.

    Raises:
        Fault: a part that needs another one comes alone, the XML is not valid, or the key does not fit the questions.
    """
    if (test is None) != (duration_s is None):
        raise BadValue("Test and TestDurationInSeconds are given together or not at all.")
    if test is None:
        if key is not None:
            raise BadValue("AnswerKey needs Test.")
        return
    form = question_form.parse(test)
    if not form.questions:
        raise BadValue("Test has no Question.")
    if key is not None:
        _check_fit(answer_key.parse(key), form)


def _check_fit(key: answer_key.AnswerKey, form: QuestionForm) -> None:
    questions = {question.identifier: question.specification for question in form.questions}
    for identifier, keyed in key.questions.items():
        asked = questions.get(identifier)
        if asked is None:
            raise BadValue(f"The AnswerKey has a question {identifier[:120]!r} that the Test does not ask.")
        if not isinstance(asked, Selection):
            raise BadValue(f"The AnswerKey grades {identifier[:120]!r}, but free text cannot be graded.")
        offered = {option.identifier for option in asked.options}
        unknown = sorted(set().union(*keyed.scores) - offered)
        if unknown:
            raise BadValue(f"The AnswerKey knows a selection {unknown[0][:120]!r} that {identifier[:120]!r} lacks.")
