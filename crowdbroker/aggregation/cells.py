"""The pairs of worker and label that occur in votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

# One of numpy's integer types, the smallest that holds every position: widen before you multiply or add.
Positions = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The pairs of worker and label that occur, ordered by worker and then by label.

    A table [worker, label, class] would not fit for a crowd on a thousand labels, so its rows [worker, label] are kept
    where there are votes only. With few labels nearly all rows are there.

    Attributes:
        worker: the worker of every pair; shape (cells,), ascending; every worker has one pair at least.
        label: the label of every pair; shape (cells,), ascending within a worker.
        first: the first pair of every worker; shape (workers,), for `np.add.reduceat`.
    """

    worker: Positions
    label: Positions
    first: Positions

    @classmethod
    def of(cls, worker: Positions, label: Positions, labels: int) -> tuple[Self, Positions]:
        """Return the pairs of n votes and the position of every vote's pair, shape (n,)."""
        code = worker.astype(np.int64) * labels + label
        rows = (int(worker.max()) + 1) * labels
        if rows > 8 * len(code) + 1_000_000:
            pairs, of_vote = np.unique(code, return_inverse=True)
        else:
            # A mark for each row of the whole table: no sorting of the votes.
            seen = np.zeros(rows, dtype=np.bool_)
            seen[code] = True
            pairs = np.flatnonzero(seen)
            place = np.cumsum(seen, dtype=np.int64) - 1
            of_vote = place.astype(smallest(len(pairs)))[code]
        return cls.of_pairs(pairs, labels), of_vote.astype(smallest(len(pairs)), copy=False)

    @classmethod
    def of_pairs(cls, pairs: npt.NDArray[np.int64], labels: int) -> Self:
        """Return the cells of ascending codes worker * labels + label."""
        of_worker, of_label = np.divmod(pairs, labels)
        first = np.flatnonzero(np.diff(of_worker, prepend=-1))
        return cls(of_worker, of_label, first)

    def __len__(self) -> int:
        return len(self.worker)


def smallest(size: int) -> type[np.integer[Any]]:
    """Return the smallest index type that counts so far: bytes of index are what a pass over votes waits for."""
    for kind in (np.uint8, np.uint16, np.int32):
        if size <= np.iinfo(kind).max:
            return kind
    return np.int64
