"""The report on labels for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crowdbroker.aggregation.compare import Comparison
from crowdbroker.aggregation.doubts import expected_wrong, found_by_looking
from crowdbroker.aggregation.metrics import Bin, Measured
from crowdbroker.aggregation.outcome import Outcome
from crowdbroker.reports.aggregated.facts import Facts
from crowdbroker.reports.aggregated.figures import confusion, histogram, number, wilson

SCHEMA = "crowdbroker/aggregate-report/1"
MOST_LABELS = 20
"""Labels of a confusion matrix: with more, nobody reads it."""


@dataclass(frozen=True)
class Summary:
    """What went in and how it went; None where the method has no such thing.

    Attributes:
        method: that was used, and why where `auto` chose it.
        gold: known tasks with answers; `gold_unanswered` are those without.
        gold_right: right labels among them, None where the method keeps the gold and so is always right.
        confidence_basis: what the confidence rests on.
        mean_confidence: of the labels that gold does not give; None where it gives all.
        expected_wrong: of those, how many are wrong if the confidence is right.
    """

    method: str
    why: str
    items: int
    workers: int
    labels: int
    answers: int
    repeats: int
    skipped: int
    ties: int
    iterations: int | None
    converged: bool | None
    gold: int
    gold_unanswered: int
    gold_right: int | None
    confidence_basis: str
    mean_confidence: float | None
    expected_wrong: float


def summary_of(outcome: Outcome) -> Summary:
    """Return the summary of labels."""
    votes, model, known = outcome.votes, outcome.model, outcome.known
    guessed = outcome.guessed
    return Summary(
        method=outcome.method,
        why=outcome.why,
        items=len(votes.items),
        workers=len(votes.workers),
        labels=len(votes.labels),
        answers=len(votes),
        repeats=votes.repeats,
        skipped=len(votes.skipped),
        ties=len(model.ties_),
        iterations=getattr(model, "n_iter_", None),
        converged=getattr(model, "converged_", None),
        gold=len(known.item),
        gold_unanswered=known.unanswered,
        gold_right=None if model.keeps_gold or not len(known.item) else _right(outcome),
        confidence_basis=outcome.calibration.basis,
        mean_confidence=round(float(guessed.mean()), 6) if len(guessed) else None,
        expected_wrong=round(expected_wrong(guessed), 2),
    )


def document_of(facts: Facts) -> dict[str, Any]:
    """Return everything that is known of labels; figures are not rounded."""
    outcome = facts.outcome
    best = outcome.best
    first = len(facts.doubts)
    held_out = facts.held_out
    return {
        "schema": SCHEMA,
        "summary": vars(summary_of(outcome)),
        "warnings": facts.warnings,
        "confidence": {
            "basis": outcome.calibration.basis,
            "temperature": outcome.calibration.temperature,
            "dependence": outcome.calibration.dependence,
            "accuracy": _measured(held_out.accuracy if held_out else None),
            "calibration_error": _measured(held_out.calibration_error if held_out else None),
            "brier_score": _measured(held_out.brier if held_out else None),
        },
        "comparison": facts.comparison and comparison_of(facts.comparison),
        "agreement": {name: _measured(one) for name, one in facts.agreement.items()},
        "look_first": [asdict(doubt) for doubt in facts.doubts],
        "look_first_finds": round(found_by_looking(outcome.guessed, first), 2),
        "gold_to_check": [asdict(one) | {"known": list(one.known)} for one in facts.contradictions],
        "labels": [asdict(one) for one in facts.labels],
        "histogram": [{"low": low, "high": high, "items": items} for low, high, items in histogram(best)],
        "reliability": [_bin(one) for one in held_out.bins if one.items] if held_out else [],
        "confusion": _confusion(facts),
        "workers": [asdict(one) for one in facts.workers],
    }


def comparison_of(found: Comparison) -> dict[str, Any]:
    """Return all methods side by side."""
    rows = [asdict(row) | {"accuracy": _measured(row.accuracy), "beyond": _measured(row.beyond)} for row in found.rows]
    return {"trusted": found.trusted, "why": found.why, "gold": found.gold, "methods": rows}


def _right(outcome: Outcome) -> int:
    position = {label: place for place, label in enumerate(outcome.votes.labels)}
    said = [position[outcome.labels[outcome.votes.items[item]]] for item in outcome.known.item.tolist()]
    return int(outcome.known.accepted[range(len(said)), said].sum())


def _measured(one: Measured | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"value": number(one.value), "low": number(one.low), "high": number(one.high), "items": one.items}


def _bin(one: Bin) -> Mapping[str, Any]:
    low, high = wilson(one.accuracy * one.items, one.items)
    return asdict(one) | {"accuracy_low": low, "accuracy_high": high}


def _confusion(facts: Facts) -> Sequence[Mapping[str, Any]]:
    labels = [one.label for one in facts.labels[:MOST_LABELS]]
    shares = confusion(facts.outcome, labels).tolist()
    return [
        {"true": true, "said": said, "share": number(share)}
        for true, row in zip(labels, shares, strict=True)
        for said, share in zip(labels, row, strict=True)
    ]
