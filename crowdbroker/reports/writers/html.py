"""A report as one HTML file: tables, charts as inline SVG, light and dark, nothing from elsewhere, no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crowdbroker.reports.charts import Chart
from crowdbroker.reports.plots.palette import variables
from crowdbroker.reports.plots.rendering import inline
from crowdbroker.reports.report import Kind, Report, Section
from crowdbroker.reports.writers.cells import moment, shown_row

MOST_ROWS = 300
"""Rows of a table that a page shows; a longer one says where all of them are."""
_TEMPLATES = Path(__file__).parent.parent / "templates"


def html(report: Report, charts: Sequence[Chart] | None, *, beneath: str | None = None) -> str:
    """The whole report as a page.

    Args:
        charts: None where they cannot be drawn; the page then says why.
        beneath: the line under the heading; None says which Batches it is about, and when.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style()
    page: str = environment.get_template("report.html").render(
        report=report,
        beneath=_beneath(report) if beneath is None else beneath,
        style=Markup(style),  # noqa: S704  our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        charts=[_figure(one) for one in charts or ()],
        no_charts=charts is None,
        tables=[_table(one) for one in report.sections],
        most_rows=MOST_ROWS,
    )
    return page.rstrip("\n")


def _beneath(report: Report) -> str:
    scope = report.document["scope"]
    about = f"Batch {scope['batch']}" if scope["batch"] else "All Batches"
    since = f", since {scope['since']}" if scope["since"] else ""
    return f"{about}{since}, as of {moment(report.document['at'])}"


def _style() -> str:
    css = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return css.replace("/* light */", variables("light")).replace("/* dark */", variables("dark"))


def _figure(chart: Chart) -> dict[str, Any]:
    # The plotting module escapes what people wrote, and the page's policy lets no script of an SVG run.
    picture = Markup(inline(chart.drawn, chart.description))  # noqa: S704
    return {"picture": picture, "description": chart.description, "table": _table(chart.table)}


def _table(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "note": section.note,
        "empty": section.empty,
        "columns": [(one.title, one.kind is not Kind.TEXT) for one in section.columns],
        "rows": [shown_row(row, section.columns) for row in section.rows[:MOST_ROWS]],
        "more": max(len(section.rows) - MOST_ROWS, 0),
    }
