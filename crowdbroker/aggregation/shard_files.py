"""Shards of votes: a file each, or a part of votes that are here already."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from crowdbroker.aggregation.sources import votes_of
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Labels = tuple[Hashable, ...]


class Shard(Protocol):
    """Some items with all their votes; hashable, and small enough to send."""

    def labels(self) -> Labels:
        """Return the labels that occur."""

    def votes(self, label_set: Labels) -> Votes:
        """Return the votes; the same on every call."""


@dataclass(frozen=True)
class FileShard:
    """A Parquet, CSV, TSV or JSON lines file with one row for each vote, and all votes of its items.

    Attributes:
        path: of the file, as the process that reads it sees it.
        item: the column of items.
        worker: the column of workers.
        label: the column of labels.
        skip: labels that mean that there was no answer.
    """

    path: str
    item: str = "task"
    worker: str = "worker"
    label: str = "label"
    skip: Labels = ()

    def labels(self) -> Labels:
        """Return the labels that occur."""
        found = self._columns(self.label)[self.label].drop_nulls().unique().to_list()
        return tuple(label for label in found if label not in self.skip)

    def votes(self, label_set: Labels) -> Votes:
        """Return the votes; the same on every call.

        Raises:
            InputError: the file cannot be read, or its votes are wrong as in `Votes.from_columns`.
        """
        table = self._columns(self.item, self.worker, self.label)
        return votes_of(
            table, item=self.item, worker=self.worker, label=self.label, label_set=label_set, skip=self.skip
        )

    def _columns(self, *names: str) -> Any:
        polars = _polars()
        kind = Path(self.path).suffix.lower()
        try:
            if kind in (".parquet", ".pq"):
                return polars.read_parquet(self.path, columns=list(names))
            if kind in (".jsonl", ".ndjson"):
                return polars.read_ndjson(self.path).select(names)
            separator = "\t" if kind == ".tsv" else ","
            return polars.read_csv(self.path, columns=list(names), separator=separator, infer_schema=False)
        except (OSError, polars.exceptions.PolarsError) as error:
            raise InputError(
                f"cannot be read: {error}", file=self.path, remedy="Check its path and columns."
            ) from error


@dataclass(frozen=True, eq=False)
class HeldShard:
    """A part of votes in memory."""

    held: Votes

    def labels(self) -> Labels:
        """Return the labels of the whole."""
        return self.held.labels

    def votes(self, label_set: Labels) -> Votes:
        """Return the part."""
        del label_set
        return self.held


def split(votes: Votes, count: int) -> list[HeldShard]:
    """Return votes in so many shards of whole items with about equal votes, or fewer where items are too few."""
    wanted = np.arange(count + 1) * len(votes) // count
    edges = np.unique(np.searchsorted(votes.start, wanted)).tolist()
    return [HeldShard(votes.part(first, last)) for first, last in pairwise(edges)]


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


def _polars() -> Any:
    try:
        import polars
    except ModuleNotFoundError as error:
        raise InputError("polars is not installed", remedy="pip install 'crowdbroker[data]'") from error
    return polars
