"""Whether the HTML of an HTMLQuestion is well-formed, as the API asks for.

Amazon's service parsed it as HTML5 and refused it with the place of every mistake (API reference, HTMLQuestion). What
only old rules call a mistake, and what templates that worked for years do, passes: see `TOLERATED`.

A parse costs more than all the rest of CreateHIT. The HITs of a batch differ in their data and seldom in their markup,
so markup that was found well-formed is remembered by its skeleton and not parsed again.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import html5rdf  # type: ignore[import-untyped]
from html5rdf.constants import E as SENTENCES  # type: ignore[import-untyped]
from html5rdf.treebuilders import getTreeBuilder  # type: ignore[import-untyped]

from crowdbroker.marketplace.crowd_markup import closed
from crowdbroker.marketplace.faults import BadValue

MOST_TOLD = 10
# Browsers stop nesting at 512 elements; a parser that does not would take many seconds for a page of nothing else.
DEEPEST = 500
MOST_ERRORS = 500
MOST_REMEMBERED = 10_000

# Endings of a kind of mistake's name, with what makes it harmless.
TOLERATED = (
    "doctype",  # the frame is shown in standards mode or not, as its author tested it
    "expected-doctype-but-got-start-tag",
    "expected-doctype-but-got-end-tag",
    "expected-doctype-but-got-chars",
    "expected-doctype-but-got-eof",
    "non-void-element-with-trailing-solidus",
    # An ampersand of an address or a text that nobody escaped.
    "named-entity-without-semicolon",
    "expected-named-entity",
    # A script or style between head and body, or behind the body.
    "unexpected-start-tag-out-of-my-head",
    "unexpected-start-tag-after-body",
    "expected-eof-but-got-start-tag",
    "unexpected-hidden-input-in-table",
    # No mistakes any more in today's HTML.
    "unexpected-char-in-comment",
    "unexpected-space-after-double-dash-in-comment",
    "unexpected-dash-after-double-dash-in-comment",
    "unexpected-start-tag-in-select",
    "unexpected-end-tag-in-select",
    "invalid-codepoint",
)

# What cannot change how markup is parsed: a text between two tags without a character that could start or end
# anything, and the value of an attribute that only holds data. Escaped signs are such a text too.
_INERT = r"""(?:[^<>&"'`=\x00]|&(?:amp|lt|gt|quot|#34|#39|#x27);)"""
_TEXT = re.compile(rf">(?:\s*+(?!<)){_INERT}++<")
_VALUE = re.compile(r""" (src|href|value|alt|title|content|placeholder)="[^"'<>&`=\x00]*+\"""")


class _GivenUp(Exception):
    """The parser has seen enough."""


class _Tree(getTreeBuilder("etree")):  # type: ignore[misc]
    """A tree that stops growing where browsers stop."""

    def insertElementNormal(self, token: Any) -> Any:  # noqa: N802 - the parser's own name
        if len(self.openElements) > DEEPEST:
            raise _GivenUp
        return super().insertElementNormal(token)


class _Parser(html5rdf.HTMLParser):  # type: ignore[misc]
    """A parser that gives up on a page of nothing but mistakes."""

    def parseError(self, errorcode: str = "", datavars: dict[str, Any] | None = None) -> None:  # noqa: N802
        super().parseError(errorcode, datavars)
        if len(self.errors) > MOST_ERRORS:
            raise _GivenUp


_well_formed: set[bytes] = set()


def refuse_malformed(html: str) -> None:
    """Return when HTML is well-formed enough.

    Raises:
        BadValue: with line and column of the first mistakes.
    """
    digest = hashlib.blake2b(skeleton(html).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest in _well_formed:
        return
    found = mistakes(html)
    if found:
        told = " ".join(f"<! {each} !>" for each in found[:MOST_TOLD])
        more = f" And {len(found) - MOST_TOLD} more." if len(found) > MOST_TOLD else ""
        raise BadValue(
            "There was an error parsing the HTML5 data in your request. Please make sure the data is well-formed and "
            f"validates as HTML5. Details: Errors: {told}{more}"
        )
    if len(_well_formed) >= MOST_REMEMBERED:
        _well_formed.clear()
    _well_formed.add(digest)


def mistakes(html: str) -> list[str]:
    """Return what is not well-formed, each as `[line,column] sentence`; nothing when all is well."""
    parser = _Parser(_Tree)
    try:
        parser.parse(closed(html))
    except _GivenUp:
        if len(parser.errors) <= MOST_ERRORS:
            return [f"[1,1] Elements are nested deeper than {DEEPEST}."]
    return [
        f"[{line},{column}] {_sentence(code, data)}"
        for (line, column), code, data in parser.errors
        if not code.endswith(TOLERATED)
    ]


def _sentence(code: str, data: dict[str, Any]) -> str:
    # The parser has a few kinds of mistakes that its own table of sentences forgot.
    return str(SENTENCES[code] % data) if code in SENTENCES else f"{code.replace('-', ' ').capitalize()}."


def skeleton(html: str) -> str:
    """Return markup without the data in it; two pages with one skeleton are both well-formed or both not."""
    return _VALUE.sub(r' \1=""', _TEXT.sub(">x<", html))
