"""The pieces of a `${column}` template: text that stays, and slots that a value fills as their place needs it.

A slot is refused where no escaping can keep its value from becoming markup or code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from crowdbroker.errors import InputError
from crowdbroker.mturk.escapes import BLOCKED_URL, escape, runs, scheme_of
from crowdbroker.mturk.html_places import EATS_NEWLINE, MASK, Place, Region, line_of

_NAME_START, _NAME = r"A-Za-z0-9_.\x80-\U0010ffff-", r"A-Za-z0-9_ .\x80-\U0010ffff-"
_PLACEHOLDER = re.compile(
    rf"""(?P<kept>\$?)\$\{{(?:(?P<raw>raw:)?\ *(?P<name>[{_NAME_START}][{_NAME}]*)|[^{{}}<>"'\n]*)\}}""", re.VERBOSE
)
_KEEPS_EXPRESSIONS = frozenset(
    {Place.SCRIPT, Place.STYLE, Place.HANDLER, Place.STYLE_VALUE, Place.COMMENT, Place.OPAQUE}
)
_HAS_BACKSLASHES = _KEEPS_EXPRESSIONS - {Place.COMMENT, Place.OPAQUE}
_HAS_ENTITIES = frozenset(Place) - {Place.SCRIPT, Place.STYLE, Place.COMMENT, Place.MARKUP, Place.OPAQUE}
_OPEN_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]*\Z)")
_OPEN_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
# Before a value, these could become a tag of which the tokenizer knew nothing.
_OPEN_TAG = {
    Place.TEXT: re.compile(r"<[/!?]?[A-Za-z-]*\Z"),
    Place.SCRIPT: re.compile(r"</[A-Za-z]*\Z|<!--.*<[A-Za-z]*\Z", re.DOTALL),
    Place.STYLE: re.compile(r"</[A-Za-z]*\Z"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder: its name, whether its value is inserted as it is, and its 1-based line in the template."""

    name: str
    raw: bool
    line: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A region of the page: literal parts as they are written, and slots.

    Attributes:
        quote: what is put around an attribute's value that has no quotes of its own.
    """

    place: Place
    element: str
    quote: str
    parts: tuple[str | Slot, ...]

    def filled(self, value: Callable[[Slot], str]) -> str:
        """The piece with its values; an address that only its values make run a script is blocked."""
        trusted = "".join(part if isinstance(part, str) else value(part) * part.raw for part in self.parts)
        inside = "".join(part if isinstance(part, str) else self._escaped(part, value(part)) for part in self.parts)
        if self.place is Place.URL and runs(inside, self.element) and not runs(trusted, self.element):
            inside = BLOCKED_URL
        return f"{self.quote}{inside}{self.quote}"

    def _escaped(self, slot: Slot, value: str) -> str:
        return value if slot.raw else escape(value, self.place)


def mask(source: str) -> str:
    """The source with every placeholder made opaque to the tokenizer, at its length."""
    return _PLACEHOLDER.sub(lambda found: MASK * len(found[0]), source)


def read_piece(template: str, source: str, region: Region) -> Piece:
    """The piece of a region; nothing but one literal part where it has no placeholders.

    Args:
        template: the file's name, for errors.

    Raises:
        InputError: a placeholder in it names nothing, or stands where its value could become markup or code.
    """
    place = _place_of(source, region)
    parts = list(_parts(template, source, region, place))
    if place is Place.TEXT and region.element in EATS_NEWLINE and parts and isinstance(parts[0], Slot):
        parts.insert(0, "\n")  # the browser drops this one instead of the value's first
    quote = "" if region.quoted or all(isinstance(part, str) for part in parts) else '"'
    if quote:
        parts = [part.replace('"', "&quot;") if isinstance(part, str) else part for part in parts]
    return Piece(place, region.element, quote, tuple(parts))


def _place_of(source: str, region: Region) -> Place:
    if region.place is not Place.URL:
        return region.place
    found = _PLACEHOLDER.search(source, region.start, region.end)
    own = source[region.start : found.start() if found else region.end]
    if scheme_of(own) == "javascript":
        return Place.HANDLER  # the template's own script; its escapes hold no % that an address would decode
    return Place.OPAQUE if runs(own, region.element) else Place.URL


def _parts(template: str, source: str, region: Region, place: Place) -> Iterator[str | Slot]:
    at = region.start
    for found in _PLACEHOLDER.finditer(source, region.start, region.end):
        literal, at = source[at : found.start()], found.end()
        slot = _slot(template, source, found, place)
        if isinstance(slot, Slot) and not slot.raw:
            _refuse_unsafe(template, source[region.start : found.start()], found[0], slot, place)
            literal = _OPEN_ENTITY.sub("&amp;", literal) if place in _HAS_ENTITIES else literal
        yield from (part for part in (literal, slot) if part)
    if at < region.end:
        yield source[at : region.end]


def _slot(template: str, source: str, found: re.Match[str], place: Place) -> Slot | str:
    """The slot of a placeholder, or the text that stays where it is none."""
    line = line_of(source, found.start())
    if found["name"] is None and place in _KEEPS_EXPRESSIONS:
        return found[0]
    if found["kept"]:
        return found[0].removeprefix("$")
    if found["name"] is None:
        raise InputError(
            f"{found[0]} cannot be a column's name: such names have letters, digits, spaces, _, - and . only",
            file=template,
            row=line,
            remedy=f"Map a plain name to it in [template.columns], or write ${found[0]} to show the text itself.",
        )
    return Slot(found["name"].strip(), found["raw"] is not None, line)


def _refuse_unsafe(template: str, before: str, written: str, slot: Slot, place: Place) -> None:
    """Refuse a slot that escaping cannot protect.

    Args:
        before: what stands in the region before it.
    """
    open_tag = _OPEN_TAG.get(place)
    if place in (Place.MARKUP, Place.OPAQUE):
        problem = "where any value would be read as markup or code"
        remedy = "Move it into text or into a quoted attribute"
    elif open_tag and open_tag.search(before):
        problem = 'right after a "<", with which a value could begin or end a tag'
        remedy = "Put a space between them, or write &lt; in text"
    elif place in _HAS_BACKSLASHES and _OPEN_BACKSLASH.search(unescape(before) if place in _HAS_ENTITIES else before):
        problem = "after a backslash, which would swallow what follows"
        remedy = f"Take the backslash away, or write $${{{slot.name}}} if it is no column"
    else:
        return
    raise InputError(
        f"{written} stands {problem}",
        file=template,
        row=slot.line,
        field=slot.name,
        remedy=f"{remedy}; or write ${{raw:{slot.name}}} if you trust every cell of this column.",
    )
