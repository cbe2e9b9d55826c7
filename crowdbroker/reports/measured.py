"""What has to be computed from all votes of a Batch: accuracy on gold that was held out, calibration, agreement."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from crowdbroker.domain.quality import wilson_interval
from crowdbroker.store.reads import BatchView, gold_items, votes

if TYPE_CHECKING:
    from crowdbroker.aggregation.metrics import Bin
    from crowdbroker.aggregation.votes import Votes

LEAST_GOLD = 10
"""Gold Items that were answered, below which no accuracy is measured on them."""
_SAMPLES = 200
"""Of the bootstrap behind the interval of the agreement."""


@dataclass
class Measures:
    """Figures of one Batch; None where they cannot be had.

    Attributes:
        gold_items: gold Items that were answered and used.
        reliability: a bar for every tenth of confidence that has an Item: from, to, items,
            confidence, accuracy and its Wilson interval low, high.
    """

    gold_items: int = 0
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    calibration_error: float | None = None
    calibration_error_low: float | None = None
    calibration_error_high: float | None = None
    agreement: float | None = None
    agreement_low: float | None = None
    agreement_high: float | None = None
    reliability: list[dict[str, Any]] = field(default_factory=list)


def measured(session: Session, batch: BatchView) -> Measures:
    """The measures of a Batch whose Answers are labels of a set; of another kind, nothing can be measured yet."""
    found = Measures()
    project = batch.project
    if not project.kind.categorical:
        return found
    given = votes(session, batch.id)
    used = list({(vote.item, vote.worker): vote for vote in reversed(given)}.values())[::-1]
    used = [vote for vote in used if vote.label in project.label_values]
    if not used:
        return found
    # numpy takes a tenth of a second to import, so only a Batch with Answers pays for it.
    from crowdbroker.aggregation.votes import Votes

    items, workers, said = zip(*((vote.item, vote.worker, vote.label) for vote in used), strict=True)
    cast = Votes.from_columns(items, workers, said, label_set=project.label_values)
    _agreement(found, cast)
    _on_gold(found, cast, gold_items(session, batch.id), project.aggregation)
    return found


def _agreement(found: Measures, cast: Votes) -> None:
    """Krippendorff's alpha, where an Item has two Answers and more than one label was given."""
    import numpy as np

    from crowdbroker.aggregation.agreement import krippendorff_alpha

    if not (np.diff(cast.start) > 1).any():
        return
    alpha = krippendorff_alpha(cast, samples=_SAMPLES)
    if not isnan(alpha.value):
        found.agreement, found.agreement_low, found.agreement_high = (
            round(value, 4) for value in (alpha.value, alpha.low, alpha.high)
        )


def _on_gold(found: Measures, cast: Votes, gold: dict[int, tuple[str, ...]], method: str) -> None:
    """Fit the method without each gold Item's own answer, and see how often and how surely it is right."""
    import numpy as np

    from crowdbroker.aggregation.calibration import calibrate, held_out_confidence
    from crowdbroker.aggregation.gold import encode_gold
    from crowdbroker.aggregation.methods import method_named
    from crowdbroker.aggregation.metrics import measured_calibration_error, reliability

    known = encode_gold(cast, gold)
    found.gold_items = len(known.item)
    if found.gold_items < LEAST_GOLD:
        return
    model = method_named(method)
    how = calibrate(model.fit(cast, gold=gold), cast, gold)
    posterior = held_out_confidence(model, cast, known, gold, how)
    right = known.accepted[np.arange(len(posterior)), posterior.argmax(axis=1)]
    confidence = posterior.max(axis=1)
    low, high = wilson_interval(int(right.sum()), len(right))
    found.accuracy = round(float(right.mean()), 4)
    found.accuracy_low, found.accuracy_high = round(low, 4), round(high, 4)
    error = measured_calibration_error(confidence, right)
    found.calibration_error = round(error.value, 4)
    found.calibration_error_low, found.calibration_error_high = round(error.low, 4), round(error.high, 4)
    found.reliability = [_bar(bar) for bar in reliability(confidence, right) if bar.items]


def _bar(bar: Bin) -> dict[str, Any]:
    low, high = wilson_interval(round(bar.accuracy * bar.items), bar.items)
    return {
        "from": bar.low,
        "to": bar.high,
        "items": bar.items,
        "confidence": round(bar.confidence, 4),
        "accuracy": round(bar.accuracy, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
