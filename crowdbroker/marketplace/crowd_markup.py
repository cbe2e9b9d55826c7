"""Crowd HTML elements in a page's markup."""

from __future__ import annotations

import re

# Ends at the next `<` whatever the quotes do, so that no page can make the search long.
_SELF_CLOSING = re.compile(
    r"""<(crowd-[a-z-]++)([^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+)*+)(?<=/)>""", re.IGNORECASE
)


def closed(html: str) -> str:
    """Return a page with every crowd element that closes itself, `<crowd-input />`, closed by a tag of its own.

    Templates were written so; to HTML the solidus says nothing, and all that follows would be inside the element.
    """
    return _SELF_CLOSING.sub(lambda tag: f"<{tag[1]}{tag[2][:-1]}></{tag[1]}>", html)
