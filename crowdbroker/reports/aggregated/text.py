"""A report as plain text, for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from crowdbroker.reports.report import Report, Section
from crowdbroker.reports.writers.cells import shown_row

_WIDTH = 100


def text_of(report: Report) -> str:
    """Return what to know first, and every table; control characters of answers are spelt out."""
    lines = [report.title, "=" * len(report.title), ""]
    lines += [
        fill(_printable(sentence), _WIDTH, subsequent_indent="  ", initial_indent="- ") for sentence in report.lead
    ]
    for section in report.sections:
        lines += ["", section.title, "-" * len(section.title)]
        lines += [fill(section.note, _WIDTH), ""] if section.note else []
        lines += list(_table(section)) if section.rows else [section.empty]
    return "\n".join(lines) + "\n"


def _table(section: Section) -> Iterator[str]:
    rows = [[_printable(cell) for cell in shown_row(row, section.columns)] for row in section.rows]
    header = [_printable(column.title) for column in section.columns]
    widths = [max(len(line[place]) for line in [header, *rows]) for place in range(len(header))]
    text = [column.kind == "text" for column in section.columns]
    for line in [header, *rows]:
        cells = zip(line, widths, text, strict=True)
        yield "  ".join(cell.ljust(width) if left else cell.rjust(width) for cell, width, left in cells).rstrip()


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
