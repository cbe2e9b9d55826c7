"""FormattedContent: the subset of XHTML that a form may hold (API reference, Formatted Content: XHTML)."""

from __future__ import annotations

import re
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError

import nh3
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crowdbroker.marketplace.faults import Fault

_ALIGNED = {"align", "valign", "bgcolor", "width", "height"}
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "acronym": {"title"},
    "bdo": {"dir"},
    "blockquote": {"cite"},
    "col": {"span", "width", "align"},
    "colgroup": {"span", "width", "align"},
    "font": {"color", "size", "face"},
    "hr": {"width", "size"},
    "img": {"src", "alt", "width", "height", "border"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
    "q": {"cite"},
    "table": _ALIGNED | {"border", "cellpadding", "cellspacing", "summary"},
    "td": _ALIGNED | {"colspan", "rowspan", "nowrap"},
    "th": _ALIGNED | {"colspan", "rowspan", "nowrap", "scope"},
    "tr": _ALIGNED,
    "ul": {"type"},
}
_PLAIN = (
    "address b big br caption center cite code dd del dfn dl dt em h1 h2 h3 h4 h5 h6 i ins kbd li pre s samp small "
    "span strike strong sub sup tbody tfoot thead tt u var"
)
ELEMENTS = frozenset(_PLAIN.split()) | ATTRIBUTES.keys()

# XML knows five names for characters; XHTML has HTML's, such as &nbsp;.
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_KEPT = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_TAGS = set(ELEMENTS)


def clean(xhtml: str, line: int) -> str:
    """Return formatted content as HTML that holds nothing but the subset; links open in a tab of their own.

    Args:
        xhtml: the content as the requester wrote it.
        line: where it stands, for the refusal.

    Raises:
        Fault: XHTMLParseError; it is not well-formed, or has an element that the subset does not have.
    """
    try:
        root = fromstring(f"<div>{_NAMED.sub(_as_character, xhtml)}</div>", forbid_dtd=True)
    except ParseError as error:
        raise _fault(line, f"it is not well-formed: {error}") from None
    except (DefusedXmlException, ValueError):
        raise _fault(line, "it must not have entities of its own") from None
    _refuse_foreign(root, line)
    # What is checked above is XML and what a browser reads is HTML; so the HTML is what gets cleaned, whatever it says.
    return nh3.clean(
        xhtml,
        tags=_TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _refuse_foreign(root: Element, line: int) -> None:
    for element in root.iter():
        name = element.tag if isinstance(element.tag, str) else "?"
        if name not in ELEMENTS:
            raise _fault(line, f"the element {name[:40]!r} is not in the XHTML subset")


def _as_character(found: re.Match[str]) -> str:
    name = found[1]
    return found[0] if name in _KEPT or name not in html5 else "".join(f"&#{ord(each)};" for each in html5[name])


def _fault(line: int, sentence: str) -> Fault:
    return Fault("XHTMLParseError", f"Line {line}: FormattedContent cannot be shown: {sentence}.")
