"""Known answers as index arrays."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.votes import Indices, Votes
from crowdbroker.errors import InputError

# item -> its label, or a collection of labels that are all accepted
Answers = Mapping[Any, Hashable | Collection[Hashable]]


@dataclass(frozen=True, slots=True, eq=False)
class Gold:
    """What is known about the items of some votes.

    Attributes:
        item: position in `votes.items` of every known item; shape (g,), ascending.
        accepted: whether a label is accepted; shape (g, labels), at least one in every row.
        unanswered: known items that nobody voted on; they say nothing about anybody.
    """

    item: Indices
    accepted: npt.NDArray[np.bool_]
    unanswered: int


def encode_gold(votes: Votes, gold: Answers | None) -> Gold:
    """Return the known answers of the items that were voted on.

    A list or set is a collection of accepted labels; so is a tuple or frozenset that is no label itself.

    Raises:
        UnknownLabel: an accepted label is not in `votes.labels`.
        InputError: an item accepts no label at all.
    """
    gold = gold or {}
    lookup = {name: index for index, name in enumerate(votes.labels)}
    known = sorted((place, item) for item in gold if (place := votes.items.place(item)) is not None)
    accepted = np.zeros((len(known), len(votes.labels)), dtype=np.bool_)
    for row, (_, item) in enumerate(known):
        for label in _accepted_labels(item, gold[item], lookup):
            accepted[row, lookup[label]] = True
    return Gold(np.array([position for position, _ in known], dtype=np.intp), accepted, len(gold) - len(known))


def _accepted_labels(
    item: Hashable, answer: Hashable | Collection[Hashable], lookup: Mapping[Hashable, int]
) -> list[Hashable]:
    labels = _alternatives(answer, lookup)
    if not labels:
        raise InputError(f"the gold item {item!r} accepts no label", remedy="Name its label, or leave it out.")
    for label in labels:
        if label not in lookup:
            raise UnknownLabel(
                f"the gold item {item!r} has label {label!r}, which is not among the votes' labels",
                label=label,
                remedy="Correct it, declare the label set, or leave the gold item out.",
            )
    return labels


def _alternatives(answer: Hashable | Collection[Hashable], lookup: Mapping[Hashable, int]) -> list[Hashable]:
    if isinstance(answer, (list, set)):
        return list(answer)
    if isinstance(answer, (tuple, frozenset)) and answer not in lookup:
        return list(answer)
    return [cast(Hashable, answer)]
