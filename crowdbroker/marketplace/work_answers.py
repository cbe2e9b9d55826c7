"""What a worker sent, as the answer that the requester reads."""

from __future__ import annotations

from collections.abc import Sequence

from crowdbroker.marketplace.answers import answer_fields, answers_xml
from crowdbroker.marketplace.question_form import read_answers
from crowdbroker.marketplace.questions import QUESTION_FORM, read_question
from crowdbroker.marketplace.work_errors import EmptyAnswer, Incomplete


def answer_to(question_xml: str, fields: Sequence[tuple[str, str]]) -> str:
    """Return QuestionFormAnswers for the fields of a submitted page.

    Raises:
        EmptyAnswer: a page of the requester's own sent nothing beside the names of the Assignment.
        Incomplete: an answer to a QuestionForm is missing or not as asked.
    """
    # An HTMLQuestion may hold that word too; parsing every page again only to see that it is none costs more.
    form = read_question(question_xml).form if QUESTION_FORM in question_xml else None
    if form is None:
        answer = answer_fields(fields)
        if not answer:
            raise EmptyAnswer("The page sent no answer.")
        return answers_xml(answer)
    answered = read_answers(form, fields)
    if answered.problems:
        raise Incomplete(answered.problems)
    return answered.xml
