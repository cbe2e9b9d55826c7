"""Expectation maximisation as a loop: a model makes parameters, a sweep of the votes makes statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from crowdbroker.aggregation.em import Parameters, Statistics


class WorkerModel(Protocol):
    """What is supposed of workers."""

    def maximised(self, statistics: Statistics) -> Parameters:
        """Return the parameters that fit statistics best."""

    def log_density(self, parameters: Parameters) -> float:
        """Return the log density of the last parameters under the model's prior, up to a constant."""


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """The way up to a maximum of the posterior density, perhaps a local one.

    Attributes:
        first: the parameters of the first iteration.
        last: those of the last.
        statistics: by the last parameters.
        losses: negative log posterior density after each iteration, up to a constant.
        converged: whether the last iteration gained next to nothing.
    """

    first: Parameters
    last: Parameters
    statistics: Statistics
    losses: tuple[float, ...]
    converged: bool


def climb(
    statistics: Statistics,
    sweep: Callable[[Parameters], Statistics],
    model: WorkerModel,
    *,
    max_iter: int,
    gain: float,
    unsettled: int = 0,
    at_least: int = 1,
) -> Climb:
    """Return the way up from statistics.

    Args:
        statistics: where to begin.
        sweep: see `em.Sweeper`; the votes may be anywhere.
        model: see `WorkerModel`.
        max_iter: iterations at the most, 1 or more.
        gain: what an iteration must gain for another one, natural log units over all items.
        unsettled: iterations in which the model itself still moves, so that losses may rise: there it takes two losses
            in a row that hardly differ from the one before.
        at_least: iterations at the least.
    """
    parameters = first = model.maximised(statistics)
    losses: list[float] = []
    while True:
        statistics = sweep(parameters)
        losses.append(-statistics.log_likelihood - model.log_density(parameters))
        converged = len(losses) >= at_least and _still(losses, gain, unsettled)
        if converged or len(losses) >= max_iter:
            return Climb(first, parameters, statistics, tuple(losses), converged)
        parameters = model.maximised(statistics)


def _still(losses: list[float], gain: float, unsettled: int) -> bool:
    if len(losses) > unsettled + 1:
        return losses[-2] - losses[-1] <= gain
    return len(losses) > 2 and max(abs(losses[-3] - losses[-2]), abs(losses[-2] - losses[-1])) <= gain
