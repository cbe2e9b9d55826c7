"""An amount of money on the command line."""

from __future__ import annotations

from crowdbroker.errors import InputError

_MOST_CENTS = 1_000_000_00
"""Nobody means more at once; it is a slip of the finger."""


def cents_of(amount: str, *, example: str, field: str = "AMOUNT") -> int:
    """The cents of an argument or option such as `1.50`.

    Raises:
        InputError: it is no such amount, nothing at all, or more than a million dollars.
    """
    from crowdbroker.domain.money import dollars, from_wire

    remedy = f"Write it like {example}."
    try:
        cents = from_wire(amount)
    except ValueError as error:
        raise InputError(str(error), field=field, remedy=remedy) from error
    if not cents:
        raise InputError("this is no money", field=field, remedy=remedy)
    if cents > _MOST_CENTS:
        raise InputError(f"more than {dollars(_MOST_CENTS)} at once", field=field, remedy=remedy)
    return cents
