"""What is done to one shard, in whatever process it is kept.

These functions are sent to executors with their arguments, so they belong to a module and take and give plain arrays.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation import straddling
from crowdbroker.aggregation.calibration import Calibration
from crowdbroker.aggregation.climb import Climb
from crowdbroker.aggregation.em import Array, Engine, Parameters, Statistics, statistics_of, sweep
from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.history import with_gold
from crowdbroker.aggregation.names import Names
from crowdbroker.aggregation.shard_files import Labels, Shard, Shelf
from crowdbroker.aggregation.skill import gold_record
from crowdbroker.aggregation.start import first_posterior
from crowdbroker.aggregation.ties import choose
from crowdbroker.aggregation.votes import Indices, Votes
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.aggregation.dawid_skene import DawidSkene

_SHELF = Shelf()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a shard is read and computed.

    Attributes:
        label_set: the labels of all shards.
        engine: see `em.engine_for`.
        threads: see `em.sweep`.
        keep: shards that a process keeps in memory; the others are read anew for each pass.
    """

    label_set: Labels
    engine: Engine
    threads: int | None
    keep: int


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """What the others must know of a shard.

    Attributes:
        items: how many there are.
        votes: likewise.
        repeats: likewise, of votes left out.
        skipped: likewise, of answers that were none.
        workers: who voted.
        worker: position in `workers` of every pair of worker and label; shape (cells,).
        label: position in the label set of every pair; shape (cells,).
        gold: what is known of its items.
    """

    items: int
    votes: int
    repeats: int
    skipped: int
    workers: Names
    worker: npt.NDArray[np.integer[Any]]
    label: npt.NDArray[np.integer[Any]]
    gold: Gold


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """The labels of a shard's items.

    Attributes:
        items: the items.
        labels: of each item.
        confidence: P(label) of each, calibrated where that was asked for; shape (items,).
        votes: how many each has; shape (items,).
        tied: whether several labels are as probable; shape (items,).
    """

    items: Names
    labels: list[Hashable]
    confidence: npt.NDArray[np.float64]
    votes: npt.NDArray[np.integer[Any]]
    tied: npt.NDArray[np.bool_]


def labels_of(shard: Shard) -> Labels:
    """Return the labels that occur."""
    with _named(shard):
        return shard.labels()


def described(shard: Shard, reading: Reading, gold: Answers) -> Description:
    """Return what the others must know of a shard."""
    votes = _votes(shard, reading)
    with _named(shard):
        known = encode_gold(votes, gold)
    cells = votes.cells
    sizes = len(votes.items), len(votes), votes.repeats, len(votes.skipped)
    return Description(*sizes, votes.workers, cells.worker, cells.label, known)


def numbered(shard: Shard, reading: Reading, first: int, last: int) -> straddling.Numbers:
    """Return the numbers of a shard's items that lie in a range; see `straddling`."""
    return straddling.within(straddling.numbers_of(_votes(shard, reading).items), first, last)


def with_numbers(shard: Shard, reading: Reading, numbers: straddling.Numbers) -> list[Hashable]:
    """Return the items that have one of some numbers."""
    items = _votes(shard, reading).items
    return items.at(np.flatnonzero(np.isin(straddling.numbers_of(items), numbers)))


def began(shard: Shard, reading: Reading, gold: Gold) -> Statistics:
    """Return the statistics of the shares of votes."""
    votes = _votes(shard, reading)
    return statistics_of(votes, first_posterior(votes, gold), reading.engine)


def weighed(shard: Shard, reading: Reading, gold: Gold, weight: float) -> Array | None:
    """Return how much more the votes on known items count, shape (cells, classes); None where they do not."""
    more = with_gold(None, _votes(shard, reading), gold, weight)
    return None if more is None else more.of_cells


def swept(shard: Shard, reading: Reading, gold: Gold, parameters: Parameters) -> Statistics:
    """Return the statistics of the posterior under parameters."""
    return sweep(_votes(shard, reading), parameters, gold, reading.engine, reading.threads)


def labelled(
    shard: Shard, reading: Reading, gold: Gold, model: DawidSkene, way: Climb, calibration: Calibration | None = None
) -> Labelled:
    """Return the labels by what a model has learnt."""
    votes = _votes(shard, reading)
    posterior = model.posterior(votes, way, gold)
    chosen, tied = choose(votes, posterior, model.ties)
    number = np.diff(votes.start)
    if calibration is not None:
        posterior = calibration.apply(posterior, number)
    confidence = posterior[np.arange(len(chosen)), chosen]
    labels = list(map(votes.labels.__getitem__, chosen.tolist()))
    return Labelled(votes.items, labels, confidence, number, tied)


def gold_records(shard: Shard, reading: Reading, gold: Gold) -> tuple[Indices, Indices]:
    """Return how many known items every worker of a shard voted on, and on how many rightly; each (workers,)."""
    return gold_record(_votes(shard, reading), gold)


def _votes(shard: Shard, reading: Reading) -> Votes:
    with _named(shard):
        return _SHELF.votes(shard, reading.label_set, reading.keep)


@contextmanager
def _named(shard: Shard) -> Iterator[None]:
    """Name the file in errors, in the one class of errors that finds its way through pickle."""
    try:
        yield
    except InputError as error:
        place = getattr(shard, "path", None)
        raise InputError(error.message, file=place, remedy=error.remedy) from None
