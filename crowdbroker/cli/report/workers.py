"""`crowdbroker report workers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crowdbroker.cli.options import SHARE
from crowdbroker.cli.report.options import report_options

if TYPE_CHECKING:
    from sqlmodel import Session

    from crowdbroker.reports.report import Report
    from crowdbroker.reports.scope import Scope


@click.command(
    epilog="""\b
Example:
  crowdbroker report workers --format csv --out workers.csv"""
)
@report_options("worker", "batch")
@click.option(
    "--fail-under",
    type=SHARE,
    metavar="ACCURACY",
    help="Exit 3 when a smaller share of all gold answers was right, or there is none.",
)
def workers(fail_under: float | None, **wanted: Any) -> None:
    """Report what each Worker has done, and what was decided."""
    from crowdbroker.cli.report.making import Wanted, make_report
    from crowdbroker.errors import ThresholdPassed

    totals = make_report(_read, lambda found: found["totals"], Wanted(**wanted)).document["totals"]
    accuracy = totals["accuracy"]
    if fail_under is not None and (accuracy is None or accuracy < fail_under):
        said = "no answer to gold has come" if accuracy is None else f"{accuracy:.1%} of the gold answers are right"
        raise ThresholdPassed(
            f"{said}, and {fail_under:.1%} was asked for", remedy="`crowdbroker report workers` says whose they are."
        )


def _read(session: Session, scope: Scope) -> Report:
    from crowdbroker.reports.shown.workers import workers_report
    from crowdbroker.reports.workers import workers_document

    return workers_report(workers_document(session, scope))
