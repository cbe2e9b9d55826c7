"""What workers say where something else is true: a confusion matrix as a heat map with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.grammar import WIDTH, chart, dressed
from crowdbroker.reports.plots.palette import ACCENT, INK, PAPER

_CELL = 34
# Above this share a cell is so dark (or in the dark so bright) that its number takes the colour of the paper.
_FULL = 0.55


@dataclass(frozen=True)
class ConfusionCell:
    """How often `said` was answered where `true` is true: `share` of the answers there, from 0 to 1."""

    true: str
    said: str
    share: float


def confusion_map(
    cells: Sequence[ConfusionCell],
    labels: Sequence[str],
    *,
    title: str = "What workers say, by what is true",
    subtitle: str = "",
) -> Any:
    """Return a heat map whose rows are what is true and whose columns are what was said, in percent of the row.

    Args:
        cells: one for every pair of labels.
        labels: in the order to show.
        title, subtitle: say what is shown.
    """
    import altair as alt

    rows = [{"true": one.true, "said": one.said, "share": one.share, "text": f"{one.share * 100:.0f}"} for one in cells]
    order = list(labels)
    base = chart(rows, title, subtitle).encode(
        x=alt.X(
            "said:N", sort=order, title="Said", axis=alt.Axis(orient="top", labelAngle=0 if len(order) < 7 else -60)
        ),
        y=alt.Y("true:N", sort=order, title="True"),
    )
    heat = base.mark_rect(color=ACCENT, opacity=1, stroke=PAPER, strokeWidth=1).encode(
        fillOpacity=alt.FillOpacity("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.04, 1]))
    )
    numbers = base.mark_text().encode(
        text="text:N", color=alt.condition(f"datum.share > {_FULL}", alt.value(PAPER), alt.value(INK))
    )
    width = max(WIDTH, _CELL * len(order)) if len(order) > 4 else 90 * len(order)
    return dressed((heat + numbers).properties(width=width, height=_CELL * len(order)))
