"""How good workers are and how much they did: accuracy against answers, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.grammar import HEIGHT, chart, dressed
from crowdbroker.reports.plots.palette import ACCENT, MUTED, SECOND

ON_GOLD, ESTIMATED = "on gold, with its 95 % interval", "estimated from agreement"


@dataclass(frozen=True)
class WorkerPoint:
    """One worker.

    Attributes:
        answers: how many.
        accuracy: share of right answers, from 0 to 1.
        low, high: interval of the accuracy; None where it is an estimate from agreement and not measured on gold.
    """

    answers: int
    accuracy: float
    low: float | None = None
    high: float | None = None


def worker_accuracy(
    points: Sequence[WorkerPoint],
    *,
    title: str = "How often each worker is right",
    subtitle: str = "",
    bar: float | None = None,
) -> Any:
    """Return a dot for every worker; measured ones are round with an interval, estimated ones are hollow squares.

    Args:
        points: a worker each.
        title, subtitle: say what is shown.
        bar: an accuracy to draw a line at, such as that of guessing.
    """
    import altair as alt

    rows = [vars(one) | {"how": ESTIMATED if one.low is None else ON_GOLD} for one in points]
    kinds = [kind for kind in (ON_GOLD, ESTIMATED) if any(row["how"] == kind for row in rows)]
    most = max((one.answers for one in points), default=1)
    powers = [10**power for power in range(len(str(most)) + 1)]
    share = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format=".0%", tickCount=5)
    x = alt.X(
        "answers:Q",
        title="Answers (logarithmic)",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(format=",d", values=powers),
    )
    y = alt.Y("accuracy:Q", title="Share of right answers", scale=share, axis=axis)
    base = chart(rows, title, subtitle)
    spread = base.transform_filter("datum.low !== null").mark_rule(color=ACCENT, opacity=0.5)
    dots = base.mark_point(size=36, strokeWidth=1.5).encode(
        x=x,
        y=y,
        color=alt.Color("how:N", title=None, scale=alt.Scale(domain=kinds, range=_colours(kinds))),
        shape=alt.Shape("how:N", title=None, scale=alt.Scale(domain=kinds, range=_shapes(kinds))),
    )
    layers = (
        spread.encode(x=x, y=alt.Y("low:Q", title="Share of right answers", scale=share, axis=axis), y2="high:Q") + dots
    )
    if bar is not None:
        layers += chart([{"bar": bar}], title, subtitle).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(y="bar:Q")
    return dressed(layers.properties(height=HEIGHT + 40))


def _colours(kinds: Sequence[str]) -> list[str]:
    return [ACCENT if kind == ON_GOLD else SECOND for kind in kinds]


def _shapes(kinds: Sequence[str]) -> list[str]:
    return ["circle" if kind == ON_GOLD else "square" for kind in kinds]
