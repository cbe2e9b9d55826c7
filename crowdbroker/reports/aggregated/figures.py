"""The figures of labels: how many of each, how sure, what workers confuse, how good everybody is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.agreement_parts import agreement_by_label, agreement_by_worker
from crowdbroker.aggregation.outcome import Outcome
from crowdbroker.aggregation.skill import gold_record

Array = npt.NDArray[np.float64]
_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label.

    Attributes:
        label: which.
        items: that got it.
        share: of all items.
        agreement: the chance that another worker says it where one did; None where nobody shared an item.
        alpha: Krippendorff's, of this label against the rest; None where there is none.
    """

    label: Hashable
    items: int
    share: float
    agreement: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """One worker.

    Attributes:
        worker: who.
        answers: how many.
        gold_seen, gold_right: known items answered, and answered right.
        accuracy, low, high: on gold, with its 95 % interval (Wilson 1927); None where none was seen.
        estimated: the share of answers that are right if the labels' confidence is right.
        agreement: the chance that another worker says the same; None where nobody shared an item.
    """

    worker: Hashable
    answers: int
    gold_seen: int
    gold_right: int
    accuracy: float | None
    low: float | None
    high: float | None
    estimated: float
    agreement: float | None


def label_figures(outcome: Outcome) -> list[LabelFigures]:
    """Return the figures of every label, the most common first."""
    votes = outcome.votes
    found = agreement_by_label(votes)
    items = dict.fromkeys(votes.labels, 0)
    for label in outcome.labels.values():
        items[label] += 1
    rows = [
        LabelFigures(label, items[label], items[label] / len(votes.items), number(share), number(alpha))
        for label, share, alpha in zip(votes.labels, found.share.tolist(), found.alpha.tolist(), strict=True)
    ]
    return sorted(rows, key=lambda row: -row.items)


def worker_figures(outcome: Outcome) -> list[WorkerFigures]:
    """Return the figures of every worker, in the order of `votes.workers`."""
    votes = outcome.votes
    answers = np.bincount(votes.worker, minlength=len(votes.workers))
    sure = np.bincount(votes.worker, weights=outcome.confidence[votes.item, votes.label], minlength=len(votes.workers))
    seen, right = gold_record(votes, outcome.known)
    agreement = agreement_by_worker(votes).share
    columns = zip(
        votes.workers,
        answers.tolist(),
        seen.tolist(),
        right.tolist(),
        (sure / answers).tolist(),
        agreement.tolist(),
        strict=True,
    )
    return [worker_record(*row) for row in columns]


def worker_record(
    worker: Hashable, answers: int, seen: int, right: int, estimated: float, agreement: float
) -> WorkerFigures:
    """Return the figures of one worker; agreement is NaN where nobody shared an item."""
    low, high = wilson(right, seen) if seen else (None, None)
    accuracy = right / seen if seen else None
    return WorkerFigures(worker, answers, seen, right, accuracy, low, high, estimated, number(agreement))


def confusion(outcome: Outcome, labels: Sequence[Hashable]) -> Array:
    """Return P(said | true) over all answers by the labels' confidence; shape (labels, labels), NaN for no answers.

    Args:
        outcome: the labels.
        labels: which, and in which order; answers of others are left out.
    """
    votes = outcome.votes
    places = [votes.labels.index(label) for label in labels]
    said = votes.label
    counts = np.empty((len(places), len(places)))
    for row, true in enumerate(places):
        weight = outcome.confidence[:, true][votes.item]
        counts[row] = np.bincount(said, weights=weight, minlength=len(votes.labels))[places]
    total = counts.sum(axis=1, keepdims=True)
    shares: Array = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)
    return shares


def histogram(best: Array, bins: int = 20) -> list[tuple[float, float, int]]:
    """Return from, to and number of items of every bar."""
    place = np.minimum((best * bins + 1e-9).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    return [(index / bins, (index + 1) / bins, count) for index, count in enumerate(counts.tolist())]


def wilson(right: float, seen: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, JASA 22, 209-212); `seen` is 1 or more."""
    share = right / seen
    spread = _Z * _Z / seen
    centre, half = share + spread / 2, _Z * math.sqrt(share * (1 - share) / seen + spread / (4 * seen))
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


def number(value: float) -> float | None:
    """Return a number, None for NaN: JSON has no NaN."""
    return None if math.isnan(value) else value
