"""Shards to labels in one step: Dawid-Skene, confidence that allows for workers who err together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation import shard_work
from crowdbroker.aggregation.calibration import Calibration
from crowdbroker.aggregation.climb import Climb
from crowdbroker.aggregation.columns import coded
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.encoding import encode
from crowdbroker.aggregation.executors import Executor
from crowdbroker.aggregation.gold import Answers
from crowdbroker.aggregation.shard_files import Labels, Shard
from crowdbroker.aggregation.shards import Progress, ShardedVotes

Array = npt.NDArray[np.float64]
# Gives known answers, in the types of the votes, from the first task and all labels.
GoldOf = Callable[[Hashable, Labels], Answers]


@dataclass(frozen=True, slots=True, eq=False)
class ShardedOutcome:
    """What was learnt of votes in shards; the labels are made shard by shard as they are asked for.

    Attributes:
        votes: all of them.
        model: the fitted method; its posterior is nowhere.
        calibration: of a method without gold: to cross-fit on gold would take five times as long.
        gold: how many known items there are.
    """

    votes: ShardedVotes
    model: DawidSkene
    calibration: Calibration
    gold: int
    way: Climb

    def labelled(self) -> Iterator[shard_work.Labelled]:
        """Yield the labels of each shard's items with their confidence."""
        return self.votes.labelled(self.model, self.way, self.calibration)

    def workers(self) -> tuple[Array, Array]:
        """Return the answers of every worker and the share of them that is right by the model; each (workers,)."""
        cells, counts = self.votes.cells, self.way.statistics.counts
        answers = np.add.reduceat(counts.sum(axis=1), cells.first)
        right = np.add.reduceat(counts[np.arange(len(cells)), cells.label], cells.first)
        return answers.round(), right / answers


def aggregated_shards(
    shards: Sequence[Shard],
    executor: Executor,
    *,
    labels: Collection[Hashable] | None = None,
    gold_of: GoldOf | None = None,
    progress: Progress | None = None,
) -> ShardedOutcome:
    """Return what Dawid-Skene learns of votes in shards.

    Args:
        shards: one at least; all votes of an item are in one of them.
        executor: who works on them.
        labels: the label set; without it, a first pass finds the labels.
        gold_of: see there; it costs a reading of the first shard.
        progress: called after each pass.

    Raises:
        InputError: as `ShardedVotes`, or as `gold_of` does.
    """
    if labels is None:
        found = chain.from_iterable(executor.each(shard_work.labels_of, [(shard,) for shard in shards]))
        labels = tuple(encode("label", coded("label", list(found)))[1])
    known = gold_of(shards[0].votes(tuple(labels)).items[0], tuple(labels)) if gold_of else {}
    votes = ShardedVotes(shards, executor, labels=labels, gold=known, progress=progress)
    model = DawidSkene()
    way = votes.fit(model)
    return ShardedOutcome(votes, model, Calibration.default(model), len(known) - votes.gold_unanswered, way)
