"""`crowdbroker quote`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import files_options, format_options, opened_app, seed_option

if TYPE_CHECKING:
    from crowdbroker.domain.budget import Quote
    from crowdbroker.domain.project import Project


@click.command(
    epilog="""\b
Example:
  crowdbroker quote projects/reviews.toml data/reviews.csv --gold data/reviews-gold.csv --json"""
)
@files_options
@seed_option
@format_options("table", "json")
def quote(
    project: Path,
    data: Path,
    gold: Path | None,
    encoding: str | None,
    delimiter: str | None,
    seed: int,
    as_format: str,
) -> None:
    """Say what publishing a dataset costs at most."""
    from crowdbroker.broker.check import plan
    from crowdbroker.cli.inputs import read_inputs
    from crowdbroker.cli.mistakes import placed
    from crowdbroker.cli.output import emit_json
    from crowdbroker.cli.source_files import Files
    from crowdbroker.domain.budget import quote as quote_plans
    from crowdbroker.errors import InputError

    with opened_app() as app, TemporaryDirectory() as scratch:
        inputs = read_inputs(app, Files(project, data, gold, encoding, delimiter, media_dir=Path(scratch)))
        task = inputs.project
        try:
            plans = plan(task, inputs.template, inputs.items, inputs.gold, seed=seed)
        except InputError as error:
            raise placed(error, project) from error
        cost = quote_plans(plans, reward_cents=task.reward_cents, tariff=app.tariff, masters=task.masters)
    if as_format == "json":
        document = {"schema": "crowdbroker/quote/1", "items": len(inputs.items), "gold": len(inputs.gold)}
        emit_json(
            document
            | asdict(cost)
            | {
                "worst_case_cents": cost.total_cents,
                "gold_cents": cost.gold_cents,
                "budget_cents": task.budget_cents,
            }
        )
        return
    for line in quote_lines(cost, task, len(inputs.items), len(inputs.gold)):
        click.echo(line)


def quote_lines(cost: Quote, project: Project, items: int, gold: int) -> Iterator[str]:
    """A quote for people."""
    from crowdbroker.domain.money import dollars

    yield f"Items           {items:,} and {gold:,} gold"
    yield f"HITs            {cost.hits:,} with {cost.assignments:,} places at {dollars(project.reward_cents)}"
    yield f"Answers         {cost.answers:,}, of which {cost.gold_answers:,} on gold ({dollars(cost.gold_cents)})"
    yield f"Rewards         {dollars(cost.rewards_cents)}"
    yield f"Fees            {dollars(cost.fees_cents)}"
    yield f"Worst case      {dollars(cost.total_cents)}"
    yield f"Budget          {dollars(project.budget_cents)}"
