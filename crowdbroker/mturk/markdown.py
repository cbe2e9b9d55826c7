"""Instructions in Markdown become HTML that runs nothing: CommonMark with tables, then an allow list."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAGS = {
    *("p", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6", "hr", "br", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "img"),
}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}}
_ADDRESSES = {
    ("a", "href"): re.compile(r"(?:https?://|mailto:)", re.IGNORECASE),
    ("img", "src"): re.compile(r"https?://|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*\Z", re.IGNORECASE),
}
_ALIGNMENT = re.compile(r"text-align:(left|center|right)")


@lru_cache(maxsize=64)
def render_markdown(text: str) -> str:
    """The HTML of a Markdown text, to stand below a page's own headings: its first two levels become h3.

    HTML in the text shows as text. Links open in a window of their own and lead to http(s) or mailto only; images come
    from http(s), or stand in the text as PNG, JPEG, GIF or WebP.
    """
    import nh3
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        _adapt(token)
    return nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _adapt(token: Token) -> None:
    """Lower the headings, and state a column's side in an attribute, because styles are not allowed."""
    if token.tag in ("h1", "h2"):
        token.tag = "h3"
    side = _ALIGNMENT.fullmatch(str(token.attrs.pop("style", "")))
    if side:
        token.attrs["align"] = side[1]


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, or None where it leads somewhere that is not allowed."""
    allowed = _ADDRESSES.get((tag, attribute))
    return value if allowed is None or allowed.match(value) else None
