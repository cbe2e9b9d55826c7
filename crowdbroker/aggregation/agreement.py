"""How far workers agree, and how far beyond chance; on sparse votes, where everybody answered other items.

Items with a single vote say nothing here and are left out. Agreement is no accuracy: a crowd that errs together agrees.
Intervals are bootstrapped over items (Efron 1979). Items with the same votes are drawn together, so that they cost no
more on a million items than on the few hundred ways in which five people can answer them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.em import vote_counts
from crowdbroker.aggregation.metrics import Measured
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]
Scale = Literal["nominal", "ordinal", "interval"]
# Counts that the bootstrap goes through, over all samples: some seconds.
_MOST_COUNTED = 100_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """The distinct ways in which items with two votes or more were answered.

    Attributes:
        counts: votes for each label; shape (patterns, labels).
        items: how many items were answered so; shape (patterns,).
    """

    counts: Array
    items: Array

    @classmethod
    def of(cls, votes: Votes) -> Self:
        """Return the patterns of votes."""
        counts = vote_counts(votes)[np.diff(votes.start) > 1]
        patterns, items = np.unique(counts.astype(np.int32), axis=0, return_counts=True)
        return cls(patterns.astype(np.float64), items.astype(np.float64))


# A figure of patterns, when so many items of each were drawn; shape (patterns,).
Figure = Callable[[Patterns, Array], float]


def krippendorff_alpha(votes: Votes, scale: Scale = "nominal", *, seed: int = 0, samples: int = 500) -> Measured:
    """Return Krippendorff's alpha: 1 - observed / expected disagreement (Content Analysis, 3rd ed. 2013, ch. 12).

    1 is full agreement, 0 is what chance gives, below 0 is systematic disagreement; NaN where a single label was given.

    Args:
        votes: at least one item with two.
        scale: how far two labels differ: `nominal` alike for all; `ordinal` by the votes between them in the order of
            `votes.labels`; `interval` by their distance as numbers.
        seed: of the bootstrap.
        samples: how many; less where there are so many patterns that it would take minutes.

    Raises:
        InputError: no item has two votes, there is no such scale, or labels of an interval scale are no numbers.
    """
    if scale == "nominal":
        return _measured(votes, _nominal_alpha, seed, samples)
    if scale not in ("ordinal", "interval"):
        raise InputError(f"no such scale {scale!r}", field="scale", remedy="Take nominal, ordinal or interval.")
    values = _values(votes) if scale == "interval" else None
    return _measured(votes, lambda patterns, items: _scaled_alpha(patterns, items, values), seed, samples)


def fleiss_kappa(votes: Votes, *, seed: int = 0, samples: int = 500) -> Measured:
    """Return Fleiss' kappa (Psychological Bulletin 76, 1971, 378-382), also for unequal numbers of votes.

    The arguments and errors are those of `krippendorff_alpha`, whose nominal value it nears with many items.
    """
    return _measured(votes, _fleiss, seed, samples)


def observed_agreement(votes: Votes, *, seed: int = 0, samples: int = 500) -> Measured:
    """Return the chance that two workers who answered an item said the same, as the mean over items.

    The arguments and errors are those of `krippendorff_alpha`.
    """
    return _measured(votes, lambda patterns, items: float(items @ _agreeing(patterns) / items.sum()), seed, samples)


def _nominal_alpha(patterns: Patterns, items: Array) -> float:
    size = patterns.counts.sum(axis=1)
    said = items @ patterns.counts
    observed = items @ ((size**2 - (patterns.counts**2).sum(axis=1)) / (size - 1.0))
    total = said.sum()
    expected = (total**2 - (said**2).sum()) / (total - 1.0)
    return float(1.0 - observed / expected) if expected else float("nan")


def _scaled_alpha(patterns: Patterns, items: Array, values: Array | None) -> float:
    weight = items / (patterns.counts.sum(axis=1) - 1.0)
    coincidences = patterns.counts.T @ (patterns.counts * weight[:, np.newaxis])
    said = items @ patterns.counts
    # The middle of each label's own votes, when all are laid in a row by rank, gives the ordinal distances.
    place = np.cumsum(said) - said / 2.0 if values is None else values
    distance = (place[:, np.newaxis] - place) ** 2
    observed = float((coincidences * distance).sum())
    expected = float(said @ distance @ said) / (said.sum() - 1.0)
    return 1.0 - observed / expected if expected else float("nan")


def _fleiss(patterns: Patterns, items: Array) -> float:
    said = items @ patterns.counts
    chance = float(((said / said.sum()) ** 2).sum())
    observed = float(items @ _agreeing(patterns) / items.sum())
    return (observed - chance) / (1.0 - chance) if chance < 1.0 else float("nan")


def _agreeing(patterns: Patterns) -> Array:
    """Return the share of pairs of votes that agree, of every pattern."""
    size = patterns.counts.sum(axis=1)
    share: Array = (patterns.counts * (patterns.counts - 1.0)).sum(axis=1) / (size * (size - 1.0))
    return share


def _measured(votes: Votes, figure: Figure, seed: int, samples: int) -> Measured:
    patterns = Patterns.of(votes)
    if not len(patterns.items):
        raise InputError("no item has two votes, so there is no agreement to measure", remedy="Collect more answers.")
    total = int(patterns.items.sum())
    rng = np.random.default_rng(seed)
    fewer = max(50, min(samples, _MOST_COUNTED // patterns.counts.size))
    share = patterns.items / total
    drawn = [figure(patterns, rng.multinomial(total, share).astype(np.float64)) for _ in range(fewer)]
    low, high = np.nanquantile(drawn, (0.025, 0.975)) if not np.isnan(drawn).all() else (np.nan, np.nan)
    return Measured(figure(patterns, patterns.items), float(low), float(high), total)


def numbers_of(labels: Iterable[Hashable]) -> Array | None:
    """Return labels as numbers, shape (labels,); None where one is no finite number."""
    try:
        values = np.array([float(str(label)) for label in labels])
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _values(votes: Votes) -> Array:
    values = numbers_of(votes.labels)
    if values is None:
        raise InputError("labels of an interval scale must be finite numbers", field="scale", remedy="Take nominal.")
    return values
