"""A QuestionForm as an HTML form: no script, no inline style, every field with a name that can be read aloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup

from crowdbroker.marketplace.question_form.answers import Problem, answer_field, other_field, values_of
from crowdbroker.marketplace.question_form.content_html import content_html
from crowdbroker.marketplace.question_form.fields_html import Sent, fields_html, hint
from crowdbroker.marketplace.question_form.model import Overview, Question, QuestionForm, Selection

_NOTHING: Mapping[str, str] = MappingProxyType({})


def render(
    form: QuestionForm,
    *,
    action: str,
    hidden: Mapping[str, str] = _NOTHING,
    fields: Sequence[tuple[str, str]] = (),
    problems: Sequence[Problem] = (),
    submit: str = "Submit",
    can_submit: bool = True,
) -> str:
    """Return the form as one HTML element `form`, everything in it escaped or cleaned.

    Args:
        form: what `parse` returned.
        action: where it is sent, by POST.
        hidden: fields that are sent along unseen.
        fields: what a worker sent before and gets back; empty shows the form afresh.
        problems: what was wrong with it.
        submit: what the button says.
        can_submit: False shows the form to be looked at only.
    """
    parts = [Markup('<form class="question-form" method="post" action="{}">').format(action)]
    parts += [Markup('<input type="hidden" name="{}" value="{}">').format(*pair) for pair in hidden.items()]
    parts.append(_summary(form, problems))
    parts += _parts(form, values_of(fields), problems)
    if can_submit:
        parts.append(Markup('<p class="send"><button class="primary">{}</button></p>').format(submit))
    return str(Markup("\n").join([*parts, Markup("</form>")]))


def _summary(form: QuestionForm, problems: Sequence[Problem]) -> Markup:
    if not problems:
        return Markup()
    numbers = {question.identifier: number for number, question in enumerate(form.questions, 1)}
    lines = Markup().join(
        Markup('<li><a href="#question-{0}">Question {0}</a>: {1}</li>').format(numbers[each.identifier], each.sentence)
        for each in problems
    )
    return Markup(
        '<div class="problems" role="alert" id="problems" tabindex="-1">'
        "<h2>Nothing is lost, and nothing is sent yet</h2><ul>{}</ul></div>"
    ).format(lines)


def _parts(form: QuestionForm, values: Mapping[str, list[str]], problems: Sequence[Problem]) -> Iterator[Markup]:
    number = 0
    for part in form.parts:
        if isinstance(part, Overview):
            yield Markup('<div class="overview">{}</div>').format(content_html(part.content, level=2))
        else:
            number += 1
            yield _question(
                part, number, values, [each.sentence for each in problems if each.identifier == part.identifier]
            )


def _question(question: Question, number: int, values: Mapping[str, list[str]], sentences: Sequence[str]) -> Markup:
    sent = Sent(
        chosen=tuple(values.get(answer_field(number), ())),
        other=next(iter(values.get(other_field(number), ())), None),
        is_fresh=not values,
        is_wrong=bool(sentences),
    )
    name = Markup("<h2>{}</h2>").format(question.display_name) if question.display_name else Markup()
    told = Markup().join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    return Markup(
        '<section class="question{wrong}" id="question-{number}"{group}>'
        '<div class="content" id="content-{number}"><p class="count">{number}</p>{name}{content}</div>'
        '<p class="hint" id="hint-{number}">{hint}</p><div class="problem" id="problem-{number}">{told}</div>'
        "{fields}</section>"
    ).format(
        wrong=" wrong" if sentences else "",
        number=number,
        group=_group(question, number),
        name=name,
        content=content_html(question.content, level=3),
        hint=hint(question),
        told=told,
        fields=fields_html(question, number, sent),
    )


def _group(question: Question, number: int) -> Markup:
    """Return what makes a section the named group of its boxes; a single field is named itself."""
    if not isinstance(question.specification, Selection):
        return Markup()
    return Markup(' role="group" aria-labelledby="content-{0}" aria-describedby="hint-{0} problem-{0}"').format(number)
