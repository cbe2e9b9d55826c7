"""What a template asks for: the kinds of Answers, their schemas, and one canonical text for each Answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

TEXT_LIMIT = 100_000
_BETWEEN = "|"


class AnswerKind(StrEnum):
    """One label; several labels; a step of a scale; text; boxes in a picture."""

    CHOICE = "choice"
    CHOICES = "choices"
    RATING = "rating"
    TEXT = "text"
    BOXES = "boxes"

    @property
    def categorical(self) -> bool:
        """Whether an Answer is one of a closed set of labels."""
        return self in (AnswerKind.CHOICE, AnswerKind.RATING)

    @property
    def fewest_labels(self) -> int:
        """How many labels a Project must give for it."""
        return {AnswerKind.TEXT: 0, AnswerKind.BOXES: 1, AnswerKind.CHOICES: 1}.get(self, 2)


class Box(BaseModel):
    """A box in pixels of the natural picture, from its top left corner."""

    model_config = ConfigDict(extra="forbid", strict=True)

    left: int = Field(ge=0)
    top: int = Field(ge=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    label: str


_BOXES = TypeAdapter(list[Box])
_LABELS = TypeAdapter(list[str])
_TEXT = TypeAdapter(Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)])


class BadAnswer(ValueError):
    """A field whose content is no Answer of its kind."""


def canonical(kind: AnswerKind, given: str, labels: Sequence[str]) -> str:
    """The one text by which equal Answers are equal: a label, a JSON list in the label set's order, text, or boxes.

    Args:
        given: the form field as it was submitted; several checked boxes are joined by `|`.
        labels: the Project's label set.

    Raises:
        BadAnswer: it is none of the labels, no list of boxes, or empty.
    """
    match kind:
        case AnswerKind.CHOICE | AnswerKind.RATING:
            return _known(given, labels)
        case AnswerKind.CHOICES:
            chosen = {_known(one, labels) for one in given.split(_BETWEEN) if one}
            return json.dumps([label for label in labels if label in chosen], ensure_ascii=False)
        case AnswerKind.TEXT:
            return _text(given)
        case AnswerKind.BOXES:
            return _boxes(given, labels)


def chosen_labels(answer: str) -> list[str]:
    """The labels in a canonical Answer of the kind `choices`."""
    return _LABELS.validate_json(answer)


def agrees(kind: AnswerKind, answer: str, accepted: Sequence[str]) -> bool:
    """Whether a canonical Answer is one of a gold Item's accepted ones; text is compared without case and spacing."""
    if kind is AnswerKind.TEXT:
        return folded(answer) in {folded(one) for one in accepted}
    return answer in accepted


def folded(text: str) -> str:
    """Text without what two careful writers may differ in: case, spacing and a final full stop."""
    return " ".join(text.casefold().split()).rstrip(".")


def answer_schema(kind: AnswerKind, labels: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of an exported Answer."""
    one_label = {"type": "string", "enum": list(labels)}
    match kind:
        case AnswerKind.CHOICE | AnswerKind.RATING:
            return one_label
        case AnswerKind.CHOICES:
            return {"type": "array", "items": one_label, "uniqueItems": True}
        case AnswerKind.TEXT:
            return _TEXT.json_schema()
        case AnswerKind.BOXES:
            schema = _BOXES.json_schema()
            schema["$defs"]["Box"]["properties"]["label"] |= {"enum": list(labels)}
            return schema


def _known(given: str, labels: Sequence[str]) -> str:
    if given not in labels:
        raise BadAnswer(f"{given[:100]!r} is none of the labels")
    return given


def _text(given: str) -> str:
    text = given.replace("\r\n", "\n").strip()
    try:
        return _TEXT.validate_python(text)
    except ValidationError as error:
        raise BadAnswer(f"the text has {len(text)} characters; 1 to {TEXT_LIMIT} are an answer") from error


def _boxes(given: str, labels: Sequence[str]) -> str:
    try:
        boxes = _BOXES.validate_json(given)
    except ValidationError as error:
        raise BadAnswer("no list of boxes") from error
    for box in boxes:
        _known(box.label, labels)
    return json.dumps([box.model_dump() for box in boxes], ensure_ascii=False)
