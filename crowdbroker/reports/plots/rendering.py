"""Charts to pictures: SVG for files and for pages, PNG for meetings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Literal

from crowdbroker.reports.plots.grammar import check_installed
from crowdbroker.reports.plots.palette import COLOURS, IN_A_PAGE, Theme

Kind = Literal["svg", "png"]
SCALE = 2.0
"""Pixels of a PNG for one of the chart, so that a projector shows it sharp."""


def svg(drawn: Any, theme: Theme = "light") -> str:
    """Return a chart as an SVG that stands alone.

    Raises:
        InputError: the extra `report` is not installed.
    """
    return _coloured(_drawn(drawn), COLOURS[theme])


def png(drawn: Any, theme: Theme = "light", *, scale: float = SCALE) -> bytes:
    """Return a chart as a PNG.

    Raises:
        InputError: the extra `report` is not installed.
    """
    picture = svg(drawn, theme)
    import vl_convert

    return vl_convert.svg_to_png(picture, scale=scale)


def inline(drawn: Any, description: str) -> str:
    """Return a chart as SVG for a page: in the page's colours, as wide as there is room, one picture to a reader.

    The page must define the variables of `palette.variables`. There is no style and no script in it, so it works under
    a strict Content-Security-Policy.

    Args:
        drawn: the chart.
        description: what a person who cannot see it should know; the numbers belong in a table beside it.

    Raises:
        InputError: the extra `report` is not installed.
    """
    picture = _coloured(_drawn(drawn), IN_A_PAGE)
    # The marks of a picture are read out one by one otherwise, as hundreds of numbers without their table.
    picture = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", picture)
    return picture.replace("<svg ", f'<svg role="img" aria-label="{escape(description, quote=True)}" ', 1)


def _drawn(drawn: Any) -> str:
    check_installed()
    import vl_convert

    return vl_convert.vegalite_to_svg(drawn.to_dict())


def _coloured(picture: str, colours: Mapping[str, str]) -> str:
    return re.sub("|".join(colours), lambda found: colours[found.group()], picture)
