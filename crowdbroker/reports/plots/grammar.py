"""Altair, or one clear error where the extra `report` is not installed, and what all charts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from crowdbroker.errors import InputError
from crowdbroker.reports.plots.palette import ACCENT, GRID, INK, MUTED, PAPER

if TYPE_CHECKING:
    import altair

WIDTH = 380
"""Of the plotting area, in pixels; with axes a chart has about 460, which a phone shrinks a little."""
HEIGHT = 220
FONT = "sans-serif"


def check_installed() -> None:
    """Raise where charts cannot be drawn.

    Raises:
        InputError: a part of the extra `report` is not installed.
    """
    for module in ("altair", "vl_convert"):
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            remedy = "pip install 'crowdbroker[report]'"
            raise InputError(f"{module} is not installed, and plots need it", remedy=remedy) from error


def chart(rows: Sequence[dict[str, Any]], title: str, subtitle: str = "") -> altair.Chart:
    """Return an empty chart of rows, with its title and the manners of all charts.

    Raises:
        InputError: Altair is not installed.
    """
    check_installed()
    import altair as alt

    heading = alt.Title(title, subtitle=subtitle) if subtitle else alt.Title(title)
    return alt.Chart(alt.InlineData(values=list(rows)), title=heading, width=WIDTH, height=HEIGHT)


def dressed(drawn: Any) -> Any:
    """Return a chart, plain or of layers, with our fonts and colours; the last step of every chart."""
    text = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    ink = {"labelColor": INK, "titleColor": INK}
    return (
        drawn.configure(background=PAPER, font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            **text, **ink, gridColor=GRID, domainColor=MUTED, tickColor=MUTED, labelLimit=120, titlePadding=8
        )
        .configure_legend(**text, **ink, orient="bottom", symbolStrokeWidth=2)
        .configure_title(
            anchor="start",
            font=FONT,
            fontSize=14,
            fontWeight="bold",
            color=INK,
            offset=12,
            subtitleFont=FONT,
            subtitleFontSize=12,
            subtitleColor=MUTED,
            subtitlePadding=4,
        )
        .configure_bar(color=ACCENT)
        .configure_point(color=ACCENT)
        .configure_rule(color=MUTED)
        .configure_text(font=FONT, fontSize=12, color=INK)
    )
