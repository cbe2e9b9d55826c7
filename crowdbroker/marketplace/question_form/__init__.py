"""QuestionForm: a form described in XML, shown by the marketplace itself (API reference, QuestionForm).

`parse` reads the XML, `render` shows it as an HTML form, and `read_answers` turns what a worker sent into
QuestionFormAnswers. Nothing here knows a database or a clock: HITs and qualification tests use it alike.
"""

from __future__ import annotations

from crowdbroker.marketplace.question_form.answers import Answer, Answered, Problem, read_answers
from crowdbroker.marketplace.question_form.model import FreeText, Option, Question, QuestionForm, Selection
from crowdbroker.marketplace.question_form.parse import parse
from crowdbroker.marketplace.question_form.render import render

__all__ = [
    "Answer",
    "Answered",
    "FreeText",
    "Option",
    "Problem",
    "Question",
    "QuestionForm",
    "Selection",
    "parse",
    "read_answers",
    "render",
]
