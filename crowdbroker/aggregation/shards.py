"""Expectation maximisation over shards: each gives statistics of its own items, which add up.

A shard names its workers itself. Only here do their pairs of worker and label get a common order, so a shard can be
read anywhere, again and again, and knows nothing of the others. What travels in an iteration is as large as the pairs
of worker and label, whatever the number of votes. Statistics are summed in the order of the shards: for the same
shards results have the same bits, whoever computed them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import replace
from inspect import signature
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation import shard_work, straddling
from crowdbroker.aggregation.calibration import Calibration
from crowdbroker.aggregation.cells import Cells
from crowdbroker.aggregation.climb import Climb
from crowdbroker.aggregation.columns import coded
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Engine, Parameters, Statistics
from crowdbroker.aggregation.encoding import encode, label_set
from crowdbroker.aggregation.executors import Executor, Inline
from crowdbroker.aggregation.gold import Answers
from crowdbroker.aggregation.history import History
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.names import Names
from crowdbroker.aggregation.shard import Labels, Shard
from crowdbroker.errors import InputError

Rows = npt.NDArray[np.intp]
# Called after each pass with its number and the log-likelihood.
Progress = Callable[[int, float], None]


class ShardedVotes:
    """Votes in shards, seen as one.

    Args:
        shards: one at least; all votes of an item are in one of them.
        executor: who works on them.
        labels: the label set; without it, a first pass finds the labels.
        gold: known answers.
        engine: see `em.engine_for`; `auto` is decided for each shard.
        keep: shards that a process keeps in memory; the others are read anew for each pass.
        progress: called after each pass.

    Attributes:
        labels: the label set.
        workers: all workers.
        cells: all pairs of worker and label.
        items: how many items there are.
        votes: how many votes there are.
        repeats: votes left out because the worker had voted on the item before.
        skipped: answers that were none.
        gold_unanswered: gold items that nobody voted on.

    Raises:
        InputError: there is no shard, one of them has no votes or wrong ones (the file is named), items or workers are
            text in one and numbers in another, or an item has votes in more than one.
    """

    def __init__(
        self,
        shards: Sequence[Shard],
        executor: Executor | None = None,
        *,
        labels: Collection[Hashable] | None = None,
        gold: Answers | None = None,
        engine: Engine = "auto",
        keep: int = 1_000_000,
        progress: Progress | None = None,
    ) -> None:
        if not shards:
            raise InputError("there is no shard", remedy="Name the files with the votes.")
        self._executor = executor or Inline()
        self._shards = shards
        self._progress = progress
        self._passes = 0
        self.labels: Labels = label_set(labels) if labels is not None else self._found_labels()
        self._reading = shard_work.Reading(self.labels, engine, self._executor.threads, keep)
        calls = [(shard, self._reading, gold or {}) for shard in shards]
        self._described = self._executor.each(shard_work.described, calls)
        for name in ("items", "votes", "repeats", "skipped"):
            setattr(self, name, sum(getattr(one, name) for one in self._described))
        if len(shards) > 1:
            self._check_kinds()
            self._check_apart()
        self.gold_unanswered = len(gold or {}) - sum(len(one.gold.item) for one in self._described)
        self.workers, self.cells, self._rows = _common(self._described, len(self.labels))

    items: int
    votes: int
    repeats: int
    skipped: int

    def began(self) -> Statistics:
        """Return the statistics of the shares of votes, with known answers kept."""
        return self._summed(self._executor.each(shard_work.began, self._calls()))

    def sweep(self, parameters: Parameters) -> Statistics:
        """Return the statistics of the posterior under parameters."""
        own = [(replace(parameters, log_confusion=parameters.log_confusion[rows]),) for rows in self._rows]
        statistics = self._summed(self._executor.each(shard_work.swept, self._calls(own)))
        self._passes += 1
        if self._progress is not None:
            self._progress(self._passes, statistics.log_likelihood)
        return statistics

    def fit(self, model: DawidSkene) -> Climb:
        """Return what a model learns of all shards; its other attributes tell how that went."""
        return model.learn(self.began(), self.sweep, self.cells, self.items, self._gold_counts(model.gold_weight))

    def labelled(
        self, model: DawidSkene | MajorityVote, way: Climb | None = None, calibration: Calibration | None = None
    ) -> Iterator[shard_work.Labelled]:
        """Yield the labels of each shard's items, in the order of the shards; few shards' labels are here at once.

        Args:
            model: whose labels.
            way: what a Dawid-Skene has learnt of all shards.
            calibration: of the confidence.
        """
        # What a model has learnt is in the way, and as large as the pairs of worker and label.
        plain = type(model)(**{name: getattr(model, name) for name in signature(type(model)).parameters})
        calls = self._calls([(plain, way and _restricted(way, rows), calibration) for rows in self._rows])
        wave = self._executor.at_once
        for first in range(0, len(calls), wave):
            yield from self._executor.each(shard_work.labelled, calls[first : first + wave], first)

    def gold_record(self) -> tuple[Rows, Rows]:
        """Return how many known items every worker voted on, and on how many rightly; each (workers,)."""
        seen, right = (np.zeros(len(self.workers), dtype=np.intp) for _ in range(2))
        parts = self._executor.each(shard_work.gold_records, self._calls())
        for one, (known, hits) in zip(self._described, parts, strict=True):
            places = [place for worker in one.workers if (place := self.workers.place(worker)) is not None]
            seen[places] += known  # no worker twice
            right[places] += hits
        return seen, right

    def _check_kinds(self) -> None:
        paths = [getattr(shard, "path", None) for shard in self._shards]
        for place, what in enumerate(("item", "worker")):
            straddling.refuse_kinds(what, [one.kinds[place] for one in self._described], paths)

    def _check_apart(self) -> None:
        pairs = [(shard, self._reading) for shard in self._shards]
        for first, last in straddling.ranges(self.items):
            parts = self._executor.each(shard_work.numbered, [(*pair, first, last) for pair in pairs])
            shared = straddling.met(parts)
            if len(shared):
                straddling.refuse(self._executor.each(shard_work.with_numbers, [(*pair, shared) for pair in pairs]))

    def _gold_counts(self, weight: float) -> History | None:
        parts = self._executor.each(shard_work.weighed, self._calls([(weight,)] * len(self._shards)))
        size = len(self.labels)
        more = np.zeros((len(self.cells), size))
        for part, rows in zip(parts, self._rows, strict=True):
            if part is not None:
                more[rows] += part
        if all(part is None for part in parts):
            return None
        answers = np.add.reduceat(more, self.cells.first, axis=0)
        return History(np.zeros(0, dtype=np.intp), np.zeros((0, size, size)), more, answers)

    def _found_labels(self) -> Labels:
        found = self._executor.each(shard_work.labels_of, [(shard,) for shard in self._shards])
        return tuple(encode("label", coded("label", list(chain.from_iterable(found))))[1])

    def _calls(self, own: Sequence[tuple[Any, ...]] | None = None) -> list[tuple[Any, ...]]:
        more = own or [()] * len(self._shards)
        return [
            (shard, self._reading, one.gold, *arguments)
            for shard, one, arguments in zip(self._shards, self._described, more, strict=True)
        ]

    def _summed(self, parts: Sequence[Statistics]) -> Statistics:
        counts = np.zeros((len(self.cells), len(self.labels)))
        classes, likelihood = np.zeros(len(self.labels)), 0.0
        for part, rows in zip(parts, self._rows, strict=True):
            counts[rows] += part.counts  # no row twice
            classes += part.classes
            likelihood += part.log_likelihood
        return Statistics(counts, classes, likelihood)


def _restricted(way: Climb, rows: Rows) -> Climb:
    """Return a way with the rows of one shard, without what only learning needs."""
    first, last = (replace(one, log_confusion=one.log_confusion[rows]) for one in (way.first, way.last))
    nothing = Statistics(np.empty((0, 0)), np.empty(0), 0.0)
    return replace(way, first=last if way.first is way.last else first, last=last, statistics=nothing)


def _common(described: Sequence[shard_work.Description], labels: int) -> tuple[Names, Cells, list[Rows]]:
    """Return all workers, all pairs of worker and label, and where those of each shard are among them."""
    everybody = coded("worker", list(chain.from_iterable(one.workers for one in described)))
    position, workers = encode("worker", everybody)
    begin = np.cumsum([0, *(len(one.workers) for one in described)])
    codes = [
        position[begin[place] : begin[place + 1]][one.worker].astype(np.int64) * labels + one.label
        for place, one in enumerate(described)
    ]
    pairs = np.unique(np.concatenate(codes))
    return workers, Cells.of_pairs(pairs, labels), [np.searchsorted(pairs, code) for code in codes]
