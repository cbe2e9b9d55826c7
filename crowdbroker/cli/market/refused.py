"""What the marketplace refuses an operator, told as a mistake in the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crowdbroker.errors import InputError


@contextmanager
def refusals_told(field: str) -> Iterator[None]:
    """Turn the marketplace's refusals into an InputError about an argument or option.

    Raises:
        InputError: the marketplace refused; nothing was changed.
    """
    from crowdbroker.marketplace.payouts import PayoutRefused
    from crowdbroker.marketplace.requesters import RequesterRefused
    from crowdbroker.marketplace.sealing import SealUnusable

    try:
        yield
    except (PayoutRefused, RequesterRefused) as refusal:
        raise InputError(str(refusal), field=field, remedy="Nothing was changed.") from refusal
    except SealUnusable as refusal:
        raise InputError(str(refusal), remedy="Set CROWDBROKER_MARKETPLACE_KEY. Nothing was changed.") from refusal
