"""Votes to labels in one step: method, fit, calibrated confidence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.auto import choice
from crowdbroker.aggregation.calibration import LEAST_GOLD, OWN, Calibration, calibrate, confidence_of
from crowdbroker.aggregation.climb import Climb
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.em import Parameters, Statistics
from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.methods import method_named
from crowdbroker.aggregation.rows import row_max
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]
# Called after each iteration with its number and the log-likelihood of all votes.
Progress = Callable[[int, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Labels with calibrated confidence.

    Attributes:
        votes: what they were made of.
        known: the gold among them.
        method: the name of the method; what `auto` took where that was asked for.
        why: the reason of `auto`; empty where the method was named.
        model: the fitted method.
        calibration: how its posterior became confidence.
        confidence: P(label); shape (items, labels), rows sum to 1.
    """

    votes: Votes
    known: Gold
    method: str
    why: str
    model: Any
    calibration: Calibration
    confidence: Array

    @property
    def labels(self) -> Mapping[Hashable, Hashable]:
        """Return item -> label."""
        found: Mapping[Hashable, Hashable] = self.model.labels_
        return found

    @property
    def best(self) -> Array:
        """Return the confidence of each item's label; shape (items,)."""
        best: Array = row_max(self.confidence)
        return best

    @property
    def guessed(self) -> Array:
        """Return the confidence of the labels of items that are not known already; shape (items without gold,)."""
        guessed = np.ones(len(self.votes.items), dtype=np.bool_)
        guessed[self.known.item] = False
        return self.best[guessed]


class Watched(DawidSkene):
    """A Dawid-Skene that tells of every pass over the votes."""

    progress: Progress

    def learn(
        self,
        first: Statistics,
        sweep: Callable[[Parameters], Statistics],
        *others: Any,
        **named: Any,
    ) -> Climb:
        """Learn as ever, and tell."""
        passes = 0

        def told(parameters: Parameters) -> Statistics:
            nonlocal passes
            passes += 1
            statistics = sweep(parameters)
            self.progress(passes, statistics.log_likelihood)
            return statistics

        return super().learn(first, told, *others, **named)


def aggregated(
    votes: Votes,
    gold: Answers | None = None,
    *,
    method: str = "auto",
    calibrated: bool | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Return labels with their confidence.

    Args:
        votes: at least one.
        gold: known answers.
        method: one of `methods.METHODS`.
        calibrated: fit the confidence on gold; None does so where there is enough of it. False gives the method's own
            probabilities, which are too sure where workers err together.
        progress: called after each iteration of Dawid-Skene.

    Raises:
        UnknownLabel: a gold label is not in `votes.labels`.
        InputError: no such method, or calibration is asked for and there is too little gold.
    """
    known = encode_gold(votes, gold)
    if calibrated and len(known.item) < LEAST_GOLD:
        raise InputError(
            f"only {len(known.item)} gold tasks have answers, and calibration takes {LEAST_GOLD}",
            field="--calibrate",
            remedy="Give more gold, or leave --calibrate out.",
        )
    name, why = choice(votes, gold) if method == "auto" else (method, "")
    model = method_named(name)
    if progress is not None and name == "dawid-skene":
        model = Watched()
        model.progress = progress
    fitted = model.fit(votes, gold)
    how = OWN if calibrated is False else calibrate(method_named(name), votes, gold)
    confidence = confidence_of(fitted, how, votes, known)
    return Outcome(votes, known, name, why, fitted, how, confidence)
