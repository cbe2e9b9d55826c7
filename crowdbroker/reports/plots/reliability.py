"""Whether confidence comes true: the reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.grammar import HEIGHT, chart, dressed
from crowdbroker.reports.plots.palette import ACCENT, MUTED


@dataclass(frozen=True)
class ReliabilityPoint:
    """Items of about the same confidence.

    Attributes:
        confidence: their mean, from 0 to 1.
        accuracy: the share of right labels among them.
        low, high: interval of the accuracy.
        items: how many.
    """

    confidence: float
    accuracy: float
    low: float
    high: float
    items: int


def reliability_diagram(
    points: Sequence[ReliabilityPoint], *, title: str = "Does the confidence come true?", subtitle: str = ""
) -> Any:
    """Return accuracy against confidence, with intervals and the line on which both are equal."""
    import altair as alt

    rows = [vars(one) for one in points]
    share = alt.Scale(domain=[0, 1])
    x = alt.X("confidence:Q", title="Confidence", scale=share, axis=alt.Axis(format=".0%", tickCount=5))
    axis = alt.Axis(format=".0%", tickCount=5)
    base = chart(rows, title, subtitle)
    ideal = (
        chart([{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}], title, subtitle)
        .mark_line(color=MUTED, strokeDash=[4, 4])
        .encode(x=x, y=alt.Y("accuracy:Q", title="Share of labels that are right", scale=share, axis=axis))
    )
    spread = base.mark_rule(color=ACCENT, strokeWidth=2).encode(
        x=x, y=alt.Y("low:Q", title="Share of labels that are right", scale=share, axis=axis), y2="high:Q"
    )
    largest = max((one.items for one in points), default=1)
    dots = base.mark_circle(color=ACCENT, opacity=1).encode(
        x=x,
        y=alt.Y("accuracy:Q", title="Share of labels that are right", scale=share, axis=axis),
        size=alt.Size("items:Q", legend=None, scale=alt.Scale(domain=[0, largest], range=[30, 220])),
    )
    return dressed((ideal + spread + dots).properties(height=HEIGHT + 40))
