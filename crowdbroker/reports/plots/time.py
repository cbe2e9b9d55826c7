"""How long work takes, and what it pays: distributions as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.reports.plots.grammar import chart, dressed
from crowdbroker.reports.plots.palette import ACCENT, INK, PAPER, WARN


@dataclass(frozen=True)
class Share:
    """So large a share of the work is done within so many seconds."""

    share: float
    seconds: float


@dataclass(frozen=True)
class WageStep:
    """Workers who are paid from `low` to `high` US dollars an hour."""

    low: float
    high: float
    workers: int


def time_per_item(shares: Sequence[Share], *, title: str = "How long an Item takes", subtitle: str = "") -> Any:
    """Return the share of pages that took up to so many seconds an Item, as a rising line.

    Args:
        shares: rising in both.
        title, subtitle: say what is shown.
    """
    import altair as alt

    rows = [vars(one) for one in shares]
    return dressed(
        chart(rows, title, subtitle)
        .mark_line(color=ACCENT, strokeWidth=2, point={"color": ACCENT, "size": 24})
        .encode(
            x=alt.X("seconds:Q", title="Seconds an Item", axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=True)),
            y=alt.Y(
                "share:Q",
                title="Share of the pages that took no longer",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", tickCount=5),
            ),
        )
    )


def hourly_pay(
    steps: Sequence[WageStep],
    *,
    floor: float | None = None,
    title: str = "What an hour of work paid",
    subtitle: str = "",
) -> Any:
    """Return how many Workers were paid how much an hour, with a line at the floor.

    Args:
        steps: of one width.
        floor: the least that an hour may pay, in dollars; None: there is none.
        title, subtitle: say what is shown.
    """
    import altair as alt

    base = chart([vars(one) for one in steps], title, subtitle)
    drawn: Any = base.mark_bar(color=ACCENT, stroke=PAPER, strokeWidth=1).encode(
        x=alt.X("low:Q", title="US dollars an hour", axis=alt.Axis(format="$,.0f", tickCount=6)),
        x2="high:Q",
        y=alt.Y("workers:Q", title="Workers", axis=alt.Axis(format=",d", tickCount=4, tickMinStep=1)),
        y2=alt.datum(0),
    )
    if floor is not None:
        line = chart([{"low": floor, "text": "floor"}], title)
        drawn += line.mark_rule(color=WARN, strokeWidth=2, strokeDash=[5, 3]).encode(x="low:Q")
        drawn += line.mark_text(align="left", dx=4, y=8, color=INK).encode(x="low:Q", text="text:N")
    return dressed(drawn)
