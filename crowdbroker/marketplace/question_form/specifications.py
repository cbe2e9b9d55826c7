"""What an answer may be: the FreeTextAnswer and the SelectionAnswer of a question."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.question_form.content import read_block
from crowdbroker.marketplace.question_form.model import FreeText, Option, Pattern, Selection, Style
from crowdbroker.marketplace.question_form.numbers import decimal_from
from crowdbroker.marketplace.question_form.patterns import mistake_in
from crowdbroker.marketplace.question_form.positions import Place

TALLEST = 50
LARGEST_COUNT = 1_000_000
_SEVERAL = frozenset({"checkbox", "multichooser"})


def free_text(place: Place) -> FreeText:
    """Return what a FreeTextAnswer, or the OtherSelection of a SelectionAnswer, allows. Raises Fault."""
    found = place.only("Constraints", "DefaultText", "NumberOfLinesSuggestion")
    lines = _count(found["NumberOfLinesSuggestion"]) if "NumberOfLinesSuggestion" in found else 1
    default = found["DefaultText"].text if "DefaultText" in found else ""
    allowed = FreeText(lines=min(max(lines, 1), TALLEST), default=default)
    return _constrained(allowed, found["Constraints"]) if "Constraints" in found else allowed


def selection(place: Place) -> Selection:
    """Return what a SelectionAnswer allows. Raises Fault."""
    found = place.only("MinSelectionCount", "MaxSelectionCount", "StyleSuggestion", "Selections")
    options, other = _selections(place.needed(found, "Selections"))
    style = _style(found["StyleSuggestion"]) if "StyleSuggestion" in found else None
    choices = len(options) + (other is not None)
    # Whoever asks for boxes to tick and gives no number means any number.
    most = _count(found["MaxSelectionCount"]) if "MaxSelectionCount" in found else choices if style in _SEVERAL else 1
    least = _count(found["MinSelectionCount"]) if "MinSelectionCount" in found else 1
    if most < 1 or least > min(most, choices):
        raise place.fault("MinSelectionCount and MaxSelectionCount leave no answer that could be given")
    return Selection(options, style, least, min(most, choices), other)


def _selections(place: Place) -> tuple[tuple[Option, ...], FreeText | None]:
    options: list[Option] = []
    other: FreeText | None = None
    for child in place.children():
        if child.name == "OtherSelection" and other is None:
            other = free_text(child)
        elif child.name == "Selection":
            options.append(_option(child))
        else:
            raise child.fault("Selections holds Selection elements and at most one OtherSelection")
    if not options:
        raise place.fault("Selections has no Selection")
    return tuple(options), other


def _option(place: Place) -> Option:
    children = list(place.children())
    if [child.name for child in children][:1] != ["SelectionIdentifier"] or len(children) != 2 or not children[0].text:
        raise place.fault("Selection holds a SelectionIdentifier and one Text, FormattedContent or Binary")
    if children[1].name not in {"Text", "FormattedContent", "Binary"}:
        raise children[1].fault(f"{children[1].name} cannot stand in Selection")
    return Option(children[0].text, read_block(children[1]))


def _style(place: Place) -> Style:
    for style in get_args(Style):
        if place.text == style:
            return style  # type: ignore[no-any-return]
    raise place.fault(f"StyleSuggestion is one of {', '.join(get_args(Style))}")


def _constrained(allowed: FreeText, place: Place) -> FreeText:
    is_numeric, patterns = False, []
    least: Decimal | None = None
    most: Decimal | None = None
    shortest: int | None = None
    longest: int | None = None
    for child in place.children():
        match child.name:
            case "IsNumeric":
                is_numeric, least, most = True, _decimal(child, "minValue"), _decimal(child, "maxValue")
            case "Length":
                shortest, longest = _length(child, "minLength"), _length(child, "maxLength")
            case "AnswerFormatRegex":
                patterns.append(_pattern(child))
            case _:
                raise child.fault(f"{child.name} is no constraint; IsNumeric, Length and AnswerFormatRegex are")
    if _crossed(least, most) or _crossed(shortest, longest):
        raise place.fault("a least value is above the greatest")
    return FreeText(allowed.lines, allowed.default, is_numeric, least, most, shortest, longest, tuple(patterns))


def _crossed(low: Decimal | int | None, high: Decimal | int | None) -> bool:
    return low is not None and high is not None and low > high


def _decimal(place: Place, name: str) -> Decimal | None:
    text = place.element.get(name)
    value = None if text is None else decimal_from(text)
    if text is not None and value is None:
        raise place.fault(f"{name} is not a number")
    return value


def _length(place: Place, name: str) -> int | None:
    text = place.element.get(name)
    return None if text is None else _whole(text, place, name)


def _count(place: Place) -> int:
    return _whole(place.text, place, place.name)


def _whole(text: str, place: Place, name: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and int(digits) <= LARGEST_COUNT):
        raise place.fault(f"{name} is a whole number from 0 to {LARGEST_COUNT}")
    return int(digits)


def _pattern(place: Place) -> Pattern:
    regex = place.element.get("regex")
    if regex is None:
        raise place.fault("AnswerFormatRegex has no regex")
    pattern = Pattern(regex, place.element.get("flags", ""), place.element.get("errorText", ""))
    mistake = mistake_in(pattern)
    if mistake:
        raise Fault("XMLParseError", f"Line {place.line}: the regex of AnswerFormatRegex cannot be used: {mistake}.")
    return pattern
