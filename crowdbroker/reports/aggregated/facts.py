"""All that is said of labels, gathered once for every way of writing it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crowdbroker.aggregation.agreement import fleiss_kappa, krippendorff_alpha, numbers_of, observed_agreement
from crowdbroker.aggregation.calibration import LEAST_GOLD, held_out_confidence
from crowdbroker.aggregation.compare import Comparison
from crowdbroker.aggregation.doubts import Contradiction, Doubt, contradictions, most_doubtful
from crowdbroker.aggregation.gold import Answers
from crowdbroker.aggregation.methods import method_named
from crowdbroker.aggregation.metrics import (
    Bin,
    Measured,
    brier_score,
    measured_calibration_error,
    reliability,
    with_interval,
)
from crowdbroker.aggregation.outcome import Outcome
from crowdbroker.aggregation.votes import Votes
from crowdbroker.reports.aggregated.figures import LabelFigures, WorkerFigures, label_figures, worker_figures

LOOK_FIRST = 50
"""Items that a report names for a person to look at."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How labels and confidence do on known items that the method was not told of.

    Attributes:
        accuracy: share of right labels.
        calibration_error: expected, over ten bins.
        brier: mean squared error of the confidence.
        bins: the reliability diagram.
    """

    accuracy: Measured
    calibration_error: Measured
    brier: Measured
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of labels.

    Attributes:
        outcome: the labels.
        comparison: of all methods, where it was asked for.
        held_out: None where there is too little gold.
        agreement: name -> coefficient; empty where no item has two votes.
        labels: the most common first.
        workers: in the order of `votes.workers`.
        doubts: the labels to look at first.
        contradictions: gold that workers contradict.
        warnings: what a reader should know before trusting a figure.
    """

    outcome: Outcome
    comparison: Comparison | None
    held_out: HeldOut | None
    agreement: dict[str, Measured]
    labels: list[LabelFigures]
    workers: list[WorkerFigures]
    doubts: list[Doubt]
    contradictions: list[Contradiction]
    warnings: list[str]


def gathered(outcome: Outcome, gold: Answers | None, comparison: Comparison | None = None) -> Facts:
    """Return the facts of labels; the method is fitted five times more to see how it does on held-out gold."""
    return Facts(
        outcome,
        comparison,
        _held_out(outcome, gold),
        _agreement(outcome.votes),
        label_figures(outcome),
        worker_figures(outcome),
        most_doubtful(outcome, LOOK_FIRST),
        contradictions(outcome, LOOK_FIRST),
        warnings_of(outcome),
    )


def warnings_of(outcome: Outcome) -> list[str]:
    """Return what is odd about the votes, a sentence each."""
    votes = outcome.votes
    return warnings_by(len(votes.items), len(votes.workers), len(votes.labels), len(votes), len(outcome.model.ties_))


def warnings_by(items: int, workers: int, labels: int, answers: int, ties: int) -> list[str]:
    """Return what is odd about so many of each, a sentence each."""
    found = []
    if workers == 1:
        found.append("There is one worker, so every label is what that worker said, and no confidence can be learnt.")
    elif answers == items:
        found.append("No task has two answers, so nothing tells good workers from bad.")
    if labels == 1:
        found.append("Everybody gave the same label, so nothing can be said of its confidence.")
    if ties == items > 1:
        found.append("Every task is a tie; the labels are drawn by lot, always in the same way.")
    return found


def _held_out(outcome: Outcome, gold: Answers | None) -> HeldOut | None:
    known = outcome.known
    if not gold or len(known.item) < LEAST_GOLD:
        return None
    shown = held_out_confidence(method_named(outcome.method), outcome.votes, known, gold, outcome.calibration)
    right = known.accepted[np.arange(len(shown)), shown.argmax(axis=1)]
    best = shown.max(axis=1)
    return HeldOut(
        with_interval(lambda _, hits: float(hits.mean()), best, right),
        measured_calibration_error(best, right),
        with_interval(brier_score, best, right),
        reliability(best, right),
    )


def _agreement(votes: Votes) -> dict[str, Measured]:
    if not (np.diff(votes.start) > 1).any():
        return {}
    figures: dict[str, Callable[[Votes], Measured]] = {
        "observed": observed_agreement,
        "krippendorff_alpha": krippendorff_alpha,
        "fleiss_kappa": fleiss_kappa,
    }
    if len(votes.labels) > 2 and numbers_of(votes.labels) is not None:
        figures["krippendorff_alpha_interval"] = lambda one: krippendorff_alpha(one, "interval")
    return {name: figure(votes) for name, figure in figures.items()}
