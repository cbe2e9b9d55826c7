"""Dawid-Skene with what is known of workers from before, as a method like any other."""

from __future__ import annotations

from typing import Self

import numpy as np

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.gold import Answers
from crowdbroker.aggregation.history import Records
from crowdbroker.aggregation.votes import Votes


class Remembering(DawidSkene):
    """A Dawid-Skene that counts answers to known items from before; copies for cross-fitting count them, too.

    Args:
        records: worker -> such answers, shape (true labels, said labels), in the order of the label set. Each counts
            `gold_weight` times, as those to known items of today do.
    """

    def __init__(self, records: Records) -> None:
        super().__init__()
        self.records = records

    def fit(self, votes: Votes, gold: Answers | None = None, history: Records | None = None) -> Self:
        """Learn from votes; `history` takes the place of `records` where it is given."""
        before = history or {name: self.gold_weight * np.asarray(one) for name, one in self.records.items()}
        return super().fit(votes, gold, before)
