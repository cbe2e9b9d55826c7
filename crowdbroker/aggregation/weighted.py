"""Weighted majority: votes weigh by how often their worker agrees with the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Literal, Self

import numpy as np

from crowdbroker.aggregation.em import Array, Engine, label_counts
from crowdbroker.aggregation.frames import FromFrames
from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.start import first_posterior
from crowdbroker.aggregation.ties import Ties, decided
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Weights = Literal["log_odds", "agreement"]
# The same bound as a one-coin worker's: nobody outvotes a crowd of a hundred.
_MOST_WEIGHT = 4.0


class WeightedMajority(FromFrames):
    """The label with most weight of votes.

    A worker's agreement is the mean share of the votes, his own among them, that fell on what he said; on gold it is
    whether he was right. With `agreement` that share is the weight, which is the Wawa of crowd-kit but for counting
    shares in place of the winning label. With `log_odds` the weight is that of an independent witness who is so often
    right (Nitzan & Paroush 1982, International Economic Review 23, 289-297), at least 0, at most 4.

    Args:
        weights: see above.
        ties: how items without a single best label get theirs; see `ties.choose`.
        engine: who computes; see `em.engine_for`.

    Attributes:
        labels_: item -> label.
        posterior_: share of the item's weight for each label; shape (items, labels), rows sum to 1. No probability.
        skill_: agreement of every worker, in the order of `votes.workers`; shape (workers,), in (0, 1).
        ties_: the items where several labels have most weight, in the order of `votes.items`.
        gold_unanswered_: gold items that nobody voted on.
    """

    posterior_is_shares = True

    labels_: Mapping[Hashable, Hashable]
    posterior_: Array
    skill_: Array
    ties_: tuple[Hashable, ...]
    gold_unanswered_: int

    def __init__(self, *, weights: Weights = "log_odds", ties: Ties = "stable", engine: Engine = "auto") -> None:
        self.weights = weights
        self.ties = ties
        self.engine = engine

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from votes.

        Args:
            votes: at least one.
            gold: item -> its label, or a collection of accepted labels; these items keep to them.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: no such weights or ties policy, or a gold item accepts no label.
        """
        if self.weights not in ("log_odds", "agreement"):
            raise InputError(f"no such weights {self.weights!r}", field="weights", remedy="Take log_odds or agreement.")
        known = encode_gold(votes, gold)
        shares = first_posterior(votes, known)
        self.skill_ = agreement(votes, shares, self.engine)
        self.posterior_ = _weighted_shares(votes, _weights(self.skill_, len(votes.labels), self.weights))
        self.posterior_[known.item] = known.accepted / known.accepted.sum(axis=1, keepdims=True)
        self.gold_unanswered_ = known.unanswered
        self.labels_, self.ties_ = decided(votes, self.posterior_, self.ties)
        return self


def agreement(votes: Votes, posterior: Array, engine: Engine = "auto") -> Array:
    """Return the expected share of right votes of every worker, with four right and one wrong in mind before them.

    Args:
        votes: n votes.
        posterior: P(true label); shape (items, labels).
        engine: who computes; see `em.engine_for`.

    Returns:
        Shape (workers,), in (0, 1).
    """
    cells = votes.cells
    counts = label_counts(votes, posterior, engine)
    right = np.add.reduceat(counts[np.arange(len(cells)), cells.label], cells.first)
    all_votes = np.bincount(votes.worker, minlength=len(votes.workers))
    found: Array = (right + 4.0) / (all_votes + 5.0)
    return found


def _weights(skill: Array, labels: int, weights: Weights) -> Array:
    if weights == "agreement":
        return skill
    # Where all are at chance every weight would be nothing, and every item a tie.
    return np.log(skill * max(labels - 1, 1) / (1.0 - skill)).clip(1e-3, _MOST_WEIGHT)


def _weighted_shares(votes: Votes, weight: Array) -> Array:
    shape = len(votes.items), len(votes.labels)
    place = votes.item.astype(np.int64) * shape[1] + votes.label
    scores = np.bincount(place, weights=weight[votes.worker], minlength=shape[0] * shape[1]).reshape(shape)
    shares: Array = scores / scores.sum(axis=1, keepdims=True)
    return shares
