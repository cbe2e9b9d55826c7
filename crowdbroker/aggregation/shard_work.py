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
from crowdbroker.aggregation.majority import MajorityVote, vote_shares
from crowdbroker.aggregation.names import Names
from crowdbroker.aggregation.shard import Labels, Shard, Shelf
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
        kinds: the types of items and of workers; see `straddling.kinds_of`.
    """

    items: int
    votes: int
    repeats: int
    skipped: int
    workers: Names
    worker: npt.NDArray[np.integer[Any]]
    label: npt.NDArray[np.integer[Any]]
    gold: Gold
    kinds: tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """The labels of a shard's items.

    Attributes:
        items: the items.
        labels: of each item.
        confidence: P(label) of each, calibrated where that was asked for; shape (items,).
        votes: how many each has; shape (items,).
        tied: whether several labels are as probable; shape (items,).
        known: whether the label is known already; shape (items,).
        known_right: how many of those got an accepted label.
    """

    items: Names
    labels: list[Hashable]
    confidence: npt.NDArray[np.float64]
    votes: npt.NDArray[np.integer[Any]]
    tied: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    known_right: int


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
    kinds = straddling.kinds_of(votes.items), straddling.kinds_of(votes.workers)
    return Description(*sizes, votes.workers, cells.worker, cells.label, known, kinds)


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
    shard: Shard,
    reading: Reading,
    gold: Gold,
    model: DawidSkene | MajorityVote,
    way: Climb | None,
    calibration: Calibration | None = None,
) -> Labelled:
    """Return the labels by what a model has learnt: its way, which a majority vote does not have."""
    votes = _votes(shard, reading)
    if way is None or isinstance(model, MajorityVote):
        posterior = vote_shares(votes)
    else:
        posterior = model.posterior(votes, way, gold)
    chosen, tied = choose(votes, posterior, model.ties)
    number = np.diff(votes.start)
    if calibration is not None:
        posterior = calibration.apply(posterior, number)
    known = np.zeros(len(votes.items), dtype=np.bool_)
    known[gold.item] = True
    confidence = posterior[np.arange(len(chosen)), chosen]
    labels = list(map(votes.labels.__getitem__, chosen.tolist()))
    known_right = int(gold.accepted[np.arange(len(gold.item)), chosen[gold.item]].sum())
    return Labelled(votes.items, labels, confidence, number, tied, known, known_right)


def gold_records(shard: Shard, reading: Reading, gold: Gold) -> tuple[Indices, Indices]:
    """Return how many known items every worker of a shard voted on, and on how many rightly; each (workers,)."""
    return gold_record(_votes(shard, reading), gold)


def _votes(shard: Shard, reading: Reading) -> Votes:
    with _named(shard):
        return _SHELF.votes(shard, reading.label_set, reading.keep)


@contextmanager
def _named(shard: Shard) -> Iterator[None]:
    """Name the file in errors that do not name it, in the one class of errors that finds its way through pickle."""
    try:
        yield
    except InputError as error:
        if type(error) is InputError and error.file is not None:
            raise
        place = getattr(shard, "path", None)
        raise InputError(error.message, file=place, remedy=error.remedy) from None
