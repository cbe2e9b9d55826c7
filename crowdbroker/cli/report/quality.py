"""`crowdbroker report quality`."""

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
  crowdbroker report quality --batch first --fail-under 0.85"""
)
@report_options("batch", "label")
@click.option(
    "--fail-under",
    type=SHARE,
    metavar="ACCURACY",
    help="Exit 3 when the accuracy of a Batch is estimated lower, or cannot be estimated.",
)
def quality(fail_under: float | None, **wanted: Any) -> None:
    """Report how good the labels are, and how far that can be relied on."""
    from crowdbroker.cli.report.making import Wanted, make_report
    from crowdbroker.errors import ThresholdPassed
    from crowdbroker.reports.quality import marked

    document = make_report(_read, lambda found: marked(found["batches"]), Wanted(**wanted)).document
    if fail_under is None:
        return
    for row in document["batches"]:
        if row["accuracy"] is None or row["accuracy"] < fail_under:
            said = "unknown" if row["accuracy"] is None else f"{row['accuracy']:.1%}"
            raise ThresholdPassed(
                f"the accuracy of {row['batch']} is {said}, and {fail_under:.1%} was asked for",
                remedy="More Answers, more gold or a review of the doubtful Labels raises it.",
            )
    if not document["batches"]:
        raise ThresholdPassed("there is no Batch, so no accuracy can be estimated", remedy="Load and label one.")


def _read(session: Session, scope: Scope) -> Report:
    from crowdbroker.reports.quality import quality_document
    from crowdbroker.reports.shown.quality import quality_report

    return quality_report(quality_document(session, scope))
