"""Shards to labels in one step: method, fit, confidence that allows for workers who err together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation import shard_work
from crowdbroker.aggregation.auto import choice_by
from crowdbroker.aggregation.calibration import OWN, Calibration
from crowdbroker.aggregation.climb import Climb
from crowdbroker.aggregation.columns import coded
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Statistics
from crowdbroker.aggregation.encoding import encode
from crowdbroker.aggregation.executors import Executor
from crowdbroker.aggregation.gold import Answers
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.shard import Labels, Shard
from crowdbroker.aggregation.shards import Progress, ShardedVotes

Array = npt.NDArray[np.float64]
# Gives known answers, in the types of the votes, from the first task and all labels.
GoldOf = Callable[[Hashable, Labels], Answers]


@dataclass(frozen=True, slots=True, eq=False)
class ShardedOutcome:
    """What was learnt of votes in shards; the labels are made shard by shard as they are asked for.

    Attributes:
        votes: all of them.
        method: the name of the method; what `auto` took where that was asked for.
        why: the reason of `auto`; empty where the method was named.
        model: the fitted method; its posterior is nowhere.
        way: what a Dawid-Skene learnt; None for a majority.
        statistics: of the posterior.
        calibration: of a method without gold: to cross-fit on gold would take five times as long.
        gold: how many known items there are.
    """

    votes: ShardedVotes
    method: str
    why: str
    model: DawidSkene | MajorityVote
    way: Climb | None
    statistics: Statistics
    calibration: Calibration
    gold: int

    def labelled(self) -> Iterator[shard_work.Labelled]:
        """Yield the labels of each shard's items with their confidence."""
        return self.votes.labelled(self.model, self.way, self.calibration)

    def workers(self) -> tuple[Array, Array]:
        """Return the answers of every worker and the share of them that is right by the model; each (workers,)."""
        cells, counts = self.votes.cells, self.statistics.counts
        answers = np.add.reduceat(counts.sum(axis=1), cells.first)
        right = np.add.reduceat(counts[np.arange(len(cells)), cells.label], cells.first)
        return answers.round(), right / answers


def aggregated_shards(
    shards: Sequence[Shard],
    executor: Executor,
    *,
    method: str = "auto",
    labels: Collection[Hashable] | None = None,
    gold_of: GoldOf | None = None,
    calibrated: bool = True,
    progress: Progress | None = None,
) -> ShardedOutcome:
    """Return what is learnt of votes in shards.

    Args:
        shards: one at least; all votes of an item are in one of them.
        executor: who works on them.
        method: `auto`, `dawid-skene` or `majority`.
        labels: the label set; without it, a first pass finds the labels.
        gold_of: see there; it costs a reading of the first shard.
        calibrated: allow for workers who err together; else the confidence is the method's own.
        progress: called after each pass.

    Raises:
        InputError: as `ShardedVotes`, or as `gold_of` does.
    """
    if labels is None:
        found = chain.from_iterable(executor.each(shard_work.labels_of, [(shard,) for shard in shards]))
        labels = tuple(encode("label", coded("label", list(found)))[1])
    known = gold_of(shards[0].votes(tuple(labels)).items[0], tuple(labels)) if gold_of else {}
    votes = ShardedVotes(shards, executor, labels=labels, gold=known, progress=progress)
    gold = len(known) - votes.gold_unanswered
    why = ""
    if method == "auto":
        method, why = choice_by(len(votes.labels), votes.items, votes.votes, gold)
    model, way, statistics = _learnt(votes, method)
    calibration = Calibration.default(model) if calibrated else OWN
    return ShardedOutcome(votes, method, why, model, way, statistics, calibration, gold)


def _learnt(votes: ShardedVotes, method: str) -> tuple[DawidSkene | MajorityVote, Climb | None, Statistics]:
    if method == "majority":
        return MajorityVote(), None, votes.began()
    model = DawidSkene()
    way = votes.fit(model)
    return model, way, way.statistics
