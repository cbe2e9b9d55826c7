"""One label for every item from its scores, with ties broken by a named policy."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.names import Named
from crowdbroker.aggregation.rows import row_count, row_max
from crowdbroker.aggregation.votes import Indices, Votes
from crowdbroker.errors import InputError

Ties = Literal["stable", "label_order"]
Bits = npt.NDArray[np.uint64]

# Scores are sums in a fixed order, so equal evidence differs by rounding alone.
_EQUAL = 1e-9
# Items that are decided at once: whole columns of temporary numbers would be as large as the scores.
_BLOCK = 1 << 16


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
    chosen, tied = np.empty(len(scores), dtype=np.intp), np.empty(len(scores), dtype=np.bool_)
    for first in range(0, len(scores), _BLOCK):
        rows = slice(first, first + _BLOCK)
        good = scores[rows] >= row_max(scores[rows])[:, np.newaxis] - _EQUAL
        chosen[rows], tied[rows] = good.argmax(axis=1), row_count(good) > 1
        if ties == "stable":
            positions = np.flatnonzero(tied[rows])
            lots = _lots(votes.items.at(first + positions), votes.labels)
            chosen[first + positions] = np.where(good[positions], lots, np.iinfo(np.uint64).max).argmin(axis=1)
    return chosen, tied


def decided(votes: Votes, scores: npt.NDArray[np.float64], ties: Ties) -> tuple[Named, tuple[Hashable, ...]]:
    """Return item -> label, and the items where several labels are as good, in the order of `votes.items`."""
    chosen, tied = choose(votes, scores, ties)
    return named(votes, chosen), tuple(votes.items.at(np.flatnonzero(tied)))


def named(votes: Votes, chosen: Indices) -> Named:
    """Return item -> label."""
    return Named(votes.items, votes.labels, chosen)


def _lots(items: Iterable[Hashable], labels: Iterable[Hashable]) -> Bits:
    """Return a number for each pair that looks drawn by chance and is always the same; shape (items, labels)."""
    with np.errstate(over="ignore"):
        item, label = _scrambled(_checksums(items)), _scrambled(_checksums(labels) + np.uint64(1 << 40))
        return _scrambled(item[:, np.newaxis] ^ label)


def _checksums(names: Iterable[Hashable]) -> Bits:
    return np.fromiter((zlib.crc32(repr(name).encode("utf-8", "surrogatepass")) for name in names), dtype=np.uint64)


def _scrambled(bits: Bits) -> Bits:
    """Return 64 bits where each hangs on all bits given (the finaliser of SplitMix64, Steele et al. 2014)."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
