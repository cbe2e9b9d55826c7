"""Pages of a list: an opaque token says after which row the next page begins.

A page starts behind the key of the last row shown, so rows that come or go between two calls neither repeat others nor
hide them. A full page always carries a token, as MTurk's did; the page after the last one may be empty, unless the
fidelity switch `last_page_token` is off.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.shapes import Paged

DEFAULT_SIZE = 10
Key = tuple[int | str, ...]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page:
    """One page that was asked for.

    Attributes:
        scope: the list and its filters; a token of another list is refused.
        size: the most rows it may have.
        after: the key of the last row of the page before, None for the first page.
    """

    scope: str
    size: int
    after: Key | None

    def output(self, rows: Sequence[Row], key: Callable[[Row], Key]) -> dict[str, Any]:
        """Return NumResults and, for a full page, NextToken."""
        shown: dict[str, Any] = {"NumResults": len(rows)}
        if len(rows) == self.size:
            shown["NextToken"] = _encode(self.scope, key(rows[-1]))
        return shown


def without_empty_page(output: dict[str, Any], following: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return a page without its NextToken when nothing comes after it.

    Args:
        following: returns the page of one entry that a token leads to.
    """
    token = output.get("NextToken")
    if token is None or "NumResults" not in output or following(token)["NumResults"]:
        return output
    return {name: value for name, value in output.items() if name != "NextToken"}


def page(asked: Paged, kinds: tuple[type, ...], *filters: object) -> Page:
    """Return the page that a list operation asks for.

    Args:
        asked: its input.
        kinds: the types of the list's key, such as `(int,)`.
        filters: everything else that decides which rows the list has.

    Raises:
        Fault: InvalidParameterValue, when the token is not from this list.
    """
    scope = hashlib.sha256(repr((type(asked).__name__, filters)).encode()).hexdigest()[:12]
    after = None if asked.NextToken is None else _decode(asked.NextToken, scope, kinds)
    return Page(scope, asked.MaxResults or DEFAULT_SIZE, after)


def _encode(scope: str, key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([scope, *key]).encode()).decode()


def _decode(token: str, scope: str, kinds: tuple[type, ...]) -> Key:
    try:
        known, *key = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, RecursionError):
        raise _bad_token() from None
    if known != scope or [type(part) for part in key] != list(kinds):
        raise _bad_token()
    if any(isinstance(part, int) and abs(part) >= 2**62 for part in key):
        raise _bad_token()
    # Every key that is a text is an id; what is none may be a text that a database cannot compare with.
    if any(isinstance(part, str) and not (part.isascii() and part.isprintable()) for part in key):
        raise _bad_token()
    return tuple(key)


def _bad_token() -> Fault:
    return Fault("InvalidParameterValue", "The NextToken is not one that this list has given.")
