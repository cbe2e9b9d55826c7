"""Majority vote: the label that most workers gave."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.ties import Ties, choose, named
from crowdbroker.aggregation.votes import Votes


class MajorityVote:
    """The label with most votes; every worker counts the same.

    Args:
        ties: how items without a single best label get theirs; see `ties.choose`.

    Attributes:
        labels_: item -> label.
        posterior_: share of the item's votes for each label; shape (items, labels), rows sum to 1.
        ties_: the items where several labels have most votes, in the order of `votes.items`.
        gold_unanswered_: gold items that nobody voted on.
    """

    labels_: dict[Hashable, Hashable]
    posterior_: npt.NDArray[np.float64]
    ties_: tuple[Hashable, ...]
    gold_unanswered_: int

    def __init__(self, *, ties: Ties = "stable") -> None:
        self.ties = ties

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from votes.

        Args:
            votes: at least one.
            gold: known answers; checked, but without influence on a count of votes.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: no such ties policy, or a gold item accepts no label.
        """
        self.gold_unanswered_ = encode_gold(votes, gold).unanswered
        self.posterior_ = vote_shares(votes)
        chosen, tied = choose(votes, self.posterior_, self.ties)
        self.labels_ = named(votes, chosen)
        self.ties_ = tuple(votes.items[position] for position in np.flatnonzero(tied))
        return self


def vote_shares(votes: Votes) -> npt.NDArray[np.float64]:
    """Return the share of each label among the votes of each item; shape (items, labels)."""
    shape = len(votes.items), len(votes.labels)
    counts = np.bincount(votes.item * shape[1] + votes.label, minlength=shape[0] * shape[1]).reshape(shape)
    shares: npt.NDArray[np.float64] = counts / counts.sum(axis=1, keepdims=True)
    return shares
