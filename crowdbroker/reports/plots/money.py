"""Where a budget went, day by day: the burn-down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.grammar import chart, dressed
from crowdbroker.reports.plots.palette import ACCENT, GRID, INK, PAPER, SECOND

SPENT, PROMISED, FREE = "spent", "reserved or owed", "free"
_KINDS = (FREE, PROMISED, SPENT)


@dataclass(frozen=True)
class BudgetDay:
    """What the deposits were at the end of a UTC day, in dollars; the three sum to what was deposited.

    Attributes:
        day: such as 2026-03-02.
    """

    day: str
    spent: float
    promised: float
    free: float


def burn_down(days: Sequence[BudgetDay], *, title: str = "What is left of the budget", subtitle: str = "") -> Any:
    """Return the deposits as stacked steps over days: spent at the top, so that what is left sinks."""
    import altair as alt

    rows = [
        {"day": one.day, "kind": kind, "order": place, "dollars": dollars}
        for one in days
        for place, (kind, dollars) in enumerate(zip(_KINDS, (one.free, one.promised, one.spent), strict=True))
    ]
    fills = alt.Scale(domain=list(_KINDS), range=[ACCENT, SECOND, GRID])
    many = len(days) > 12
    return dressed(
        chart(rows, title, subtitle)
        .mark_bar(stroke=INK if not many else PAPER, strokeWidth=0.4)
        .encode(
            x=alt.X(
                "day:O",
                title="Day (UTC)",
                axis=alt.Axis(labelAngle=-60, labelOverlap=True, labelExpr="slice(datum.label, 5)"),
                scale=alt.Scale(paddingInner=0.05 if many else 0.2),
            ),
            y=alt.Y("dollars:Q", title="US dollars", axis=alt.Axis(format="$,.0f" if _large(days) else "$,.2f")),
            color=alt.Color("kind:N", title=None, scale=fills),
            order=alt.Order("order:Q"),
        )
    )


def _large(days: Sequence[BudgetDay]) -> bool:
    return max((one.spent + one.promised + one.free for one in days), default=0.0) >= 20
