"""A method chosen by the shape of the votes, with the reason."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Self

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Array, Engine
from crowdbroker.aggregation.frames import FromFrames
from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.ties import Ties
from crowdbroker.aggregation.votes import Votes

_DAWID_SKENE_WHY = (
    "Workers share Items, so each worker's confusions can be learnt; those with few answers are drawn to the average."
)


class Auto(FromFrames):
    """The method for votes of this shape.

    It is `DawidSkene` nearly always: thinned to two and three answers an item, and to three answers a worker, the 17
    recorded crowds have it ahead of majority vote on average and level with one coin a worker or ahead. The choice
    looks at counts alone, never at the truth.

    Args:
        ties: how items without a single best label get theirs; see `ties.choose`.
        engine: who computes; see `em.engine_for`.

    Attributes:
        model_: the fitted method.
        method_: its name, `dawid-skene` or `majority`.
        why_: a sentence for people.
        labels_, posterior_, ties_, gold_unanswered_: of the method.
    """

    model_: DawidSkene | MajorityVote
    method_: str
    why_: str
    labels_: Mapping[Hashable, Hashable]
    posterior_: Array
    ties_: tuple[Hashable, ...]
    gold_unanswered_: int

    def __init__(self, *, ties: Ties = "stable", engine: Engine = "auto") -> None:
        self.ties = ties
        self.engine = engine

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Choose, and learn from votes.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: no such ties policy, or a gold item accepts no label.
        """
        self.method_, self.why_ = choice(votes, gold)
        if self.method_ == "majority":
            self.model_ = MajorityVote(ties=self.ties)
        else:
            self.model_ = DawidSkene(ties=self.ties, engine=self.engine)
        fitted = self.model_.fit(votes, gold)
        self.posterior_is_shares = isinstance(fitted, MajorityVote)
        self.keeps_gold = fitted.keeps_gold
        self.labels_, self.posterior_, self.ties_ = fitted.labels_, fitted.posterior_, fitted.ties_
        self.gold_unanswered_ = fitted.gold_unanswered_
        return self


def choice(votes: Votes, gold: Answers | None = None) -> tuple[str, str]:
    """Return the name of the method for votes of this shape, and why."""
    # Gold is looked up only where it decides.
    single = len(votes) == len(votes.items)
    known = len(encode_gold(votes, gold).item) if single else 0
    return choice_by(len(votes.labels), len(votes.items), len(votes), known)


def choice_by(labels: int, items: int, answers: int, known: int) -> tuple[str, str]:
    """Return the name of the method for so many labels, items, answers and known items with answers, and why."""
    if labels == 1:
        return "majority", "There is a single label, so there is nothing to choose."
    if answers == items and not known:
        return "majority", "No Item has two answers and none is known, so nothing tells good workers from bad."
    return "dawid-skene", _DAWID_SKENE_WHY
