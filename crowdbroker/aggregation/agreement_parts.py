"""Where agreement comes from: label by label, worker by worker, and between two workers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.agreement import Patterns
from crowdbroker.aggregation.em import vote_counts
from crowdbroker.aggregation.metrics import Measured
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LabelAgreement:
    """Agreement on every label; each shape (labels,), in the order of `votes.labels`.

    Attributes:
        votes: how many there are on items with two or more.
        share: the chance that another worker says the label where one did; NaN where nobody did. (Specific agreement,
            Spitzer & Fleiss 1974, British Journal of Psychiatry 125, 341-347.)
        alpha: Krippendorff's, of this label against the rest.
    """

    votes: Array
    share: Array
    alpha: Array


@dataclass(frozen=True, slots=True, eq=False)
class WorkerAgreement:
    """Agreement of every worker with the others; each shape (workers,), in the order of `votes.workers`.

    Attributes:
        votes: how many of the worker's votes are on items with others.
        share: the chance that another worker said the same; NaN without such votes.
        kappa: the same beyond chance, which is another worker who says labels as often as the whole crowd; NaN where
            chance alone agrees always.
    """

    votes: npt.NDArray[np.intp]
    share: Array
    kappa: Array


def agreement_by_label(votes: Votes) -> LabelAgreement:
    """Return which labels the workers agree on."""
    patterns = Patterns.of(votes)
    counts, items = patterns.counts, patterns.items
    size = counts.sum(axis=1, keepdims=True)
    said = items @ counts
    together = items @ (counts * (counts - 1.0) / (size - 1.0))
    apart = items @ (counts * (size - counts) / (size - 1.0))
    expected = said * (said.sum() - said) / max(said.sum() - 1.0, 1.0)
    return LabelAgreement(said, _ratio(together, said), 1.0 - _ratio(apart, expected))


def agreement_by_worker(votes: Votes) -> WorkerAgreement:
    """Return who agrees with the others."""
    counts = vote_counts(votes)
    item, size = votes.item, np.diff(votes.start)
    shared = size[item] > 1
    item, worker, label = item[shared], votes.worker[shared], votes.label[shared]
    others = size[item] - 1.0
    workers = len(votes.workers)
    met = np.bincount(worker, minlength=workers)
    share = _ratio(np.bincount(worker, weights=(counts[item, label] - 1.0) / others, minlength=workers), met)
    said = np.bincount(label, minlength=len(votes.labels))
    chance = _ratio(np.bincount(worker, weights=said[label] / max(len(label), 1), minlength=workers), met)
    return WorkerAgreement(met, share, _ratio(share - chance, 1.0 - chance))


def cohen_kappa(votes: Votes, first: Hashable, second: Hashable, *, seed: int = 0, samples: int = 500) -> Measured:
    """Return Cohen's kappa of two workers (Educational and Psychological Measurement 20, 1960, 37-46).

    NaN where both gave one and the same label to all items that they share.

    Args:
        votes: of at least these two.
        first: one worker.
        second: another.
        seed: of the bootstrap over the items that both answered.
        samples: how many.

    Raises:
        InputError: there is no such worker, or no item that both answered.
    """
    table = _common(votes, first, second)
    total = int(table.sum())
    if not total:
        raise InputError(f"workers {first!r} and {second!r} share no item", remedy="Take two who do.")
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(total, table.ravel() / total, size=samples).reshape(samples, *table.shape)
    kappas = [_kappa(sample.astype(np.float64)) for sample in drawn]
    low, high = np.nanquantile(kappas, (0.025, 0.975)) if not np.isnan(kappas).all() else (np.nan, np.nan)
    return Measured(_kappa(table), float(low), float(high), total)


def _kappa(table: Array) -> float:
    share = table / table.sum()
    chance = float(share.sum(axis=1) @ share.sum(axis=0))
    return (float(np.trace(share)) - chance) / (1.0 - chance) if chance < 1.0 - 1e-12 else float("nan")


def _common(votes: Votes, first: Hashable, second: Hashable) -> Array:
    """Return how often two workers gave each pair of labels; shape (labels, labels)."""
    said = []
    for worker in (first, second):
        place = votes.workers.place(worker)
        if place is None:
            raise InputError(f"there is no worker {worker!r}", remedy="Name two who voted.")
        rows = np.flatnonzero(votes.worker == place)
        labels = np.full(len(votes.items), -1)
        labels[votes.item[rows]] = votes.label[rows]
        said.append(labels)
    both = (said[0] >= 0) & (said[1] >= 0)
    size = len(votes.labels)
    pairs = np.bincount(said[0][both] * size + said[1][both], minlength=size * size)
    return pairs.reshape(size, size).astype(np.float64)


def _ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Array:
    """Return a quotient, NaN where nothing is divided by."""
    found = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=found, where=np.abs(below) > 1e-12)
    return found
