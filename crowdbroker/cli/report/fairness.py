"""`crowdbroker report fairness`."""

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
  crowdbroker report fairness --format html --out fairness.html"""
)
@report_options("batch", "decision")
@click.option(
    "--fail-over",
    type=SHARE,
    metavar="SHARE",
    help="Exit 3 when a larger share of what was decided is refused, such as 0.03.",
)
def fairness(fail_over: float | None, **wanted: Any) -> None:
    """Report what an hour paid, who was refused, and on what evidence."""
    from crowdbroker.cli.report.making import Wanted, make_report
    from crowdbroker.errors import ThresholdPassed

    totals = make_report(_read, lambda found: found["totals"], Wanted(**wanted)).document["totals"]
    share = totals["refused_share"] or 0.0
    if fail_over is not None and share > fail_over:
        raise ThresholdPassed(
            f"{share:.1%} of the decided assignments are refused, more than {fail_over:.1%}",
            remedy="A refusal can be reversed within thirty days of the submission.",
        )


def _read(session: Session, scope: Scope) -> Report:
    from crowdbroker.reports.fairness import fairness_document
    from crowdbroker.reports.shown.fairness import fairness_report

    return fairness_report(fairness_document(session, scope))
