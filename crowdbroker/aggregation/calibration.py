"""Confidence that can be relied on: posteriors tempered by the dependence of workers and by known answers.

Dawid-Skene takes workers for independent given the truth. Real ones fail on the same hard items, so ten votes are worth
fewer, and the posterior is too sure. An item with n votes therefore has its log-probabilities divided by the design
effect 1 + (n - 1) r of votes whose errors correlate by r (see `metrics.effective_votes`), and by one temperature more
(Guo et al. 2017, ICML) that is fitted on gold. The order of an item's labels stays.

r = 0.3 was fixed once, as a round number, by the mean calibration error over 12 recorded crowds: about 0.07 there
without any gold, against 0.13 for the bare posterior and 0.15 for crowd-kit's; anything from 0.25 to 0.5 is within
0.01. With 50 gold items, the mean is 0.05. Isotonic regression on top of that was tried: worse with 50 and 200 gold
items, and no better with 500, so a temperature is all there is. So was an r measured on the gold itself
(`metrics.error_dependence`): 0.052 against 0.049 for r = 0.3 with 50 gold items, and equal with 200, because the
temperature makes up for a wrong r.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from crowdbroker.aggregation.frames import Method
from crowdbroker.aggregation.gold import Answers, Gold, encode_gold
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

Array = npt.NDArray[np.float64]

DEPENDENCE = 0.3
LEAST_GOLD = 10
"""With fewer known items nothing is fitted: the label would be calibrated by name alone."""
_UNCALIBRATED = "uncalibrated"
# Votes that are added to shares, in all. The mean calibration error of majority vote over 21 recorded crowds is 0.118
# with half a vote, 0.120 with none, 0.133 with one and 0.163 with half a vote for each label.
_IN_MIND = 0.5
# Candidates for the temperature, beyond the design effect.
_TEMPERATURES = np.geomspace(0.2, 20.0, 93)
# How far the temperature of a crowd lies from 1, as a standard deviation of its logarithm: few gold items move it
# little. Twice or half as much changes the mean calibration error by less than 0.003.
_SPREAD = 0.7


@dataclass(frozen=True, slots=True)
class Calibration:
    """How posteriors become confidence.

    Attributes:
        basis: "uncalibrated", or "gold n=50" for a temperature fitted on so many known items.
        gold: the number of known items; 0 where uncalibrated.
        temperature: what log-probabilities are divided by, beyond the design effect; above 1 is less sure.
        dependence: assumed correlation of two workers' errors on one item.
        shares: the posterior is shares of votes. Half a vote, divided among all labels, is added first: one of one vote
            is no certainty.
    """

    basis: str = _UNCALIBRATED
    gold: int = 0
    temperature: float = 1.0
    dependence: float = DEPENDENCE
    shares: bool = False

    @classmethod
    def default(cls, model: Any) -> Self:
        """Return what holds for a method without gold."""
        shares = bool(getattr(model, "posterior_is_shares", False))
        return cls(dependence=0.0 if shares else DEPENDENCE, shares=shares)

    def apply(self, posterior: Array, votes: npt.NDArray[Any]) -> Array:
        """Return probabilities to be shown.

        Args:
            posterior: of a fitted method; shape (items, labels), rows sum to 1. What is 0 stays 0, so gold stays sure.
            votes: how many each item has; shape (items,).

        Returns:
            Shape (items, labels), rows sum to 1, best label as before.
        """
        return _tempered(self._logs(posterior, votes), self.temperature)

    def _logs(self, posterior: Array, votes: npt.NDArray[Any]) -> Array:
        number = votes[:, np.newaxis].astype(np.float64)
        if self.shares:
            posterior = (posterior * number + _IN_MIND / posterior.shape[1]) / (number + _IN_MIND)
        logs = np.full(posterior.shape, -np.inf)
        np.log(posterior, out=logs, where=posterior > 0)
        logs /= 1.0 + (number - 1.0) * self.dependence
        return logs


OWN = Calibration("the method's own", dependence=0.0)
"""The posterior as it is."""


def calibrate(model: Method, votes: Votes, gold: Answers | None, *, folds: int = 5, seed: int = 0) -> Calibration:
    """Return the calibration of a method on votes, by cross-fitting on gold.

    The known items are dealt into folds; the method is fitted with the gold of the others, and the temperature is
    chosen by the likelihood of each fold's answers. So no item's own answer speaks for it. The fits that this needs
    are made on copies of the model.

    Args:
        model: a method with its parameters, fitted or not.
        votes: at least one.
        gold: known answers. Fewer than ten that were voted on leave the confidence uncalibrated.
        folds: 2 or more.
        seed: of the deal.

    Raises:
        UnknownLabel: a gold label is not in `votes.labels`.
        InputError: `folds` is less than 2, or a gold item accepts no label.
    """
    if folds < 2:
        raise InputError("must be 2 at least", field="folds", remedy="Take 5.")
    default = Calibration.default(model)
    known = encode_gold(votes, gold)
    if len(known.item) < LEAST_GOLD or gold is None:
        return default
    held_out = cross_fitted(model, votes, known, gold, folds=folds, seed=seed)
    number = np.diff(votes.start)[known.item]
    temperature = _best_temperature(default._logs(held_out, number), known.accepted)
    size = len(known.item)
    return Calibration(f"gold n={size}", size, temperature, default.dependence, default.shares)


def cross_fitted(model: Method, votes: Votes, known: Gold, gold: Answers, *, folds: int, seed: int) -> Array:
    """Return P(label) of every known item by fits that did not know it; shape (known items, labels)."""
    fold = _dealt(known, folds, seed)
    names = votes.items.at(known.item)
    held_out = np.empty((len(names), len(votes.labels)))
    for number in range(min(folds, len(names))):
        others = {name: gold[name] for name, own in zip(names, fold.tolist(), strict=True) if own != number}
        fitted = copy.copy(model).fit(votes, gold=others)
        held_out[fold == number] = fitted.posterior_[known.item[fold == number]]
    return held_out


def held_out_confidence(
    model: Method, votes: Votes, known: Gold, gold: Answers, how: Calibration, *, folds: int = 5, seed: int = 0
) -> Array:
    """Return the confidence in every known item's labels, by fits and temperatures that did not know it.

    Judged on the items that its temperature was fitted on, confidence would look truer than it is.

    Args:
        model: a method with its parameters.
        votes: at least one.
        known: of `gold`, at least two items.
        gold: known answers.
        how: the calibration to be judged; where it was fitted on gold, each fold's temperature is fitted on the others.
        folds: 2 or more.
        seed: of the deal.

    Returns:
        Shape (known items, labels), rows sum to 1.
    """
    posterior = cross_fitted(model, votes, known, gold, folds=folds, seed=seed)
    number = np.diff(votes.start)[known.item]
    if not how.gold:
        return how.apply(posterior, number)
    logs, fold = how._logs(posterior, number), _dealt(known, folds, seed)
    shown = np.empty_like(logs)
    for own in range(min(folds, len(fold))):
        mine = fold == own
        shown[mine] = _tempered(logs[mine], _best_temperature(logs[~mine], known.accepted[~mine]))
    return shown


def confidence_of(model: Method, how: Calibration, votes: Votes, known: Gold) -> Array:
    """Return the confidence in the labels of a fitted method; shape (items, labels), rows sum to 1."""
    confidence = how.apply(model.posterior_, np.diff(votes.start))
    if how.shares and model.keeps_gold:
        # What is known is not a share of votes, to which half a vote could be added.
        confidence[known.item] = model.posterior_[known.item]
    return confidence


def _dealt(known: Gold, folds: int, seed: int) -> npt.NDArray[np.int64]:
    dealt: npt.NDArray[np.int64] = np.random.default_rng(seed).permutation(len(known.item)) % folds
    return dealt


def _best_temperature(logs: Array, accepted: npt.NDArray[np.bool_]) -> float:
    """Return the likeliest temperature given known answers and what is usual among crowds."""
    losses = []
    for temperature in _TEMPERATURES.tolist():
        right = (_tempered(logs, temperature) * accepted).sum(axis=1)
        losses.append(-np.log(np.maximum(right, 1e-9)).sum() + 0.5 * (np.log(temperature) / _SPREAD) ** 2)
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _tempered(logs: Array, temperature: float) -> Array:
    odds = logs / temperature
    odds -= odds.max(axis=1, keepdims=True)
    np.exp(odds, out=odds)
    odds /= odds.sum(axis=1, keepdims=True)
    return odds
