"""`crowdbroker report schema`."""

from __future__ import annotations

from pathlib import Path

import click

from crowdbroker.cli.options import format_options, out_option


@click.command(
    epilog="""\b
Example:
  crowdbroker report schema budget --out budget.schema.json"""
)
@click.argument("name", type=click.Choice(["budget", "quality", "workers", "fairness"]))
@out_option
@format_options("json")
def schema(name: str, out: Path | None, as_format: str) -> None:  # noqa: ARG001  there is one format
    """Print the JSON Schema of a report."""
    from crowdbroker.cli.output import write_text
    from crowdbroker.reports.schemas import schema_text

    text = schema_text(name)
    if out is not None:
        write_text(out, text)
    else:
        click.echo(text.rstrip("\n"))
