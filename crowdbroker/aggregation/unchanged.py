"""What the items without new votes contribute to statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.em import Array, Parameters, Statistics


@dataclass(frozen=True, slots=True, eq=False)
class Unchanged:
    """Statistics of items whose posterior stays while parameters move.

    Attributes:
        counts: expected votes of each pair of worker and label on each class; shape (cells, classes).
        classes: expected items of each class; shape (classes,).
        constant: what is to be added to the expected log probability of those items and votes for the bound on their
            log-likelihood (Neal & Hinton 1998: the entropy of the posterior); the bound is tight where it was taken.
    """

    counts: Array
    classes: Array
    constant: float

    @classmethod
    def rest(cls, whole: Statistics, part: Statistics, parameters: Parameters | None) -> Self:
        """Return the statistics of a whole without a part of its items.

        Args:
            whole: of all items.
            part: of those that change, by the same posterior.
            parameters: where the posterior came from, None for shares of votes, which have no likelihood.
        """
        # Rounding may leave less than nothing where the part is all there was.
        counts = np.maximum(whole.counts - part.counts, 0.0)
        classes = np.maximum(whole.classes - part.classes, 0.0)
        likelihood = whole.log_likelihood - part.log_likelihood
        expected = 0.0 if parameters is None else _expected(counts, classes, parameters)
        return cls(counts, classes, likelihood - expected)

    def among(self, cells: int, place: npt.NDArray[np.integer[Any]]) -> Unchanged:
        """Return this with rows for more cells; `place` is where those that there were have gone, shape (cells,)."""
        counts = np.zeros((cells, self.counts.shape[1]))
        counts[place] = self.counts
        return Unchanged(counts, self.classes, self.constant)

    def with_part(self, part: Statistics, parameters: Parameters | None = None) -> Statistics:
        """Return the statistics of all items, and a bound on their log-likelihood under parameters."""
        counts, classes = self.counts + part.counts, self.classes + part.classes
        if parameters is None:
            return Statistics(counts, classes, 0.0)
        bound = self.constant + _expected(self.counts, self.classes, parameters)
        return Statistics(counts, classes, bound + part.log_likelihood)


def _expected(counts: Array, classes: Array, parameters: Parameters) -> float:
    # Not as a dot product: linear algebra libraries sum in an order that hangs on their threads.
    votes = float((counts * parameters.log_confusion).sum())
    return votes + float((classes * parameters.log_prior).sum())
