"""Votes in memory as shards, for tests."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crowdbroker.aggregation.votes import Votes


@dataclass(frozen=True, eq=False)
class HeldShard:
    """A part of votes; for one process, because a copy that is sent is not equal to it."""

    held: Votes

    def labels(self) -> tuple[Hashable, ...]:
        """Return the labels of the whole."""
        return self.held.labels

    def votes(self, label_set: tuple[Hashable, ...]) -> Votes:
        """Return the part."""
        del label_set
        return self.held


def split(votes: Votes, count: int) -> list[HeldShard]:
    """Return votes in so many shards of whole items with about equal votes, or fewer where items are too few."""
    wanted = np.arange(count + 1) * len(votes) // count
    edges = np.unique(np.searchsorted(votes.start, wanted)).tolist()
    return [HeldShard(votes.part(first, last)) for first, last in pairwise(edges)]
