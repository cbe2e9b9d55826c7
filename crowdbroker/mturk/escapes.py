"""How a value is written so that a browser reads it back unchanged in each place of a page, and runs nothing of it.

What is written holds only characters that XML can carry, because the page travels inside an HTMLQuestion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

from crowdbroker.mturk.html_places import Place

BLOCKED_URL = "about:blank#blocked"

# With CR, which browsers and XML turn into LF, and with what XML cannot hold. U+0080 to U+009F stay as they are:
# browsers read their references as Windows-1252.
_UNSAFE_IN_HTML = re.compile("[&<>\"'`\x01-\x08\x0b-\x1f\ufffe\uffff]")
_UNSAFE_IN_SCRIPT = re.compile("[^A-Za-z0-9_., \x80-\U0010ffff-]|[\x80-\x9f\u2028\u2029\ufffe\uffff]")
_UNSAFE_IN_STYLE = re.compile("[^A-Za-z0-9_.\x80-\U0010ffff-]|[\x80-\x9f\ufffe\uffff]")
_UNSAFE_IN_COMMENT = re.compile("[<>\x01-\x08\x0b-\x1f\ufffe\uffff]|--+")
_NEVER_TEXT = re.compile("[\0\ud800-\udfff]")
_IGNORED_IN_URL = re.compile(r"[\t\n\r]")
_LEADING_IN_URL = "".join(map(chr, range(0x21)))
_IMAGES = frozenset({"img", "source", "input", "image", "video"})


def for_html(value: str) -> str:
    """The value as text or inside a quoted attribute value."""
    return _UNSAFE_IN_HTML.sub(lambda found: f"&#{ord(found[0])};", value)


def for_script(value: str) -> str:
    r"""The value inside a JavaScript or JSON string in any quotes; everything doubtful becomes `\uXXXX`."""
    return _UNSAFE_IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", value)


def for_style(value: str) -> str:
    """The value inside a CSS string or identifier (CSS Syntax, escaped code points)."""
    return _UNSAFE_IN_STYLE.sub(lambda found: f"\\{ord(found[0]):x} ", value)


def for_comment(value: str) -> str:
    """The value inside a comment, without what could end it, between spaces so that its neighbours cannot either."""
    return f" {_UNSAFE_IN_COMMENT.sub('', _UNSAFE_IN_COMMENT.sub('', value))} "


_ESCAPES: Mapping[Place, Callable[[str], str]] = {
    Place.TEXT: for_html,
    Place.VALUE: for_html,
    Place.URL: for_html,
    Place.HANDLER: lambda value: for_html(for_script(value)),
    Place.STYLE_VALUE: lambda value: for_html(for_style(value)),
    Place.SCRIPT: for_script,
    Place.STYLE: for_style,
    Place.COMMENT: for_comment,
}


def escape(value: str, place: Place) -> str:
    """The value as that place needs it; what no page can hold (NUL, lone surrogates) becomes U+FFFD."""
    return _ESCAPES[place](_NEVER_TEXT.sub("\ufffd", value))


def scheme_of(written: str) -> str:
    """The scheme of an attribute's value as a browser sees it, in lower case, or an empty string."""
    scheme, colon, _ = _address(written).partition(":")
    return scheme if colon else ""


def runs(written: str, element: str) -> bool:
    """Whether following or loading an address runs what it says: `javascript:`, `vbscript:` or a document in `data:`.

    Args:
        written: the value as it stands between the quotes.
        element: images may be SVG documents, because an image runs no script.
    """
    scheme = scheme_of(written)
    media = _address(written).partition(":")[2].partition(",")[0]
    document = "html" in media or ("xml" in media and element not in _IMAGES)
    return scheme in ("javascript", "vbscript") or (scheme == "data" and document)


def _address(written: str) -> str:
    return _IGNORED_IN_URL.sub("", unescape(written).lstrip(_LEADING_IN_URL)).lower()
