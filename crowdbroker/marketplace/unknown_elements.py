"""Crowd HTML elements that a page uses and this marketplace does not have."""

from __future__ import annotations

import re

from crowdbroker.marketplace.crowd_elements import KNOWN_ELEMENTS

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(r"<(crowd-[a-z0-9-]+)", re.IGNORECASE)


def unknown_elements(html: str) -> list[str]:
    """Return the names of crowd elements that would show nothing, sorted; those in comments do not count."""
    if not _ELEMENT.search(html):
        return []
    names = {name.lower() for name in _ELEMENT.findall(_COMMENT.sub("", html))}
    return sorted(names - KNOWN_ELEMENTS)
