"""`crowdbroker report`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crowdbroker.cli.options import any_batch_option, format_options, opened_app, out_option


@click.group()
def report() -> None:
    """Report budgets to people and machines."""


@report.command(
    epilog="""\b
Example:
  crowdbroker report budget --by day --format csv"""
)
@any_batch_option
@click.option(
    "--by",
    type=click.Choice(["batch", "day"]),
    default="batch",
    show_default=True,
    help="One row a Batch, or one row a Batch and day (UTC) with what changed on it; JSON holds both.",
)
@click.option(
    "--fail-over",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Exit 3 when a larger share of the deposits is committed, such as 0.9.",
)
@out_option
@format_options("table", "json", "csv")
def budget(batch: str | None, by: str, fail_over: float | None, out: Path | None, as_format: str) -> None:
    """Report what was deposited, and where it is."""
    from crowdbroker.cli.output import emit_json, emit_table, note
    from crowdbroker.errors import ThresholdPassed
    from crowdbroker.reports.budget import budget_document
    from crowdbroker.store.reads import find_batch

    with opened_app() as app, app.store.read() as session:
        chosen = find_batch(session, batch) if batch else None
        document = budget_document(session, chosen)
    if as_format == "json":
        emit_json(document, out)
    else:
        emit_table(*_amounts(document, by), as_format, out)
    if not document["batches"]:
        note("No Batch yet. Load one: crowdbroker load PROJECT DATA")
    share = document["committed_share"]
    if fail_over is not None and share > fail_over:
        raise ThresholdPassed(
            f"{share:.1%} of the deposits is committed, more than {fail_over:.1%}",
            remedy="`crowdbroker status` says for what; a larger `budget` needs a new Batch.",
        )


def _amounts(document: dict[str, Any], by: str) -> tuple[list[str], list[list[str]]]:
    """Columns and rows with decimal amounts."""
    from crowdbroker.domain.money import to_wire
    from crowdbroker.reports.budget import ACCOUNTS

    keys = ["batch"] if by == "batch" else ["batch", "day"]
    rows = document["batches"] if by == "batch" else document["days"]
    amounts = [[*(row[key] for key in keys), *(to_wire(row[account]) for account in ACCOUNTS)] for row in rows]
    return [*keys, *ACCOUNTS], amounts
