"""One column of votes as positions and vocabulary, without a Python loop over its rows."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

import numpy as np

from crowdbroker.aggregation.cells import Positions, smallest
from crowdbroker.aggregation.columns import Coded, as_list, is_missing
from crowdbroker.aggregation.errors import MissingValue, UnknownLabel
from crowdbroker.aggregation.names import Names
from crowdbroker.errors import InputError


def encode(what: str, found: Coded, declared: Collection[Hashable] | None = None) -> tuple[Positions, Names]:
    """Return positions in the vocabulary, shape (n,), and the vocabulary.

    Args:
        what: item, worker or label, for messages.
        found: a column of n values.
        declared: the vocabulary in its order; without it, the values seen by (type name, value), so that the order of
            rows never shows.

    Raises:
        MissingValue: a value is None or NaN.
        UnknownLabel: a value is not declared.
        InputError: the declared vocabulary is none.
    """
    check_present(what, found)
    if declared is not None:
        return _by_declared(found, Names(label_set(declared)))
    if isinstance(found.values, np.ndarray):
        return found.code, Names(found.values)
    order = sorted(range(len(found.values)), key=lambda place: _order(found.values[place]))
    place = np.empty(len(order), dtype=smallest(len(order)))
    place[order] = np.arange(len(order))
    return place[found.code], Names([found.values[index] for index in order])


def label_set(declared: Collection[Hashable]) -> tuple[Hashable, ...]:
    """Return a declared label set.

    Raises:
        InputError: it is empty, or has a label twice or a missing one.
    """
    names = tuple(as_list(declared))
    if not names or len(set(names)) < len(names) or any(map(is_missing, names)):
        raise InputError(
            f"the label set {list(names)!r} is empty or has a label twice or a missing one",
            remedy="Name every label once.",
        )
    return names


def _by_declared(found: Coded, names: Names) -> tuple[Positions, Names]:
    place = np.empty(len(found.values), dtype=smallest(len(names)))
    for code, label in enumerate(Names(found.values)):
        known = names.place(label)
        if known is None:
            raise UnknownLabel(
                f"vote {found.first(found.code == code)} (counted from 0) has label {label!r}, "
                f"not one of the {len(names)} declared",
                label=label,
                remedy="Correct the label, or declare it.",
            )
        place[code] = known
    return place[found.code], names


def check_present(what: str, found: Coded) -> None:
    """Raise MissingValue where a row has no value."""
    missing = found.missing
    if missing.any():
        position = found.first(missing)
        raise MissingValue(
            f"vote {position} (counted from 0) has no {what}",
            position=position,
            remedy=f"Leave out votes without a {what}.",
        )


def _order(value: Hashable) -> tuple[str, Any]:
    # Other types may have no order, or a partial one that sorts by accident (sets).
    comparable = isinstance(value, (str, bytes, int, float))
    return f"{type(value).__name__} {type(value).__module__}", value if comparable else repr(value)
