"""`crowdbroker label`."""

from __future__ import annotations

from dataclasses import asdict

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app


@click.command(
    epilog="""\b
Example:
  crowdbroker label --batch first --method majority"""
)
@batch_option
@click.option(
    "--method", type=click.Choice(["majority", "dawid-skene"]), help="The Project's `aggregation` where left out."
)
@format_options("table", "json")
def label(batch: str | None, method: str | None, as_format: str) -> None:
    """Aggregate the answers into labels."""
    from crowdbroker.broker.label import label as broker_label
    from crowdbroker.cli.output import emit_json, note
    from crowdbroker.cli.run import labelled_sentence
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        made = broker_label(app.store, chosen, app.clock(), method=method)
    if made.strange:
        note(f"Warning: {made.strange:,} answers have a label that the Project does not know; they were left out.")
    if as_format == "json":
        emit_json({"schema": "crowdbroker/label/1", **asdict(made)})
    else:
        click.echo(labelled_sentence(made, chosen.name))
