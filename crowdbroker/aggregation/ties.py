"""One label for every item from its scores, with ties broken by a named policy."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import Literal

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.votes import Indices, Votes
from crowdbroker.errors import InputError

Ties = Literal["stable", "label_order"]

# Scores are sums in a fixed order, so equal evidence differs by rounding alone.
_EQUAL = 1e-9


def choose(votes: Votes, scores: npt.NDArray[np.float64], ties: Ties) -> tuple[Indices, npt.NDArray[np.bool_]]:
    """Return the position of the best label of every item and whether others are as good.

    `stable` takes the smallest hash of item and label: the same on every run, machine and row order, and without a
    preference for any label over many items. `label_order` takes the first label of `votes.labels`.

    Args:
        votes: where items and labels have their names.
        scores: higher is better; shape (items, labels), in [0, 1].
        ties: the policy.

    Returns:
        The choice, shape (items,), and the ties, shape (items,).

    Raises:
        InputError: there is no such policy.
    """
    if ties not in ("stable", "label_order"):
        raise InputError(f"no such policy {ties!r}", field="ties", remedy="Take 'stable' or 'label_order'.")
    good = scores >= scores.max(axis=1, keepdims=True) - _EQUAL
    chosen = good.argmax(axis=1)
    tied = good.sum(axis=1) > 1
    if ties == "stable":
        for position in np.flatnonzero(tied):
            rivals = np.flatnonzero(good[position]).tolist()
            chosen[position] = min((_lot(votes.items[position], votes.labels[index]), index) for index in rivals)[1]
    return chosen, tied


def named(votes: Votes, chosen: Indices) -> dict[Hashable, Hashable]:
    """Return item -> label."""
    return {item: votes.labels[index] for item, index in zip(votes.items, chosen.tolist(), strict=True)}


def _lot(item: Hashable, label: Hashable) -> bytes:
    return hashlib.blake2b(repr((item, label)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
