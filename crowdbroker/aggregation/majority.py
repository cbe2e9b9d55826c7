"""Majority vote: the label that most workers gave."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.em import vote_counts
from crowdbroker.aggregation.frames import FromFrames
from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.ties import Ties, decided
from crowdbroker.aggregation.votes import Votes


class MajorityVote(FromFrames):
    """The label with most votes; every worker counts the same.

    Args:
        ties: how items without a single best label get theirs; see `ties.choose`.

    Attributes:
        labels_: item -> label.
        posterior_: share of the item's votes for each label; shape (items, labels), rows sum to 1.
        ties_: the items where several labels have most votes, in the order of `votes.items`.
        gold_unanswered_: gold items that nobody voted on.
    """

    posterior_is_shares = True
    keeps_gold = False

    labels_: Mapping[Hashable, Hashable]
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
        self.labels_, self.ties_ = decided(votes, self.posterior_, self.ties)
        return self


def vote_shares(votes: Votes) -> npt.NDArray[np.float64]:
    """Return the share of each label among the votes of each item; shape (items, labels)."""
    shares: npt.NDArray[np.float64] = vote_counts(votes) / np.diff(votes.start)[:, np.newaxis]
    return shares
