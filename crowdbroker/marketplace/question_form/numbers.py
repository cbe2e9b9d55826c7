"""Numbers as workers and requesters write them."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30}))\s*")


def decimal_from(text: str) -> Decimal | None:
    """Return a number written with digits and at most one point, or None."""
    found = _NUMBER.fullmatch(text)
    return None if found is None else Decimal(found[1])
