"""Statistics -> Parameters where every worker has a confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crowdbroker.aggregation.cells import Cells
from crowdbroker.aggregation.dirichlet import Prior, Pseudo, confusion, log_density, maximised, pooled
from crowdbroker.aggregation.em import Array, Parameters, Statistics
from crowdbroker.aggregation.history import History


@dataclass(slots=True, eq=False)
class Confusions:
    """A model for `climb`, with the crowd's mean matrix learnt on the way.

    Args:
        cells: the pairs of worker and label.
        prior: how many pseudo-observations there are.
        history: what is known of workers from before.
        settle: iterations in which the mean matrix is learnt anew; the later ones keep it, so that they climb one
            density.
        annealed: iterations over which votes come to full weight (Ueda & Nakano 1998, Neural Networks 11, 271-282).
    """

    cells: Cells
    prior: Prior
    history: History | None = None
    settle: int = 0
    annealed: int = 0
    _made: int = field(default=0, init=False)
    _pseudo: Pseudo = field(init=False)
    _answers: Array = field(init=False)
    _said: Parameters = field(init=False)

    def maximised(self, statistics: Statistics) -> Parameters:
        """Return the parameters that fit statistics best; the first ones with less than full weight if annealed."""
        if self._made == 0 or self._made < self.settle:
            self._pseudo = pooled(self.cells, statistics, self.prior, self.history)
        self._made += 1
        self._said, self._answers = maximised(self.cells, statistics, self._pseudo)
        if self._made > self.annealed:
            return self._said
        weight = self._made / (self.annealed + 1)
        return Parameters(self._said.log_confusion * weight, self._said.log_prior * weight)

    def log_density(self, parameters: Parameters) -> float:
        """Return the log density of the last parameters, up to a constant."""
        del parameters
        return log_density(self.cells, self._said, self._answers, self._pseudo)

    def confusion(self, parameters: Parameters) -> Array:
        """Return every worker's matrix; shape (workers, true labels, said labels)."""
        return confusion(self.cells, parameters, self._answers, self._pseudo)

    def answers(self, statistics: Statistics) -> Array:
        """Return the expected answers of every worker, from before and now; shape (workers, true, said)."""
        labels = len(statistics.classes)
        found = np.zeros((len(self._answers), labels, labels))
        found[self.cells.worker, :, self.cells.label] = statistics.counts
        if self.history is not None:
            found[self.history.worker] += self.history.counts
        return found
