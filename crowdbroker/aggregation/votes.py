"""Votes as index arrays: who said what about which item."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence, Sized
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.cells import Cells, Positions, smallest
from crowdbroker.aggregation.columns import coded
from crowdbroker.aggregation.encoding import encode
from crowdbroker.aggregation.errors import EmptyVotes, RepeatedVote
from crowdbroker.aggregation.names import Names, as_names
from crowdbroker.aggregation.ordering import Repeats, one_vote_each
from crowdbroker.aggregation.skips import Pairs, apart
from crowdbroker.errors import InputError

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False, init=False)
class Votes:
    """One label at the most for every pair of item and worker, in an order that the input's order cannot change.

    The index arrays have the smallest type that holds them: widen them before you multiply or add.

    Attributes:
        start: the first vote of every item, and the number of votes; shape (items + 1,); every item has a vote.
        worker: position in `workers`; shape (n,), ascending within an item.
        label: position in `labels`; shape (n,).
        items: the items that were voted on, by (type name, value).
        workers: the workers who voted, by (type name, value).
        labels: the label set in its declared order, else the labels seen, by (type name, value).
        repeats: votes left out because the worker had voted on the item before.
        skipped: item and worker of every answer that was none, in the order of the rows.
    """

    start: Positions
    worker: Positions
    label: Positions
    items: Names
    workers: Names
    labels: tuple[Hashable, ...]
    repeats: int
    skipped: Pairs

    def __init__(
        self,
        item: Positions,
        worker: Positions,
        label: Positions,
        items: Iterable[Hashable],
        workers: Iterable[Hashable],
        labels: tuple[Hashable, ...],
        repeats: int = 0,
        skipped: Pairs = (),
    ) -> None:
        """Take votes as positions, in order: `item` ascends, and `worker` within an item."""
        inner = np.flatnonzero(item[1:] != item[:-1]) + 1
        start = np.concatenate(([0], inner, [len(item)])).astype(smallest(len(item)))
        names = as_names(items), as_names(workers), labels
        for field, value in zip(fields(self), (start, worker, label, *names, repeats, skipped), strict=True):
            object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        return len(self.worker)

    @property
    def item(self) -> Positions:
        """Return the position in `items` of every vote, ascending; shape (n,). Made anew each time, to save memory."""
        return np.repeat(np.arange(len(self.items), dtype=smallest(len(self.items))), np.diff(self.start))

    @classmethod
    def from_columns(
        cls,
        items: Iterable[Hashable],
        workers: Iterable[Hashable],
        labels: Iterable[Hashable],
        label_set: Collection[Hashable] | None = None,
        repeats: Repeats = "keep_first",
        skip: Collection[Hashable] = (),
    ) -> Self:
        """Return the votes of three columns of equal length.

        Args:
            items: what each vote is about; any hashable but None and NaN.
            workers: who gave it; likewise.
            labels: what was said; likewise.
            label_set: all labels that there are, in the order to keep.
            repeats: which vote of one worker on one item counts; `keep_first` and `keep_last` go by row.
            skip: labels that mean that there was no answer; None stands for every missing label.

        Raises:
            EmptyVotes: there is no vote.
            MissingValue: a value is None or NaN.
            UnknownLabel: a label is not in `label_set`.
            RepeatedVote: `repeats` is `error` and a worker voted twice on an item.
            InputError: columns of unequal length, values that cannot be hashed or are equal but of unequal type
                (1 and True), a label set with repeats.
        """
        names = ("item", "worker", "label")
        columns = [coded(name, column) for name, column in zip(names, (items, workers, labels), strict=True)]
        _check_lengths(columns)
        columns, skipped = apart(columns, skip)
        del items, workers, labels
        vocabularies, codes = [], []
        for name in names:
            code, vocabulary = encode(name, columns.pop(0), label_set if name == "label" else None)
            codes.append(code)
            vocabularies.append(vocabulary)
        rows = len(codes[0])
        if repeats == "error":
            _check_once(codes[0], codes[1], vocabularies[0], vocabularies[1])
        kept = one_vote_each(codes, repeats)
        left_out = rows - len(kept.item)
        item_names, worker_names, label_names = vocabularies
        return cls(kept.item, kept.worker, kept.label, item_names, worker_names, tuple(label_names), left_out, skipped)

    @cached_property
    def cells(self) -> Cells:
        """Return the pairs of worker and label that occur."""
        return self._celled[0]

    @cached_property
    def cell(self) -> Positions:
        """Return the position in `cells` of every vote; shape (n,)."""
        return self._celled[1]

    def part(self, first: int, last: int) -> Self:
        """Return the votes of a range of items."""
        rows = slice(self.start[first], self.start[last])
        items = Names(self.items.at(np.arange(first, last)))
        item = np.repeat(np.arange(len(items)), np.diff(self.start[first : last + 1]))
        worker, who = np.unique(self.worker[rows], return_inverse=True)
        workers = Names(self.workers.at(worker))
        return type(self)(item, who.astype(smallest(len(worker))), self.label[rows], items, workers, self.labels)

    def of_items(self, positions: npt.NDArray[np.integer[Any]]) -> Excerpt:
        """Return the votes of some items, in the order of `positions`, with the workers and cells of all."""
        start = self.start.astype(np.int64)
        size = start[positions + 1] - start[positions]
        begin = np.cumsum(size) - size
        row = np.repeat(start[positions] - begin, size) + np.arange(int(size.sum()))
        item = np.repeat(np.arange(len(positions)), size)
        names = Names(self.items.at(positions))
        votes = Votes(item, self.worker[row], self.label[row], names, self.workers, self.labels)
        votes.__dict__["_celled"] = self.cells, self.cell[row]  # not those of these votes alone
        return Excerpt(votes, row, np.repeat(positions.astype(np.int64), size))

    @cached_property
    def _celled(self) -> tuple[Cells, Positions]:
        return Cells.of(self.worker, self.label, len(self.labels))


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """The votes of some items out of others.

    Attributes:
        votes: theirs, m of them; `cells` and `workers` are those of all votes.
        row: the position of every vote among all; shape (m,).
        item_before: the item of every vote among all items; shape (m,).
    """

    votes: Votes
    row: npt.NDArray[np.int64]
    item_before: npt.NDArray[np.int64]


def _check_lengths(columns: Sequence[Sized]) -> None:
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1:
        raise InputError(
            f"items, workers and labels have unequal lengths {lengths}", remedy="Give one of each for every vote."
        )
    if not lengths[0]:
        raise EmptyVotes("there are no votes", remedy="Collect answers first.")


def _check_once(item: Positions, worker: Positions, items: Names, workers: Names) -> None:
    pair = item.astype(np.int64) * len(workers) + worker
    again = np.setdiff1d(np.arange(len(pair)), np.unique(pair, return_index=True)[1])
    if len(again):
        first = int(again[0])
        who, what = workers[int(worker[first])], items[int(item[first])]
        raise RepeatedVote(
            f"vote {first} (counted from 0): worker {who!r} voted on item {what!r} before",
            remedy="Leave one out, or take keep_first or keep_last.",
        )
