"""Where a piece of HTML source stands as a browser reads it: text, an attribute's value, a script, a comment.

A small tokenizer after the HTML standard (chapter 13.2.5, Tokenization). Its regions cover the whole source without a
gap, so that joining them gives the source back.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import NoReturn

from crowdbroker.errors import InputError

MASK = "\ufdd0"
"""Stands for each character of a placeholder. It is a noncharacter, neither a space nor a delimiter of HTML."""

URL_ATTRIBUTES = frozenset({"href", "src", "action", "formaction", "data", "poster", "xlink:href"})
EATS_NEWLINE = frozenset({"textarea", "pre", "listing"})
"""A browser drops a line feed that comes right after the start tag of these."""

_FOREIGN = frozenset({"svg", "math"})
_SPACE = "\t\n\f\r "
_MARKUP = re.compile(rf"<(?:!--|[!?]|/?[a-zA-Z{MASK}]|/(?!\Z))")
_TAG_NAME = re.compile(rf"</?([^{_SPACE}/>]+)")
_ATTRIBUTE = re.compile(
    rf"""[{_SPACE}/]*+(?P<name>[^{_SPACE}/>][^{_SPACE}/>=]*+)
    (?:[{_SPACE}]*+=[{_SPACE}]*+(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<open>["'])|(?P<bare>[^{_SPACE}>]++)?))?""",
    re.VERBOSE,
)
_TAG_END = re.compile(rf"[{_SPACE}/]*>")
_COMMENT_END = re.compile(r"--!?>")
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_SCRIPT_STEP = re.compile(rf"<!--|-->|</?script(?=[{_SPACE}/>])", re.IGNORECASE)


class Place(Enum):
    """What a browser makes of a region. A value can be made safe in every place but MARKUP and OPAQUE."""

    TEXT = auto()
    VALUE = auto()
    URL = auto()
    HANDLER = auto()
    STYLE_VALUE = auto()
    SCRIPT = auto()
    STYLE = auto()
    COMMENT = auto()
    MARKUP = auto()  # names of tags and attributes, declarations, and all between them
    OPAQUE = auto()  # whole documents (srcdoc), where scripts come from, and content without entities


_CONTENT = {"script": Place.SCRIPT, "style": Place.STYLE, "textarea": Place.TEXT, "title": Place.TEXT} | dict.fromkeys(
    ("xmp", "iframe", "noembed", "noframes", "plaintext"), Place.OPAQUE
)
"""Elements whose content holds no tags."""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of source in one place.

    Attributes:
        start, end: offsets in the source; an attribute's value is without its quotes.
        element: the element that the region belongs to, or that text directly follows, in lower case.
        quoted: False for an attribute's value without quotes.
    """

    start: int
    end: int
    place: Place
    element: str = ""
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag with its attributes; of one name's attributes the first counts, as in a browser."""

    name: str
    start: int
    end: int
    closing: bool
    attributes: dict[str, Region]


@dataclass(frozen=True)
class Scanned:
    """The regions and tags of one source, in order; `doctype_end` is 0 without a document type."""

    regions: list[Region]
    tags: list[Tag]
    doctype_end: int


def line_of(html: str, at: int) -> int:
    """The 1-based line of an offset."""
    return html.count("\n", 0, at) + 1


def scan(name: str, html: str) -> Scanned:
    """The regions and tags of a source whose placeholders are masked.

    Raises:
        InputError: a tag, comment or element is never closed, so that a browser would swallow the rest of the page; or
            an element such as `<title>` has tags inside `<svg>`, where it is no longer a stretch of plain text.
    """
    scanner = _Scanner(name, html)
    scanner.run()
    edges = {scanner.doctype_end, *(edge for tag in scanner.tags for edge in (tag.start, tag.end))}
    regions = list(_without_gaps(sorted(scanner.regions, key=lambda region: region.start), sorted(edges), len(html)))
    return Scanned(regions, scanner.tags, scanner.doctype_end)


def _without_gaps(regions: list[Region], edges: list[int], length: int) -> Iterator[Region]:
    """Yield the regions, and between them markup that is cut at the edges of tags."""
    at = 0
    for region in [*regions, Region(length, length, Place.MARKUP)]:
        cuts = (at, *edges[bisect_right(edges, at) : bisect_left(edges, region.start)], region.start)
        yield from (Region(start, end, Place.MARKUP) for start, end in pairwise(cuts) if start < end)
        yield region
        at = region.end


class _Scanner:
    def __init__(self, name: str, html: str) -> None:
        self._name = name
        self._html = html
        self._foreign = 0  # how many <svg> and <math> are open
        self._last_tag = ""
        self.regions: list[Region] = []
        self.tags: list[Tag] = []
        self.doctype_end = 0

    def run(self) -> None:
        at = 0
        while at < len(self._html):
            found = _MARKUP.search(self._html, at)
            start = found.start() if found else len(self._html)
            self._add(at, start, Place.TEXT, self._last_tag)
            if found is None:
                return
            at = self._markup(start, found[0])

    def _has_begun(self) -> bool:
        """Whether anything came that makes a browser begin the page, after which a document type counts no more."""
        shown = (self._html[region.start : region.end] for region in self.regions if region.place is not Place.COMMENT)
        return bool(self.tags or self.doctype_end) or any(text.strip(_SPACE) for text in shown)

    def _add(self, start: int, end: int, place: Place, element: str = "", *, quoted: bool = True) -> Region:
        region = Region(start, end, place, element, quoted)
        if start < end:
            self.regions.append(region)
        return region

    def _markup(self, start: int, opening: str) -> int:
        """Take what begins with `<` and return where it ends."""
        self._last_tag = ""
        if opening == "<!--":
            return self._comment(start)
        if opening in ("<!", "<?", "</"):
            end = self._html.find(">", start) + 1 or self._unclosed(start, "a declaration")
            if self._html[start:end].lower().startswith("<!doctype") and not self._has_begun():
                self.doctype_end = end
            return end
        tag = self._tag(start)
        self.tags.append(tag)
        if tag.closing:
            self._foreign -= self._foreign > 0 and tag.name in _FOREIGN
            return tag.end
        return self._content(tag)

    def _comment(self, start: int) -> int:
        inside = start + len("<!--")
        abrupt = re.compile("-?>").match(self._html, inside)
        end = abrupt or _COMMENT_END.search(self._html, inside)
        if end is None:
            self._unclosed(start, "a comment")
        self._add(inside, end.start(), Place.COMMENT)
        return end.end()

    def _tag(self, start: int) -> Tag:
        opening = _TAG_NAME.match(self._html, start)
        assert opening
        name = opening[1].lower()
        attributes: dict[str, Region] = {}
        at = opening.end()
        while found := _ATTRIBUTE.match(self._html, at):
            if found["open"]:
                self._unclosed(start, f"<{name}> with an open quote")
            attribute = found["name"].lower()
            attributes.setdefault(attribute, self._value(found, name, attribute))
            at = found.end()
        end = _TAG_END.match(self._html, at)
        if end is None:
            self._unclosed(start, f"<{name}>")
        return Tag(name, start, end.end(), self._html.startswith("</", start), attributes)

    def _value(self, found: re.Match[str], element: str, attribute: str) -> Region:
        kind = next((kind for kind in ("double", "single", "bare") if found[kind] is not None), None)
        if kind is None:
            return Region(found.end(), found.end(), Place.VALUE, element)
        place = _place_of_value(element, attribute)
        return self._add(*found.span(kind), place, element, quoted=kind != "bare")

    def _content(self, tag: Tag) -> int:
        """Take the content of an element that holds no tags, and return where its end tag begins."""
        place, closes_itself = _CONTENT.get(tag.name), self._html.endswith("/>", tag.start, tag.end)
        self._last_tag = tag.name
        if tag.name in _FOREIGN and not closes_itself:
            self._foreign += 1
        if place is None:
            return tag.end
        end = tag.end if closes_itself and self._foreign else self._end_of_content(tag)
        if self._foreign and (closes_itself or "<" in _CDATA.sub("", self._html[tag.end : end])):
            problem = (
                f"<{tag.name}> inside <svg> or <math> holds tags or closes itself: browsers differ on what follows"
            )
            raise self._refused(tag.start, problem, f"Write <{tag.name}>plain text</{tag.name}>.")
        self._add(tag.end, end, place, tag.name)
        return end

    def _end_of_content(self, tag: Tag) -> int:
        if tag.name == "plaintext":
            return len(self._html)
        if tag.name != "script":
            found = re.compile(rf"</{tag.name}(?=[{_SPACE}/>])", re.IGNORECASE).search(self._html, tag.end)
            return found.start() if found else self._unclosed(tag.start, f"<{tag.name}>")
        # Inside `<!--` a script may hold a whole `<script>…</script>` (HTML standard, script data double escaped).
        hidden = nested = False
        at = tag.end
        while found := _SCRIPT_STEP.search(self._html, at):
            step, at = found[0].lower(), found.end()
            if step == "<!--":
                hidden, at = True, found.start() + len("<!")  # its dashes may be those of `-->`
            elif step == "-->":
                hidden = nested = False
            elif step == "<script":
                nested = hidden
            elif nested:
                nested = False
            else:
                return found.start()
        return self._unclosed(tag.start, "<script>")

    def _unclosed(self, at: int, what: str) -> NoReturn:
        raise self._refused(at, f"{what} is never closed", "Close it: a browser would swallow the rest of the page.")

    def _refused(self, at: int, message: str, remedy: str) -> InputError:
        return InputError(message, file=self._name, row=line_of(self._html, at), remedy=remedy)


def _place_of_value(element: str, attribute: str) -> Place:
    decides_scripts = element in ("script", "base") and attribute in URL_ATTRIBUTES
    if attribute == "srcdoc" or decides_scripts or MASK in element + attribute:
        return Place.OPAQUE
    if attribute.startswith("on"):
        return Place.HANDLER
    if attribute == "style":
        return Place.STYLE_VALUE
    return Place.URL if attribute in URL_ATTRIBUTES else Place.VALUE
