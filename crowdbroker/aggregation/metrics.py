"""How good labels and their confidence are, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]
Right = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with the interval that 95 % of bootstrap samples of the items fall into.

    Attributes:
        value: of the items as they are.
        low, high: the interval.
        items: how many there were.
    """

    value: float
    low: float
    high: float
    items: int


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram.

    Attributes:
        low, high: confidence from and to.
        items: how many fall into it.
        confidence: their mean; NaN for none.
        accuracy: their share of right labels; NaN for none.
    """

    low: float
    high: float
    items: int
    confidence: float
    accuracy: float


def accuracy(labels: Mapping[Hashable, Hashable], truth: Answers) -> float:
    """Return the share of right labels over the items that have truth and a label; NaN where there is none."""
    judged = [_accepts(truth[item], labels[item]) for item in truth if item in labels]
    return sum(judged) / len(judged) if judged else float("nan")


def judged(votes: Votes, posterior: Array, truth: Answers) -> tuple[Array, Right]:
    """Return confidence of the likeliest label and whether it is right, over the items with truth; each (known,)."""
    known = encode_gold(votes, truth)
    rows = posterior[known.item]
    return rows.max(axis=1), known.accepted[np.arange(len(rows)), rows.argmax(axis=1)]


def calibration_error(confidence: Array, right: Right, bins: int = 10) -> float:
    """Return the expected calibration error: the mean distance of confidence and accuracy over bins of equal width.

    Bins are weighed by their items (Naeini et al. 2015, AAAI). A perfectly calibrated predictor has about 0.07 on 100
    items, because few items in a bin differ from their chance.
    """
    place = _places(confidence, bins)
    counts = np.bincount(place, minlength=bins)
    gap = np.bincount(place, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / max(counts.sum(), 1))


def brier_score(confidence: Array, right: Right) -> float:
    """Return the mean squared distance of the confidence in the likeliest label from 1 or 0 (right or wrong)."""
    return float(((confidence - right) ** 2).mean())


def reliability(confidence: Array, right: Right, bins: int = 10) -> tuple[Bin, ...]:
    """Return the bars of a reliability diagram."""
    place = _places(confidence, bins)
    found = []
    for number in range(bins):
        inside = place == number
        size = int(inside.sum())
        mean, share = (float(confidence[inside].mean()), float(right[inside].mean())) if size else (np.nan, np.nan)
        found.append(Bin(number / bins, (number + 1) / bins, size, mean, share))
    return tuple(found)


def with_interval(
    figure: Callable[[Array, Right], float], confidence: Array, right: Right, *, seed: int = 0, samples: int = 1000
) -> Measured:
    """Return a figure with its interval by the percentile bootstrap over items (Efron 1979).

    Args:
        figure: `calibration_error`, `brier_score`, or any function of confidence and right.
        confidence: shape (items,).
        right: shape (items,).
        seed: of the drawing.
        samples: how many.

    Raises:
        InputError: there is no item.
    """
    drawn = _drawn(figure, confidence, right, seed, samples)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Measured(figure(confidence, right), float(low), float(high), len(confidence))


def measured_calibration_error(confidence: Array, right: Right, *, seed: int = 0, samples: int = 1000) -> Measured:
    """Return the calibration error with an interval around it; arguments and errors as for `with_interval`.

    In each bin the error is a distance, and drawing items again makes distances longer: bare percentiles would lie
    above the value, sometimes without it. They are moved down by as much as samples exceed it on average, to 0 at the
    lowest.
    The value itself is the usual one, which is too large on few items for the same reason.
    """
    drawn = _drawn(calibration_error, confidence, right, seed, samples)
    value = calibration_error(confidence, right)
    low, high = np.quantile(drawn, (0.025, 0.975)) - (np.mean(drawn) - value)
    return Measured(value, max(float(low), 0.0), max(float(high), value), len(confidence))


def _drawn(
    figure: Callable[[Array, Right], float], confidence: Array, right: Right, seed: int, samples: int
) -> list[float]:
    """Return a figure of samples of the items, each as many as there are, drawn with replacement."""
    if not len(confidence):
        raise InputError("there is no item to measure on", remedy="Give the truth of some items.")
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(samples):
        rows = rng.integers(len(confidence), size=len(confidence))
        found.append(figure(confidence[rows], right[rows]))
    return found


def effective_votes(votes: npt.NDArray[np.integer] | Array, dependence: float) -> Array:
    """Return how many independent votes so many dependent ones are worth: n / (1 + (n - 1) dependence).

    This is the design effect of Kish 1965 (Survey Sampling, section 5.4) for votes clustered by item.

    Args:
        votes: n; any shape.
        dependence: correlation of two workers' errors on one item, in [0, 1].
    """
    number = np.asarray(votes, dtype=np.float64)
    worth: Array = number / (1.0 + (number - 1.0) * dependence)
    return worth


def error_dependence(votes: Votes, truth: Answers) -> float:
    """Return the correlation of two workers' errors on one item, as measured on known items.

    The intraclass correlation of right and wrong by one-way analysis of variance (Fisher 1925), beyond what the same
    error rate on every item gives. Hard items and copied answers raise it alike. NaN for less than two items with
    two votes each.
    """
    known = encode_gold(votes, truth)
    item, right = _outcomes(votes, known)
    size = np.bincount(item, minlength=len(known.item)).astype(np.float64)
    several = size[item] > 1
    item, right = item[several], right[several]
    used = size > 1
    groups, total = int(used.sum()), float(size[used].sum())
    if groups < 2:
        return float("nan")
    hits = np.bincount(item, weights=right, minlength=len(size))[used]
    own = size[used]
    between = float((own * (hits / own - right.mean()) ** 2).sum()) / (groups - 1)
    within = float((hits * (1 - hits / own)).sum()) / (total - groups)
    typical = (total - float((own**2).sum()) / total) / (groups - 1)
    spread = between + (typical - 1) * within
    return (between - within) / spread if spread else 0.0


def _outcomes(votes: Votes, known: Gold) -> tuple[npt.NDArray[np.int64], Right]:
    """Return the known item, counted from 0, and whether it is right, of every vote on one."""
    place = np.full(len(votes.items), -1, dtype=np.int64)
    place[known.item] = np.arange(len(known.item))
    item = place[votes.item]
    on_known = item >= 0
    item = item[on_known]
    return item, known.accepted[item, votes.label[on_known]]


def _places(confidence: Array, bins: int) -> npt.NDArray[np.int64]:
    return np.minimum((confidence * bins).astype(np.int64), bins - 1)


def _accepts(answer: object, label: Hashable) -> bool:
    return answer == label or (isinstance(answer, (list, set, tuple, frozenset)) and label in answer)
