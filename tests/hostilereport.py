"""A report whose every text was written by somebody who means harm."""

from __future__ import annotations

from typing import Any

from crowdbroker.reports.report import Column, Kind, Measure, Report, Section

SCRIPT = "<script>alert(1)</script>"
CELL = "a|b\n# [x](javascript:alert(1)) `c` <b>"
OVERRIDE = "\u202edesrever"


def hostile_report(**changes: Any) -> Report:
    """A report of one table with one row."""
    columns = (Column("name", "name"), Column("cents", "amount", Kind.CENTS), Column("share", "share", Kind.SHARE))
    rows = [{"name": CELL + SCRIPT + OVERRIDE, "cents": 123456, "share": None}]
    values: dict[str, Any] = {
        "name": "budget",
        "title": "Budget",
        "document": {"at": "2026-03-02T09:00:00+00:00", "scope": {"batch": SCRIPT, "since": None}},
        "lead": [f"{SCRIPT} of $5 is spent."],
        "sections": [Section("batch", "What it is", columns, rows), Section("", "None", columns, [], "Nothing yet.")],
        "measures": [Measure("crowdbroker_x", "An x.", [({"batch": 'a"b\\c\nd'}, 1.5), ({"batch": "none"}, None)])],
    }
    return Report(**(values | changes))
