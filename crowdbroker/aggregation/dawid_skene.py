"""Dawid-Skene: every worker has a confusion matrix, learnt together with the labels."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Literal, Self

import numpy as np

from crowdbroker.aggregation.cells import Cells
from crowdbroker.aggregation.climb import Climb, climb
from crowdbroker.aggregation.confusions import Confusions
from crowdbroker.aggregation.dirichlet import Prior
from crowdbroker.aggregation.em import Array, Engine, Parameters, Statistics, posterior_of, statistics_of, sweep
from crowdbroker.aggregation.frames import FromFrames
from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.history import History, Records, encode_history, with_gold
from crowdbroker.aggregation.one_coin import Coins
from crowdbroker.aggregation.start import first_posterior
from crowdbroker.aggregation.ties import Ties, decided
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

_OFF_DIAGONAL = 0.25


class DawidSkene(FromFrames):
    """Labels by expectation maximisation with pooled confusion matrices and clamped gold.

    The model is in `dirichlet`, the loop in `climb`, the sums over the votes in `em`. By default EM starts from a
    majority weighted by the workers' agreement, and every matrix is drawn towards the crowd's mean matrix, so that a
    worker with three answers is taken for an average one.

    The defaults were fixed once, as round numbers in the middle of a plateau, by mean accuracy over 17 recorded crowds
    of 13 families (83.6 %; majority vote 81.0). There, `diagonal` of 1 to 2, `off_diagonal` of 0.25 to 0.5 and `pool`
    of 1 to 10 are within 0.2 points. Choosing the best of 720 settings for each family by the other families alone
    gives 83.2 on the families left out, which is what to expect of a new crowd. `early` costs a tenth of a point on
    average and was taken for the crowds whose workers err together, where every further iteration is more certain and
    less right. The same defaults hold for every crowd; no truth is used to choose anything.

    With diagonal=4, off_diagonal=1, pool=0, start="shares" and early=0 this is the smoothed Dawid-Skene of Raykar et
    al. 2010; unsmoothed Dawid & Skene 1979 is the limit of its counts at zero.

    Args:
        max_iter: iterations at the most.
        tol: EM has converged when an iteration gains no more than this, in natural log units an item.
        diagonal: pseudo-answers with the true label, for every worker and true label.
        off_diagonal: pseudo-answers with each other label; by default 0.25, or `diagonal` shared among the others where
            that is less, because a worker with more of them than of the true label is taken for a liar.
        items_per_label: pseudo-items of each true label.
        pool: pseudo-answers of an average worker, for every worker and true label.
        settle: iterations in which the crowd's mean matrix is learnt anew; then it stays.
        start: `weighted` by agreement, or plain `shares` of votes.
        early: share of the first iteration in the posterior; the last has the rest.
        annealed: iterations over which votes come to full weight, against bad starts; 0 is none.
        gold_weight: how often a vote on a gold item counts in what is learnt of its worker; above 1 because the others'
            votes are a worse witness than they seem.
        ties: how items without a single best label get theirs; see `ties.choose`.
        engine: who computes; see `em.engine_for`.

    Attributes:
        labels_: item -> label.
        posterior_: P(true label | votes); shape (items, labels), rows sum to 1. Overconfident where workers err
            together, as real ones do: see `calibration`.
        confusion_: P(said | true) of every worker; shape (workers, true labels, said labels). Made when asked for.
        history_: worker -> expected answers, shape (true labels, said labels), for the next fit. Likewise.
        class_prior_: P(true label); shape (labels,).
        ties_: the items where several labels are as probable, in the order of `votes.items`.
        gold_unanswered_: gold items that nobody voted on.
        n_iter_: iterations made.
        loss_history_: negative log posterior density after each iteration up to a constant; never rises once the model
            is settled, which without `pool` and `annealed` it is from the first.
        converged_: whether `tol` was reached within `max_iter`.
    """

    labels_: Mapping[Hashable, Hashable]
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
        diagonal: float = 1.0,
        off_diagonal: float | None = None,
        items_per_label: float = 1.0,
        pool: float = 3.0,
        settle: int = 10,
        start: Literal["weighted", "shares"] = "weighted",
        early: float = 0.2,
        annealed: int = 0,
        gold_weight: float = 3.0,
        ties: Ties = "stable",
        engine: Engine = "auto",
    ) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.diagonal = diagonal
        self.off_diagonal = off_diagonal
        self.items_per_label = items_per_label
        self.pool = pool
        self.settle = settle
        self.start = start
        self.early = early
        self.annealed = annealed
        self.gold_weight = gold_weight
        self.ties = ties
        self.engine = engine

    def fit(self, votes: Votes, gold: Answers | None = None, history: Records | None = None) -> Self:
        """Learn from votes.

        Args:
            votes: at least one.
            gold: item -> its label, or a collection of accepted labels; these items keep to them.
            history: worker -> answers from before, shape (true labels, said labels) in the order of `votes.labels`,
                such as an earlier `history_`; they count in every iteration as if given today.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: a parameter is out of range, a gold item accepts no label, or a history has the wrong shape.
        """
        known = encode_gold(votes, gold)
        first = statistics_of(votes, first_posterior(votes, known), self.engine)
        again = partial(sweep, votes, gold=known, engine=self.engine)
        before = with_gold(encode_history(votes, history), votes, known, self.gold_weight)
        way = self.learn(first, again, votes.cells, len(votes.items), before)
        self.posterior_ = self.posterior(votes, way, known)
        self.gold_unanswered_ = known.unanswered
        self.labels_, self.ties_ = decided(votes, self.posterior_, self.ties)
        self._votes = votes
        return self

    @property
    def confusion_(self) -> Array:
        """Return every worker's confusion matrix; labels squared numbers a worker."""
        return self._model.confusion(self._way.last)

    @property
    def history_(self) -> dict[Hashable, Array]:
        """Return the expected answers of every worker, with those given as history."""
        return dict(zip(self._votes.workers, self._model.answers(self._way.statistics), strict=True))

    def learn(
        self,
        first: Statistics,
        sweep: Callable[[Parameters], Statistics],
        cells: Cells,
        items: int,
        history: History | None = None,
    ) -> Climb:
        """Return the way to the parameters, wherever the votes are.

        Args:
            first: statistics of the shares of votes, with known answers kept (`start.first_posterior`).
            sweep: see `em.Sweeper`.
            cells: the pairs of worker and label.
            items: how many there are.
            history: answers from before, with what gold counts more (`history.with_gold`).
        """
        self._model = Confusions(
            cells, self._checked_prior(len(first.classes)), history, settle=self.settle, annealed=self.annealed
        )
        if self.start == "weighted":
            first = sweep(Coins(cells).maximised(first))
        unsettled = max(self.settle if self.pool else 0, self.annealed)
        limits = {"max_iter": self.max_iter, "unsettled": unsettled, "at_least": self.annealed + 2}
        way = climb(first, sweep, self._model, gain=self.tol * items, **limits)
        self._way = way
        self.class_prior_ = np.exp(way.last.log_prior)
        self.n_iter_, self.loss_history_, self.converged_ = len(way.losses), way.losses, way.converged
        return way

    def posterior(self, votes: Votes, way: Climb, gold: Gold | None = None) -> Array:
        """Return P(true label | votes) by what `learn` gave; shape (items, labels)."""
        last = posterior_of(votes, way.last.log_confusion, way.last.log_prior, gold, self.engine)[0]
        if self.early == 0 or way.first is way.last:
            return last
        early = posterior_of(votes, way.first.log_confusion, way.first.log_prior, gold, self.engine)[0]
        last *= 1.0 - self.early
        early *= self.early
        last += early
        return last

    def _checked_prior(self, labels: int) -> Prior:
        off_diagonal = self.off_diagonal
        if off_diagonal is None:
            off_diagonal = min(_OFF_DIAGONAL, self.diagonal / max(labels - 1, 1))
        counts = {"diagonal": self.diagonal, "off_diagonal": off_diagonal, "items_per_label": self.items_per_label}
        for field, count in counts.items():
            if not 0 < count < float("inf"):
                raise InputError("must be above zero and finite", field=field, remedy="For no smoothing, take 1e-9.")
        if self.max_iter < 1:
            raise InputError("must be 1 at least", field="max_iter", remedy="Take 100.")
        if self.start not in ("weighted", "shares"):
            raise InputError(f"no such start {self.start!r}", field="start", remedy="Take weighted or shares.")
        for field, most in (
            ("tol", float("inf")),
            ("pool", 1e12),
            ("settle", 1e9),
            ("annealed", 1e9),
            ("early", 1.0),
            ("gold_weight", 1e9),
        ):
            if not 0 <= getattr(self, field) <= most:
                raise InputError(f"must be from 0 to {most:g}", field=field, remedy="Leave it out for the default.")
        return Prior(self.diagonal, off_diagonal, self.items_per_label, self.pool)
