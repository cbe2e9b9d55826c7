"""What a shard of votes is, and those that a process has read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Protocol

from crowdbroker.aggregation.votes import Votes

Labels = tuple[Hashable, ...]


class Shard(Protocol):
    """Some items with all their votes; small enough to send, and equal to every copy that was sent.

    A process knows by equality which shards it has read. One with a `path` has its file named in errors.
    """

    def labels(self) -> Labels:
        """Return the labels that occur."""

    def votes(self, label_set: Labels) -> Votes:
        """Return the votes; the same on every call."""


class Shelf:
    """Votes of shards that this process has read, the latest used ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Shard, Labels], Votes] = OrderedDict()

    def votes(self, shard: Shard, label_set: Labels, most: int) -> Votes:
        """Return a shard's votes, read anew where they are not kept; `most` shards stay."""
        key = shard, label_set
        votes = self._kept.pop(key, None) or shard.votes(label_set)
        self._kept[key] = votes
        while len(self._kept) > max(1, most):
            self._kept.popitem(last=False)
        return votes
