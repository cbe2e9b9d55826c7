"""A report as Markdown, for a wiki page or a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crowdbroker.reports.report import Kind, Report, Section
from crowdbroker.reports.writers.cells import moment, shown_row

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$-])")


def markdown(report: Report) -> str:
    """The whole report: what to know first, then every table."""
    lines = [f"# {report.title}", "", f"As of {moment(report.document['at'])}.", ""]
    lines += [line for sentence in report.lead for line in (f"- {escaped(sentence)}",)]
    for section in report.sections:
        lines += ["", f"## {section.title}", "", *_table(section)]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Text that stays text: nothing that a person wrote becomes markup, a link or another cell."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _table(section: Section) -> Iterator[str]:
    if not section.rows:
        yield escaped(section.empty)
        return
    yield _line([one.title for one in section.columns])
    yield _line(["---" if one.kind is Kind.TEXT else "---:" for one in section.columns])
    for row in section.rows:
        yield _line([escaped(cell) for cell in shown_row(row, section.columns)])
    if section.note:
        yield ""
        yield escaped(section.note)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
