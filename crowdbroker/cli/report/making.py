"""How every report is made: read, written, drawn, remembered and sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crowdbroker.cli.options import opened_app
from crowdbroker.cli.output import emit_json, emit_table, note, write_text

if TYPE_CHECKING:
    from sqlmodel import Session

    from crowdbroker.reports.report import Report
    from crowdbroker.reports.scope import Scope

Read = Callable[["Session", "Scope"], "Report"]
Figures = Callable[[Mapping[str, Any]], Mapping[str, int | float | None]]


@dataclass(frozen=True)
class Wanted:
    """The options that every report takes, as they were given."""

    batch: str | None
    since: str | None
    by: str
    as_format: str
    out: Path | None
    plots: Path | None
    mark: bool
    webhook: str | None


def make_report(read: Read, figures: Figures, wanted: Wanted) -> Report:
    """Read a report and do with it what was asked; return it, so that the caller can hold it to a threshold.

    Args:
        read: gives the report of a scope.
        figures: what of its document a mark remembers.

    Raises:
        InputError: there is no such Batch, the day is wrong, or a file cannot be written.
        CrowdbrokerError: the webhook did not take it; all the rest was done.
    """
    from crowdbroker.reports.marks import remember
    from crowdbroker.reports.scope import read_scope
    from crowdbroker.reports.webhook import check_address, send, webhook_secret

    secret = ""
    if wanted.webhook is not None:
        check_address(wanted.webhook)
        secret = webhook_secret()
    with opened_app() as app:
        with app.store.read() as session:
            scope = read_scope(session, batch=wanted.batch, since=wanted.since, at=app.clock())
            report = read(session, scope)
        _write(report, wanted)
        if wanted.plots is not None:
            _draw(report, wanted.plots)
        if wanted.mark:
            with app.store.write() as session:
                remember(session, report.name, scope.name, figures(report.document), scope.at)
    if wanted.webhook is not None:
        body = json.dumps(report.document, ensure_ascii=False)
        send(wanted.webhook, body, report.name, secret, int(scope.at.timestamp()))
        note("The webhook has taken the report.")
    return report


def _write(report: Report, wanted: Wanted) -> None:
    match wanted.as_format:
        case "json":
            emit_json(report.document, wanted.out)
        case "table" | "csv":
            _write_table(report, wanted)
        case _:
            _write_page(report, wanted)


def _write_table(report: Report, wanted: Wanted) -> None:
    from crowdbroker.cli.output import aligned
    from crowdbroker.reports.writers.cells import plain_rows, shown_row

    section = report.section(wanted.by)
    names = [one.name for one in section.columns]
    if wanted.as_format == "csv":
        emit_table(names, plain_rows(section), "csv", wanted.out)
        return
    table = aligned([one.title for one in section.columns], [shown_row(row, section.columns) for row in section.rows])
    text = "\n".join([table, *([""] if report.lead else []), *report.lead])
    if wanted.out is not None:
        write_text(wanted.out, text)
    else:
        click.echo(text)
    if not section.rows and section.empty not in report.lead:
        note(section.empty)


def _write_page(report: Report, wanted: Wanted) -> None:
    text = _page(report, wanted.as_format)
    if wanted.out is not None:
        write_text(wanted.out, text)
    else:
        click.echo(text)


def _page(report: Report, as_format: str) -> str:
    if as_format == "md":
        from crowdbroker.reports.writers.markdown import markdown

        return markdown(report)
    if as_format == "prometheus":
        from crowdbroker.reports.writers.prometheus import prometheus

        return prometheus(report)
    return _html(report)


def _html(report: Report) -> str:
    """The page; where the extra `report` is missing, without charts."""
    from crowdbroker.errors import InputError
    from crowdbroker.reports.charts import charts
    from crowdbroker.reports.plots.grammar import check_installed
    from crowdbroker.reports.writers.html import html

    try:
        check_installed()
    except InputError as error:
        note(f"Warning: {error}")
        return html(report, None)
    return html(report, charts(report))


def _draw(report: Report, folder: Path) -> None:
    from crowdbroker.cli.output import counted
    from crowdbroker.reports.charts import charts
    from crowdbroker.reports.plots.files import write_plots
    from crowdbroker.reports.plots.grammar import check_installed

    check_installed()
    written = write_plots([(one.name, one.drawn) for one in charts(report)], folder)
    note(f"{counted(len(written), 'file')} in {folder}")
