"""Votes in the order of item and worker, one for each pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.cells import Positions

_BLOCK = 1 << 18

Repeats = Literal["keep_first", "keep_last", "error"]


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Positions of item, worker and label; each shape (n,), ascending by item and then by worker."""

    item: Positions
    worker: Positions
    label: Positions


def one_vote_each(codes: list[Positions], repeats: Repeats) -> Ordered:
    """Return one vote of each pair of item and worker, in the order of the pairs.

    Args:
        codes: positions of every vote's item, worker and label; each shape (n,), n at least 1. The list is emptied, so
            that arrays which nobody else holds make room.
        repeats: which row counts of several of one pair; the first where it is `error`.
    """
    item, worker, label = codes
    codes.clear()
    bits = [max(1, int(column.max()).bit_length()) for column in (item, worker, label)]
    if sum(bits) > 63:
        return _by_rows(item, worker, label, bits[1], repeats)
    # All three in one number sort in place: a third of the memory of sorting positions, and faster.
    packed = item.astype(np.int64)
    for column, width in ((worker, bits[1]), (label, bits[2])):
        packed <<= width
        packed |= column
    if any((block[1:] <= block[:-1]).any() for block in _blocks(packed)):
        packed.sort()
    if any(((block[1:] ^ block[:-1]) >> bits[2] == 0).any() for block in _blocks(packed)):
        return _by_rows(item, worker, label, bits[1], repeats)
    kinds = item.dtype, worker.dtype, label.dtype
    del item, worker, label, column
    return _unpacked(packed, bits, kinds)


def _blocks(numbers: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Yield stretches that overlap by one: to compare neighbours at once would take as much memory again."""
    for first in range(0, len(numbers) - 1, _BLOCK):
        yield numbers[first : first + _BLOCK + 1]


def _unpacked(packed: npt.NDArray[np.int64], bits: list[int], kinds: Sequence[np.dtype[Any]]) -> Ordered:
    columns = [np.empty(len(packed), dtype=kind) for kind in kinds]
    for first in range(0, len(packed), _BLOCK):
        rows = slice(first, first + _BLOCK)
        left = packed[rows]
        for place in (2, 1):
            columns[place][rows] = left & ((1 << bits[place]) - 1)
            left = left >> bits[place]
        columns[0][rows] = left
    return Ordered(*columns)


def _by_rows(item: Positions, worker: Positions, label: Positions, width: int, repeats: Repeats) -> Ordered:
    pair = (item.astype(np.int64) << width) | worker
    order = np.argsort(pair)
    pair = pair[order]
    run = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    # Sorting may swap equal pairs, so the row to keep is looked for among each pair's rows.
    pick = np.maximum if repeats == "keep_last" else np.minimum
    kept = pick.reduceat(order, run)
    return Ordered(item[kept], worker[kept], label[kept])
