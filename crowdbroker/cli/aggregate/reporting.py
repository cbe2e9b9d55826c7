"""The report as a file, and what of it is shown at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from crowdbroker import __version__

if TYPE_CHECKING:
    from crowdbroker.reports.report import Report

_AT_A_GLANCE = {"methods", "look_first", "gold"}
_ROWS = 10


def report_text(report: Report, suffix: str) -> str:
    """Return a report as the suffix of its file says: .html, .json or .txt."""
    if suffix == ".json":
        return json.dumps(report.document, indent=2, ensure_ascii=False) + "\n"
    if suffix == ".txt":
        from crowdbroker.reports.aggregated.text import text_of

        return text_of(report)
    from crowdbroker.reports.aggregated.page import page_of

    return page_of(report, made=f"made by crowdbroker {__version__}") + "\n"


def at_a_glance(report: Report) -> str:
    """Return which method to trust, how sure it may be, and where to look first."""
    from crowdbroker.reports.aggregated.text import text_of

    sections = [replace(one, rows=one.rows[:_ROWS]) for one in report.sections if one.by in _AT_A_GLANCE]
    return text_of(replace(report, sections=sections))
