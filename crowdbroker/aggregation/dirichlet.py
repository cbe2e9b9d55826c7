"""Confusion matrices from soft counts, smoothed by pseudo-answers.

The model of Dawid & Skene 1979 (Applied Statistics 28, 20-28): an item's true label t has probability p[t], and worker
w says l where t is true with probability c[w, t, l]; given t, votes are independent. The priors of Raykar et al. 2010
(JMLR 11, 1297-1322, section 3, there for two labels) become pseudo-answers that are added to every count, so that the
maximum is that of the posterior density and nobody is infallible after one answer.

Pseudo-answers have three sources: a fixed table for everybody; the crowd's mean matrix, so that a worker with few
answers is taken for an average one (empirical Bayes, as in the hierarchical models of Paun et al. 2018, TACL 6,
571-585); and what is known of a worker from before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.cells import Cells
from crowdbroker.aggregation.em import Parameters, Statistics
from crowdbroker.aggregation.history import History

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """How many pseudo-observations there are, of each kind.

    Attributes:
        diagonal: answers with the true label, for every worker and true label; above zero.
        off_diagonal: answers with each other label; above zero.
        items: items of each true label; above zero.
        pool: answers of an average worker, for every worker and true label.
    """

    diagonal: float
    off_diagonal: float
    items: float
    pool: float = 0.0

    def table(self, labels: int) -> Array:
        """Return the fixed pseudo-answers of one worker; shape (said labels, true labels), symmetric."""
        pseudo = np.full((labels, labels), self.off_diagonal)
        np.fill_diagonal(pseudo, self.diagonal)
        return pseudo


@dataclass(frozen=True, slots=True, eq=False)
class Pseudo:
    """The pseudo-observations in force.

    Attributes:
        table: answers of every worker; shape (said labels, true labels), above zero.
        items: items of each true label.
        history: answers that some workers have besides.
    """

    table: Array
    items: float
    history: History | None = None

    def of_cells(self, cells: Cells) -> Array:
        """Return the pseudo-answers of each pair of worker and label; shape (cells, true labels)."""
        own = self.table[cells.label]
        return own if self.history is None else own + self.history.of_cells

    def answers(self) -> Array:
        """Return all pseudo-answers on each true label; shape (true labels,) or (workers, true labels)."""
        shared: Array = self.table.sum(axis=0)
        return shared if self.history is None else shared + self.history.answers


def pooled(cells: Cells, statistics: Statistics, prior: Prior, history: History | None = None) -> Pseudo:
    """Return the pseudo-observations of a prior, with the crowd's mean matrix as the statistics have it."""
    table = prior.table(len(statistics.classes))
    if prior.pool:
        crowd, seen = table.copy(), statistics.counts if history is None else statistics.counts + history.of_cells
        for true, counts in enumerate(seen.T):
            crowd[:, true] += np.bincount(cells.label, weights=counts, minlength=len(table))
        table += prior.pool * crowd / crowd.sum(axis=0)
    return Pseudo(table, prior.items, history)


def maximised(cells: Cells, statistics: Statistics, pseudo: Pseudo) -> tuple[Parameters, Array]:
    """Return the parameters that fit best (Dawid & Skene 1979, eq. 2.3 and 2.4, with the pseudo-answers).

    Args:
        cells: the pairs of worker and label.
        statistics: counts by the posterior.
        pseudo: pseudo-observations.

    Returns:
        The parameters, and the expected answers of every worker on each true label with the pseudo-answers;
        shape (workers, true labels).
    """
    answers = np.add.reduceat(statistics.counts, cells.first, axis=0) + pseudo.answers()
    log_confusion = np.log(statistics.counts + pseudo.of_cells(cells)) - np.log(answers)[cells.worker]
    classes = statistics.classes + pseudo.items
    return Parameters(log_confusion, np.log(classes / classes.sum())), answers


def log_density(cells: Cells, parameters: Parameters, answers: Array, pseudo: Pseudo) -> float:
    """Return the log density of the parameters, up to a constant that hangs on the pseudo-observations alone."""
    weight = pseudo.of_cells(cells)
    density: float = pseudo.items * float(parameters.log_prior.sum())
    density += float((weight * parameters.log_confusion).sum())
    # What a worker never said has the pseudo-answers alone over the worker's answers.
    unsaid = pseudo.answers() - np.add.reduceat(weight, cells.first, axis=0)
    return density - float((unsaid * np.log(answers)).sum())


def confusion(cells: Cells, parameters: Parameters, answers: Array, pseudo: Pseudo) -> Array:
    """Return every worker's confusion matrix.

    Returns:
        Shape (workers, labels, labels); [w, t, l] = P(w says l | truth is t), rows sum to 1.
    """
    matrix = np.tile(pseudo.table.T, (len(answers), 1, 1))
    if pseudo.history is not None:
        matrix[pseudo.history.worker] += pseudo.history.counts
    matrix /= answers[:, :, np.newaxis]
    matrix[cells.worker, :, cells.label] = np.exp(parameters.log_confusion)
    return matrix
