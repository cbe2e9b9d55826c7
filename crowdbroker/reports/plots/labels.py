"""How often each label was given, and how sure the labels are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.grammar import HEIGHT, chart, dressed
from crowdbroker.reports.plots.palette import ACCENT, INK, PAPER

_BAR = 26


@dataclass(frozen=True)
class LabelShare:
    """One label: how many items got it, and their share of all."""

    label: str
    items: int
    share: float


@dataclass(frozen=True)
class ConfidenceBin:
    """Items whose label has a confidence from `low` to `high`."""

    low: float
    high: float
    items: int


def label_distribution(shares: Sequence[LabelShare], *, title: str = "Labels", what: str = "Tasks") -> Any:
    """Return a bar for every label, in the order that is given.

    Args:
        shares: a label each.
        title: says what is shown.
        what: is counted, for the axis.
    """
    import altair as alt

    rows = [{"label": one.label, "items": one.items, "text": f"{one.items:,} ({one.share:.0%})"} for one in shares]
    most = max((one.items for one in shares), default=1)
    base = chart(rows, title).encode(
        y=alt.Y("label:N", sort=None, title="Label", axis=alt.Axis(ticks=False, domain=False)),
        # The numbers stand behind the bars and need room.
        x=alt.X(
            "items:Q", title=what, axis=alt.Axis(format=",d", tickCount=4), scale=alt.Scale(domain=[0, most * 1.3])
        ),
    )
    numbers = base.mark_text(align="left", dx=5, color=INK).encode(text="text:N")
    return dressed((base.mark_bar(color=ACCENT, height={"band": 0.7}) + numbers).properties(height=_BAR * len(rows)))


def confidence_histogram(
    bins: Sequence[ConfidenceBin], *, title: str = "Confidence of the labels", subtitle: str = "", what: str = "Tasks"
) -> Any:
    """Return how many items have how sure a label."""
    import altair as alt

    rows = [{"low": one.low, "high": one.high, "items": one.items} for one in bins]
    drawn = chart(rows, title, subtitle).mark_bar(color=ACCENT, stroke=PAPER, strokeWidth=1)
    return dressed(
        drawn.encode(
            x=alt.X(
                "low:Q", title="Confidence", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5)
            ),
            x2="high:Q",
            y=alt.Y("items:Q", title=what, axis=alt.Axis(format=",d", tickCount=4)),
            y2=alt.datum(0),
        ).properties(height=HEIGHT)
    )
