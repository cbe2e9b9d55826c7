"""One coin a worker: a single chance of being right, whatever the true label."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import numpy as np

from crowdbroker.aggregation.cells import Cells
from crowdbroker.aggregation.climb import climb
from crowdbroker.aggregation.em import Array, Engine, Parameters, Statistics, posterior_of, statistics_of, sweep
from crowdbroker.aggregation.frames import FromFrames
from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.start import first_posterior
from crowdbroker.aggregation.ties import Ties, decided
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

# A worker's vote weighs between nothing and this, in natural log units of odds (0.98 right with two labels).
_MOST_WEIGHT = 4.0


@dataclass(slots=True, eq=False)
class Coins:
    """Statistics -> Parameters where every worker has one coin.

    Worker w is right with probability a[w] and otherwise says any other label alike; the maximum is
    a[w] = (expected right answers + right) / (answers + right + wrong).

    Args:
        cells: the pairs of worker and label.
        right: pseudo-answers that are right, for every worker.
        wrong: pseudo-answers that are wrong.
        guard: keep every a[w] between chance and 0.98, and the true labels equally likely. Without it, EM often makes
            one label true everywhere and half of the crowd liars.
    """

    cells: Cells
    right: float = 4.0
    wrong: float = 1.0
    guard: bool = True
    accuracy: Array = field(init=False)

    def maximised(self, statistics: Statistics) -> Parameters:
        """Return the parameters that fit statistics best, within the guard."""
        labels = len(statistics.classes)
        own = statistics.counts[np.arange(len(self.cells)), self.cells.label]
        agreed = np.add.reduceat(own, self.cells.first) + self.right
        answers = np.add.reduceat(statistics.counts.sum(axis=1), self.cells.first) + self.right + self.wrong
        self.accuracy = agreed / answers
        classes = statistics.classes + 1.0
        if self.guard:
            odds = np.log(self.accuracy * max(labels - 1, 1) / (1.0 - self.accuracy)).clip(0.0, _MOST_WEIGHT)
            self.accuracy = np.exp(odds) / (np.exp(odds) + labels - 1)
            classes = np.ones(labels)
        return Parameters(self._log_confusion(labels), np.log(classes / classes.sum()))

    def log_density(self, parameters: Parameters) -> float:
        """Return the log density of the accuracies under the pseudo-answers, up to a constant."""
        chance = np.clip(self.accuracy, 1e-300, 1.0 - 1e-16)
        density = self.right * np.log(chance).sum() + self.wrong * np.log1p(-chance).sum()
        return float(density + parameters.log_prior.sum())

    def _log_confusion(self, labels: int) -> Array:
        accuracy = self.accuracy[self.cells.worker, np.newaxis]
        said_true = self.cells.label[:, np.newaxis] == np.arange(labels)
        return np.log(np.where(said_true, accuracy, (1.0 - accuracy) / max(labels - 1, 1)))


class OneCoin(FromFrames):
    """Labels by expectation maximisation with one accuracy a worker.

    This is the one-coin model of Zhang, Chen, Zhou & Jordan 2016 (JMLR 17, 1-44), smoothed and guarded.

    For few answers a worker, or more labels than a worker has answers. Real workers confuse some labels more than
    others, so a confusion matrix wins as soon as it can be learnt.

    Args:
        max_iter: iterations at the most.
        tol: EM has converged when an iteration gains no more than this, in natural log units an item.
        right: pseudo-answers that are right, for every worker.
        wrong: pseudo-answers that are wrong.
        guard: see `Coins`. Without the guard this is crowd-kit's OneCoinDawidSkene, and collapses where that does.
        ties: how items without a single best label get theirs; see `ties.choose`.
        engine: who computes; see `em.engine_for`.

    Attributes:
        labels_, posterior_, ties_, gold_unanswered_, n_iter_, converged_: as of `DawidSkene`.
        skill_: P(right) of every worker, in the order of `votes.workers`; shape (workers,).
        loss_history_: negative log posterior density after each iteration up to a constant; never rises, unless the
            guard holds an accuracy where it is.
    """

    labels_: Mapping[Hashable, Hashable]
    posterior_: Array
    skill_: Array
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
        right: float = 4.0,
        wrong: float = 1.0,
        guard: bool = True,
        ties: Ties = "stable",
        engine: Engine = "auto",
    ) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.right = right
        self.wrong = wrong
        self.guard = guard
        self.ties = ties
        self.engine = engine

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from votes.

        Args:
            votes: at least one.
            gold: item -> its label, or a collection of accepted labels; these items keep to them.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: a parameter is out of range, or a gold item accepts no label.
        """
        if not (0 < self.right < float("inf") and 0 < self.wrong < float("inf")):
            raise InputError("must be above zero and finite", field="right, wrong", remedy="Take 4 and 1.")
        known = encode_gold(votes, gold)
        model = Coins(votes.cells, self.right, self.wrong, self.guard)
        first = statistics_of(votes, first_posterior(votes, known), self.engine)
        again = partial(sweep, votes, gold=known, engine=self.engine)
        way = climb(first, again, model, max_iter=self.max_iter, gain=self.tol * len(votes.items))
        self.posterior_ = posterior_of(votes, way.last.log_confusion, way.last.log_prior, known, self.engine)[0]
        self.skill_ = model.accuracy
        self.n_iter_, self.loss_history_, self.converged_ = len(way.losses), way.losses, way.converged
        self.gold_unanswered_ = known.unanswered
        self.labels_, self.ties_ = decided(votes, self.posterior_, self.ties)
        return self
