"""Labels kept up to date as votes come in, at the cost of what changed.

Expectation maximisation need not look at all items in each iteration: with the expected counts of the others kept from
before, the free energy climbs all the same (Neal & Hinton 1998, Learning in Graphical Models, 355-368). So an update
sweeps the items with new votes only, and all items once in a while, which tells the others what was learnt.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Self

import numpy as np

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Array, Statistics, statistics_of, sweep
from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.growth import Growth, grown
from crowdbroker.aggregation.history import with_gold
from crowdbroker.aggregation.passes import Partial, Passes, Taken
from crowdbroker.aggregation.start import first_posterior
from crowdbroker.aggregation.ties import decided
from crowdbroker.aggregation.unchanged import Unchanged
from crowdbroker.aggregation.votes import Votes


class Incremental:
    """A model that learns on as votes come in.

    Labels and confidences agree with a fit of all votes from the beginning but for near-ties: after 1 % new votes the
    posteriors differ by less than 0.03 for 99 of 100 items, on drawn and on recorded crowds. The label set is that of
    the first votes.

    Args:
        model: what is supposed of workers, and the options of learning.
        refresh: all items are swept every so many iterations of updates; 0 for never, when an update costs nothing in
            proportion to all votes but copying them, and items without new votes keep their posterior.

    Attributes:
        votes_: all votes; items and workers that came later stand behind the others.
        labels_: item -> label.
        posterior_: P(true label | votes); shape (items, labels).
        ties_: the items where several labels are as probable.
        touched_: how many items the last update looked at in each iteration.
    """

    votes_: Votes
    labels_: Mapping[Hashable, Hashable]
    posterior_: Array
    ties_: tuple[Hashable, ...]
    touched_: int

    def __init__(self, model: DawidSkene | None = None, *, refresh: int = 3) -> None:
        self.model = model or DawidSkene()
        self.refresh = refresh

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from the first votes.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: as `DawidSkene.fit`.
        """
        known = encode_gold(votes, gold)
        first = statistics_of(votes, first_posterior(votes, known), self.model.engine)
        passes = Passes(self.model, lambda parameters: sweep(votes, parameters, known, self.model.engine))
        history = with_gold(None, votes, known, self.model.gold_weight)
        way = self.model.learn(first, passes, votes.cells, len(votes.items), history)
        self._gold, self._taken, self._made = gold, (Taken(first, None), *passes.taken), 0
        self.votes_, self.touched_ = votes, len(votes.items)
        return self._decide(self.model.posterior(votes, way, known))

    def add(self, items: Iterable[Hashable], workers: Iterable[Hashable], labels: Iterable[Hashable]) -> Self:
        """Learn from more votes; a worker's second vote on an item is left out.

        Raises:
            UnknownLabel: a label is not in the label set.
            InputError: as `Votes.from_columns`.
        """
        growth = grown(self.votes_, Votes.from_columns(items, workers, labels, self.votes_.labels))
        before = self.votes_.of_items(growth.touched[growth.touched < len(self.votes_.items)]).votes
        self.votes_, self.touched_ = growth.votes, len(growth.touched)
        if not self.touched_:
            return self
        size = len(growth.votes.cells)
        return self._learn_on(growth, [self._rest(taken, before).among(size, growth.cell) for taken in self._taken])

    def _learn_on(self, growth: Growth, rest: list[Unchanged]) -> Self:
        votes, touched = growth.votes, growth.votes.of_items(growth.touched).votes
        known, all_known = encode_gold(touched, self._gold), encode_gold(votes, self._gold)
        engine = self.model.engine
        first = rest[0].with_part(statistics_of(touched, first_posterior(touched, known), engine))
        partial = Partial(
            rest[1:],
            lambda parameters: sweep(touched, parameters, known, engine),
            lambda parameters: sweep(votes, parameters, all_known, engine),
            self.refresh,
            self._made,
        )
        passes = Passes(self.model, partial)
        history = with_gold(None, votes, all_known, self.model.gold_weight)
        way = self.model.learn(first, passes, votes.cells, len(votes.items), history)
        self._taken, self._made = (Taken(first, None), *passes.taken), partial.made
        if partial.refreshed:
            return self._decide(self.model.posterior(votes, way, all_known))
        posterior = np.empty((len(votes.items), len(votes.labels)), dtype=self.posterior_.dtype)
        posterior[: len(self.posterior_)] = self.posterior_
        posterior[growth.touched] = self.model.posterior(touched, way, known)
        return self._decide(posterior)

    def _rest(self, taken: Taken, before: Votes) -> Unchanged:
        """Return what is left of statistics without the items that have new votes."""
        known = encode_gold(before, self._gold)
        if not len(before):
            part = Statistics(np.zeros_like(taken.statistics.counts), np.zeros(len(before.labels)), 0.0)
        elif taken.parameters is None:
            part = statistics_of(before, first_posterior(before, known), self.model.engine)
        else:
            part = sweep(before, taken.parameters, known, self.model.engine)
        return Unchanged.rest(taken.statistics, part, taken.parameters)

    def _decide(self, posterior: Array) -> Self:
        self.posterior_ = posterior
        self.labels_, self.ties_ = decided(self.votes_, posterior, self.model.ties)
        return self
