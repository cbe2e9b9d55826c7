"""`crowdbroker report budget`."""

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
  crowdbroker report budget --by day --format csv"""
)
@report_options("batch", "day", "worker")
@click.option(
    "--fail-over",
    type=SHARE,
    metavar="SHARE",
    help="Exit 3 when a larger share of the deposits is committed, such as 0.9.",
)
def budget(fail_over: float | None, **wanted: Any) -> None:
    """Report what was deposited, where it is, and where it is heading."""
    from crowdbroker.cli.report.making import Wanted, make_report
    from crowdbroker.errors import ThresholdPassed

    document = make_report(_read, lambda found: found["totals"], Wanted(**wanted)).document
    share = document["committed_share"]
    if fail_over is not None and share > fail_over:
        raise ThresholdPassed(
            f"{share:.1%} of the deposits is committed, more than {fail_over:.1%}",
            remedy="`crowdbroker status` says for what; a larger `budget` needs a new Batch.",
        )


def _read(session: Session, scope: Scope) -> Report:
    from crowdbroker.reports.budget import budget_document
    from crowdbroker.reports.shown.budget import budget_report

    return budget_report(budget_document(session, scope))
