"""What a QuestionForm says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

Style = Literal["radiobutton", "checkbox", "list", "dropdown", "combobox", "multichooser"]


@dataclass(frozen=True)
class Heading:
    """A Title."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A Text; its line breaks count."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A List."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Media:
    """A Binary: a picture, a sound or a film at a web address."""

    kind: Literal["image", "audio", "video"]
    address: str
    alt: str


@dataclass(frozen=True)
class Formatted:
    """A FormattedContent: HTML that is already reduced to the XHTML subset."""

    html: str


Block: TypeAlias = Heading | Paragraph | Bullets | Media | Formatted
Content: TypeAlias = tuple[Block, ...]


@dataclass(frozen=True)
class Pattern:
    """A regular expression that an answer must contain, and what a worker is told when it does not.

    Attributes:
        flags: `i` to take capital and small letters alike.
        error_text: the requester's sentence, or empty.
    """

    regex: str
    flags: str
    error_text: str


@dataclass(frozen=True)
class FreeText:
    """A FreeTextAnswer.

    Attributes:
        lines: how tall the field is.
        default: what stands in the field at first.
        is_numeric: whether the answer is a number, from `least` to `most` where these are given.
        shortest, longest: in characters; None where there is no limit.
    """

    lines: int = 1
    default: str = ""
    is_numeric: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    shortest: int | None = None
    longest: int | None = None
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True)
class Option:
    """A Selection of a SelectionAnswer."""

    identifier: str
    block: Block


@dataclass(frozen=True)
class Selection:
    """A SelectionAnswer.

    Attributes:
        style: as the requester suggests it, or None.
        least, most: how many may be chosen, the worker's own (`other`) among them.
        other: the field for an answer of the worker's own, or None.
    """

    options: tuple[Option, ...]
    style: Style | None
    least: int
    most: int
    other: FreeText | None


@dataclass(frozen=True)
class Overview:
    """Content that stands between the questions."""

    content: Content


@dataclass(frozen=True)
class Question:
    """One question and what an answer may be."""

    identifier: str
    display_name: str
    is_required: bool
    content: Content
    specification: FreeText | Selection


@dataclass(frozen=True)
class QuestionForm:
    """A form: overviews and questions in the requester's order, at least one question."""

    parts: tuple[Overview | Question, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions alone; a field's number is a question's place here, from 1."""
        return tuple(part for part in self.parts if isinstance(part, Question))
