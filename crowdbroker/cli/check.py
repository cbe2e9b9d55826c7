"""`crowdbroker check`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import accept_underpay_option, files_options, format_options, opened_app, seed_option

if TYPE_CHECKING:
    from crowdbroker.broker.check import Checked
    from crowdbroker.cli.inputs import Inputs


@click.command(
    epilog="""\b
Example:
  crowdbroker check projects/reviews.toml data/reviews.csv --gold data/reviews-gold.csv"""
)
@files_options
@seed_option
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE", help="Write the first HIT's page there.")
@accept_underpay_option
@format_options("table", "json")
def check(
    project: Path,
    data: Path,
    gold: Path | None,
    encoding: str | None,
    delimiter: str | None,
    seed: int,
    page: Path | None,
    accept_underpay: bool,
    as_format: str,
) -> int:
    """Try a Project against every row before any money moves."""
    from crowdbroker.cli.inputs import read_inputs
    from crowdbroker.cli.mistakes import checked
    from crowdbroker.cli.output import emit_json
    from crowdbroker.cli.quote import quote_lines
    from crowdbroker.cli.source_files import Files
    from crowdbroker.domain.answer_kinds import answer_schema

    with opened_app() as app, TemporaryDirectory() as scratch:
        inputs = read_inputs(app, Files(project, data, gold, encoding, delimiter, media_dir=Path(scratch)))
        found = checked(app, inputs, seed, accept_underpay=accept_underpay)
        shown = page if page and found.plans and not found.errors else None
        if shown is not None:
            _write_page(shown, inputs, found, Path(scratch))
    if as_format == "json":
        emit_json(
            {
                "schema": "crowdbroker/check/1",
                "errors": [str(error) for error in found.errors],
                "warnings": found.warnings,
                "items": len(inputs.items),
                "gold": len(inputs.gold),
                "hits": len(found.plans),
                "largest_page_bytes": found.largest_page_bytes,
                "worst_case_cents": found.quote.total_cents if found.quote else None,
                "hourly_wage_cents": found.wage.hourly_cents if found.wage else None,
                "page": str(shown.resolve()) if shown else None,
                "answer": {
                    "kind": inputs.project.kind,
                    "schema": answer_schema(inputs.project.kind, inputs.project.label_values),
                },
            }
        )
    elif found.quote is not None:
        for line in quote_lines(found.quote, inputs.project, len(inputs.items), len(inputs.gold)):
            click.echo(line)
        for line in _more_lines(found, inputs):
            click.echo(line)
        if not found.errors:
            click.echo(f"Largest page    {found.largest_page_bytes:,} bytes of 65,535")
            if shown is not None:
                click.echo(f"Sample page     {shown}")
            click.echo("Nothing stands against it but the warnings." if found.warnings else "Nothing is wrong.")
    return 2 if found.errors else 0


def _write_page(path: Path, inputs: Inputs, found: Checked, media_dir: Path) -> None:
    """The first HIT as a worker sees it; its pictures stand in the page, for the marketplace does not serve it."""
    from crowdbroker.cli.input_media import with_pictures_inside
    from crowdbroker.cli.output import write_text

    html = inputs.template.render(inputs.project, [item.data for item in found.plans[0].items])
    write_text(path, with_pictures_inside(html, media_dir))


def _more_lines(found: Checked, inputs: Inputs) -> Iterator[str]:
    """Wage and gold for each worker, where they can be told."""
    from crowdbroker.domain.money import dollars
    from crowdbroker.domain.planning import expected_gold_per_worker

    if found.wage is not None:
        whence = f"measured on {found.wage.measured:,} submissions" if found.wage.measured else "as the Project says"
        shown = f"{found.wage.seconds_per_item:g} s an Item, {whence}"
        yield f"An hour pays    {dollars(found.wage.hourly_cents)}   ({shown})"
    policy = inputs.project.gold
    if not policy.per_hit:
        yield "Gold            none: nobody's work is judged, and all of it is paid"
    if policy.per_hit and inputs.gold:
        counts = [
            expected_gold_per_worker(
                len(found.plans),
                gold_per_hit=policy.per_hit,
                gold=len(inputs.gold),
                overlap=inputs.project.overlap,
                workers=workers,
            )
            for workers in (5, 20)
        ]
        yield f"Gold a worker   {counts[0]:.0f} if 5 share the work, {counts[1]:.0f} if 20 do"
        most = min(len(inputs.gold), len(found.plans) * policy.per_hit)
        if most < policy.looks[0]:
            yield f"                nobody can see more than {most}, and nobody is judged before {policy.looks[0]}"
