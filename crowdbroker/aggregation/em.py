"""Kernels of Dawid-Skene expectation maximisation, smoothed by Dirichlet priors.

The model of Dawid & Skene 1979 (Applied Statistics 28, 20-28): an item's true label t has probability p[t], and worker
w says l where t is true with probability c[w, t, l]; given t, votes are independent. The priors of Raykar et al. 2010
(JMLR 11, 1297-1322, section 3, there for two labels) become pseudo-answers that are added to every count, so that the
maximum is that of the posterior density and nobody is infallible after one answer.

Only pairs of worker and label that occur ("cells") are kept: a crowd on a thousand labels would not fit otherwise.
Arrays have the true label first, which makes every sum one `bincount` over the votes: one temporary array of n numbers,
and sums in the order of the votes, so results do not depend on the order of the input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.votes import Indices, Votes

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """Pseudo-observations, all above zero.

    Attributes:
        diagonal: answers with the true label, for every worker and true label.
        off_diagonal: answers with each other label.
        items: items of each true label.
    """

    diagonal: float
    off_diagonal: float
    items: float

    def total(self, labels: int) -> float:
        """Return the pseudo-answers of one worker on one true label."""
        return self.diagonal + (labels - 1) * self.off_diagonal


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The pairs of worker and label that occur.

    Attributes:
        of_vote: the pair of every vote; shape (n,).
        worker: the worker of every pair; shape (cells,), ascending.
        label: the label of every pair; shape (cells,).
    """

    of_vote: Indices
    worker: Indices
    label: Indices

    @classmethod
    def of(cls, votes: Votes) -> Cells:
        """Return the pairs in votes."""
        pairs, of_vote = np.unique(votes.worker * len(votes.labels) + votes.label, return_inverse=True)
        worker, label = np.divmod(pairs, len(votes.labels))
        return cls(of_vote, worker, label)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The parameters.

    Attributes:
        log_class_prior: log p; shape (labels,).
        log_said: log c of the pairs that occur; shape (true labels, cells).
        answers: expected answers with the prior's, on each true label; shape (true labels, workers).
    """

    log_class_prior: Array
    log_said: Array
    answers: Array


def m_step(votes: Votes, cells: Cells, posterior: Array, prior: Prior) -> Model:
    """Return the parameters that fit best (Dawid & Skene 1979, eq. 2.3 and 2.4, with the prior's counts).

    Args:
        votes: n votes.
        cells: their pairs of worker and label.
        posterior: P(true label | votes); shape (true labels, items), columns sum to 1.
        prior: pseudo-observations.
    """
    labels, workers = len(votes.labels), len(votes.workers)
    log_said = np.empty((labels, len(cells.worker)))
    answers = np.empty((labels, workers))
    for true in range(labels):
        counts = np.bincount(cells.of_vote, weights=posterior[true].take(votes.item), minlength=len(cells.worker))
        answers[true] = np.bincount(cells.worker, weights=counts, minlength=workers) + prior.total(labels)
        counts += np.where(cells.label == true, prior.diagonal, prior.off_diagonal)
        log_said[true] = np.log(counts) - np.log(answers[true]).take(cells.worker)
    class_prior = posterior.sum(axis=1) + prior.items
    return Model(np.log(class_prior / class_prior.sum()), log_said, answers)


def e_step(votes: Votes, cells: Cells, model: Model, gold: Gold) -> tuple[Array, float]:
    """Return P(true label | votes) and the log-likelihood of the votes (Dawid & Skene 1979, eq. 2.5 and 2.1).

    Returns:
        Shape (true labels, items), columns sum to 1, labels that gold does not accept at 0; and natural log units.
    """
    joint = np.empty((len(votes.labels), len(votes.items)))
    for true, prior in enumerate(model.log_class_prior):
        seen = model.log_said[true].take(cells.of_vote)
        joint[true] = np.bincount(votes.item, weights=seen, minlength=len(votes.items)) + prior
    joint[:, gold.item] = np.where(gold.accepted.T, joint[:, gold.item], -np.inf)
    # Products of many small probabilities underflow, so the best label is scaled to 1 before exp.
    best = joint.max(axis=0)
    joint -= best
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    return joint, float((best + np.log(total)).sum())


def log_prior(votes: Votes, cells: Cells, model: Model, prior: Prior) -> float:
    """Return the log density of the parameters under the prior, up to a constant; natural log units."""
    labels = len(votes.labels)
    density = prior.items * float(model.log_class_prior.sum())
    for true in range(labels):
        weight = np.where(cells.label == true, prior.diagonal, prior.off_diagonal)
        density += float((weight * model.log_said[true]).sum())
        # What a worker never said has the prior's own count over the worker's answers.
        unsaid = prior.total(labels) - np.bincount(cells.worker, weights=weight, minlength=len(votes.workers))
        density -= float((unsaid * np.log(model.answers[true])).sum())
        density += len(votes.workers) * _x_log_x(prior, labels) - float((weight * np.log(weight)).sum())
    return density


def _x_log_x(prior: Prior, labels: int) -> float:
    off = prior.off_diagonal * float(np.log(prior.off_diagonal))
    return prior.diagonal * float(np.log(prior.diagonal)) + (labels - 1) * off


def confusion(votes: Votes, cells: Cells, model: Model, prior: Prior) -> Array:
    """Return every worker's confusion matrix.

    Returns:
        Shape (workers, labels, labels); [w, t, l] = P(w says l | truth is t), rows sum to 1.
    """
    labels = len(votes.labels)
    pseudo = np.full((labels, labels), prior.off_diagonal)
    np.fill_diagonal(pseudo, prior.diagonal)
    matrix: Array = pseudo / model.answers.T[:, :, np.newaxis]
    matrix[cells.worker, :, cells.label] = np.exp(model.log_said.T)
    return matrix
