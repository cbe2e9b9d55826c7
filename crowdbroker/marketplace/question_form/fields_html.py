"""The fields of one question: a text, a list to choose from, or boxes to mark."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from crowdbroker.marketplace.question_form.answers import OTHER, answer_field, counted, other_field
from crowdbroker.marketplace.question_form.content_html import block_html, media_html
from crowdbroker.marketplace.question_form.model import FreeText, Media, Option, Paragraph, Question, Selection

_LISTED = frozenset({"list", "dropdown", "combobox"})
MOST_LINES_OF_A_LIST = 8


@dataclass(frozen=True)
class Sent:
    """What came with the form before.

    Attributes:
        chosen: the values of the question's field.
        other: the text of the worker's own answer, or None.
        is_fresh: whether the form was not sent before, so that its defaults stand in the fields.
        is_wrong: whether something is wrong with what was sent.
    """

    chosen: tuple[str, ...] = ()
    other: str | None = None
    is_fresh: bool = True
    is_wrong: bool = False


def fields_html(question: Question, number: int, sent: Sent) -> Markup:
    """Return the fields of a question, filled in with what was sent."""
    allowed = question.specification
    if isinstance(allowed, FreeText):
        text = allowed.default if sent.is_fresh else "".join(sent.chosen[:1])
        names = Markup('aria-labelledby="content-{0}" aria-describedby="hint-{0} problem-{0}"').format(number)
        return text_html(allowed, answer_field(number), text, names, required=question.is_required, wrong=sent.is_wrong)
    if _is_listed(allowed):
        return _list_html(allowed, number, sent, required=question.is_required)
    return _boxes_html(allowed, number, sent, required=question.is_required)


def hint(question: Question) -> str:
    """Return what an answer has to be, in a few words."""
    allowed = question.specification
    said = ["Needed." if question.is_required else "May be left out."]
    if isinstance(allowed, Selection):
        said.append(f"Choose {counted(allowed)}.")
        return " ".join(said)
    if allowed.is_numeric:
        said.append(_number_hint(allowed))
    if allowed.shortest and allowed.longest is not None:
        said.append(f"{allowed.shortest} to {allowed.longest} characters.")
    elif allowed.longest is not None:
        said.append(f"At most {allowed.longest} characters.")
    elif allowed.shortest:
        said.append(f"At least {allowed.shortest} characters.")
    return " ".join(said)


def _number_hint(allowed: FreeText) -> str:
    if allowed.least is not None and allowed.most is not None:
        return f"A number from {allowed.least} to {allowed.most}."
    if allowed.least is not None:
        return f"A number from {allowed.least} on."
    return "A number." if allowed.most is None else f"A number up to {allowed.most}."


def text_html(allowed: FreeText, name: str, text: str, names: Markup, *, required: bool, wrong: bool) -> Markup:
    """Return a text field; `names` holds the attributes by which it is read aloud."""
    marks = Markup(" ").join(
        [
            names,
            Markup('id="{0}" name="{0}" dir="auto"').format(name),
            *([Markup("required")] if required else []),
            *([Markup('aria-invalid="true"')] if wrong else []),
            *([Markup('inputmode="decimal"')] if allowed.is_numeric else []),
        ]
    )
    if allowed.lines == 1:
        return Markup('<input type="text" autocomplete="off" {} value="{}">').format(marks, text)
    # A line feed right behind the tag is dropped by browsers; one of ours keeps the text's own.
    return Markup('<textarea rows="{}" {}>\n{}</textarea>').format(allowed.lines, marks, text)


def _is_listed(allowed: Selection) -> bool:
    """Tell whether a SelectionAnswer becomes a list: one choice, asked for as one, and nothing but texts to show."""
    texts = all(isinstance(option.block, Paragraph) for option in allowed.options)
    return allowed.style in _LISTED and allowed.most == 1 and texts


def _list_html(allowed: Selection, number: int, sent: Sent, *, required: bool) -> Markup:
    choices = [(str(place), _words(option)) for place, option in enumerate(allowed.options, 1)]
    if allowed.other is not None:
        choices.append((OTHER, "Other"))
    options = Markup().join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value in sent.chosen else "", words
        )
        for value, words in choices
    )
    tall = Markup(' size="{}"').format(min(len(choices), MOST_LINES_OF_A_LIST)) if allowed.style == "list" else ""
    start = Markup() if allowed.style == "list" else Markup('<option value="">Choose…</option>')
    box = Markup(
        '<select name="{name}" aria-labelledby="content-{number}" aria-describedby="hint-{number} problem-{number}"'
        "{tall}{required}{wrong}>{start}{options}</select>"
    ).format(
        name=answer_field(number),
        number=number,
        tall=tall,
        # With a field for the worker's own answer an unmarked list may be right, so the marketplace judges.
        required=Markup(" required") if required and allowed.other is None else "",
        wrong=Markup(' aria-invalid="true"') if sent.is_wrong else "",
        start=start,
        options=options,
    )
    return box + _other_html(allowed, number, sent)


def _boxes_html(allowed: Selection, number: int, sent: Sent, *, required: bool) -> Markup:
    kind = "radio" if allowed.most == 1 else "checkbox"
    needs_one = required and kind == "radio" and allowed.other is None
    boxes = [
        _box(kind, number, str(place), _label(option), sent, required=needs_one)
        for place, option in enumerate(allowed.options, 1)
    ]
    if allowed.other is not None and kind == "radio":
        boxes.append(_box(kind, number, OTHER, Markup("Other"), sent, required=False))
    return Markup('<div class="choices">{}</div>').format(Markup().join(boxes)) + _other_html(allowed, number, sent)


def _box(kind: str, number: int, value: str, label: Markup, sent: Sent, *, required: bool) -> Markup:
    return Markup('<label><input type="{}" name="{}" value="{}"{}{}{}><span>{}</span></label>').format(
        kind,
        answer_field(number),
        value,
        Markup(" checked") if value in sent.chosen else "",
        Markup(" required") if required else "",
        Markup(' aria-invalid="true"') if sent.is_wrong else "",
        label,
    )


def _other_html(allowed: Selection, number: int, sent: Sent) -> Markup:
    if allowed.other is None:
        return Markup()
    # A DefaultText would stand there as an answer that nobody gave.
    text = sent.other or ""
    names = Markup('aria-describedby="problem-{}"').format(number)
    field = text_html(allowed.other, other_field(number), text, names, required=False, wrong=False)
    return Markup('<label class="other"><span>Other, in your own words</span> {}</label>').format(field)


def _label(option: Option) -> Markup:
    if isinstance(option.block, Media):
        return media_html(option.block)
    return (
        Markup("{}").format(_words(option))
        if isinstance(option.block, Paragraph)
        else block_html(option.block, level=4)
    )


def _words(option: Option) -> str:
    return option.block.text if isinstance(option.block, Paragraph) else option.identifier
