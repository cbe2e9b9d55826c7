"""How good every worker is: by the confusion matrix beyond chance, and by known answers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.votes import Indices, Votes

Array = npt.NDArray[np.float64]


def informedness(confusion: Array, class_prior: Array) -> Array:
    """Return every worker's chance-corrected skill: 1 is perfect, 0 is guessing, below 0 is worse than guessing.

    For each label t taken against the rest, Youden's index J (Cancer 3, 1950, 32-35) is P(says t | truth is t) minus
    P(says t | truth is not t); the skill is their mean weighted by P(truth is t). Whoever ignores the item, with one
    answer for all or with dice of any shape, has J = 0 for each label, however common that label is. Accuracy has no
    such zero: always answering a label of 90 % is 90 % accurate.

    Args:
        confusion: [w, t, l] = P(w says l | truth is t); shape (workers, labels, labels).
        class_prior: P(truth is t); shape (labels,), sums to 1.

    Returns:
        Shape (workers,), in [-1, 1]. Zeros where the truth has one label alone: nothing can be told by it.
    """
    right = np.diagonal(confusion, axis1=1, axis2=2)
    others = 1.0 - class_prior
    said = np.einsum("t,wtl->wl", class_prior, confusion)
    open_question = others > 1e-12
    wrong = (said - class_prior * right) / np.where(open_question, others, 1.0)
    youden = np.where(open_question, right - wrong, 0.0)
    skill: Array = youden @ class_prior
    return skill


def gold_record(votes: Votes, gold: Gold) -> tuple[Indices, Indices]:
    """Return how many known items every worker voted on, and on how many with an accepted label; each (workers,)."""
    place = np.full(len(votes.items), -1)
    place[gold.item] = np.arange(len(gold.item))
    on_gold = np.flatnonzero(place[votes.item] >= 0)
    right = gold.accepted[place[votes.item[on_gold]], votes.label[on_gold]]
    worker = votes.worker[on_gold]
    workers = len(votes.workers)
    return np.bincount(worker, minlength=workers), np.bincount(worker[right], minlength=workers)
