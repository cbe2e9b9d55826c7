"""Dawid-Skene: every worker has a confusion matrix, learnt together with the labels."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Self

import numpy as np

from crowdbroker.aggregation.em import Array, Cells, Model, Prior, confusion, e_step, log_prior, m_step
from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.majority import vote_shares
from crowdbroker.aggregation.ties import Ties, choose, named
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError


class DawidSkene:
    """Labels by expectation maximisation with smoothed confusion matrices and clamped gold.

    The model is in `em`. EM starts from the shares of votes and ends at a maximum of the posterior density, perhaps a
    local one. A prior heavy on the diagonal says that workers are better than chance; unsmoothed Dawid & Skene 1979 is
    the limit of all three counts at zero.

    Args:
        max_iter: iterations at the most.
        tol: EM has converged when an iteration gains no more than this, in natural log units an item.
        diagonal: pseudo-answers with the true label, for every worker and true label.
        off_diagonal: pseudo-answers with each other label.
        items_per_label: pseudo-items of each true label.
        ties: how items without a single best label get theirs; see `ties.choose`.

    Attributes:
        labels_: item -> label.
        posterior_: P(true label | votes); shape (items, labels), rows sum to 1. Overconfident where workers err
            together, as real ones do: calibrate before you rely on it.
        confusion_: P(said | true) of every worker; shape (workers, true labels, said labels). Made when asked for.
        class_prior_: P(true label); shape (labels,).
        ties_: the items where several labels are as probable, in the order of `votes.items`.
        gold_unanswered_: gold items that nobody voted on.
        n_iter_: iterations made.
        loss_history_: negative log posterior density after each iteration up to a constant; never rises.
        converged_: whether `tol` was reached within `max_iter`.
    """

    labels_: dict[Hashable, Hashable]
    posterior_: Array
    class_prior_: Array
    ties_: tuple[Hashable, ...]
    gold_unanswered_: int
    n_iter_: int
    loss_history_: tuple[float, ...]
    converged_: bool

    def __init__(
        self,
        *,
        max_iter: int = 100,
        tol: float = 1e-5,
        diagonal: float = 4.0,
        off_diagonal: float = 1.0,
        items_per_label: float = 1.0,
        ties: Ties = "stable",
    ) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.diagonal = diagonal
        self.off_diagonal = off_diagonal
        self.items_per_label = items_per_label
        self.ties = ties

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from votes.

        Args:
            votes: at least one.
            gold: item -> its label, or a collection of accepted labels; these items keep to them.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: a parameter is out of range, or a gold item accepts no label.
        """
        prior = self._checked_prior()
        known = encode_gold(votes, gold)
        cells = Cells.of(votes)
        posterior = self._iterate(votes, cells, known, prior)
        self.posterior_ = np.ascontiguousarray(posterior.T)
        self.gold_unanswered_ = known.unanswered
        chosen, tied = choose(votes, self.posterior_, self.ties)
        self.labels_ = named(votes, chosen)
        self.ties_ = tuple(votes.items[position] for position in np.flatnonzero(tied))
        return self

    @property
    def confusion_(self) -> Array:
        """Return every worker's confusion matrix; labels squared numbers a worker."""
        return confusion(*self._fitted)

    def _iterate(self, votes: Votes, cells: Cells, gold: Gold, prior: Prior) -> Array:
        posterior = _first_posterior(votes, gold)
        losses: list[float] = []
        self.converged_ = False
        while len(losses) < self.max_iter and not self.converged_:
            model = m_step(votes, cells, posterior, prior)
            posterior, likelihood = e_step(votes, cells, model, gold)
            losses.append(-likelihood - log_prior(votes, cells, model, prior))
            self.converged_ = len(losses) > 1 and losses[-2] - losses[-1] <= self.tol * len(votes.items)
        self._fitted: tuple[Votes, Cells, Model, Prior] = votes, cells, model, prior
        self.class_prior_ = np.exp(model.log_class_prior)
        self.n_iter_ = len(losses)
        self.loss_history_ = tuple(losses)
        return posterior

    def _checked_prior(self) -> Prior:
        for field in ("diagonal", "off_diagonal", "items_per_label"):
            if not 0 < getattr(self, field) < float("inf"):
                raise InputError("must be above zero and finite", field=field, remedy="For no smoothing, take 1e-9.")
        if self.max_iter < 1:
            raise InputError("must be 1 at least", field="max_iter", remedy="Take 100.")
        if not self.tol >= 0:
            raise InputError("must be 0 or more", field="tol", remedy="Take 1e-5.")
        return Prior(self.diagonal, self.off_diagonal, self.items_per_label)


def _first_posterior(votes: Votes, gold: Gold) -> Array:
    """Return the shares of votes, shape (labels, items); gold items keep to accepted labels."""
    posterior = np.ascontiguousarray(vote_shares(votes).T)
    kept = posterior[:, gold.item] * gold.accepted.T
    none_accepted = kept.sum(axis=0) == 0
    kept[:, none_accepted] = gold.accepted.T[:, none_accepted]
    posterior[:, gold.item] = kept / kept.sum(axis=0)
    return posterior
