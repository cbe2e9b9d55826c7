"""`crowdbroker load`."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from shlex import quote
from typing import Any

import click

from crowdbroker.cli.options import accept_underpay_option, files_options, format_options, opened_app, seed_option


@click.command(
    epilog="""\b
Example:
  crowdbroker load projects/reviews.toml data/reviews.csv --gold data/reviews-gold.csv --batch first"""
)
@files_options
@click.option("--batch", metavar="NAME", help="Name of the Batch, new or to be added to; else the data file's name.")
@seed_option
@accept_underpay_option
@format_options("table", "json")
def load(
    project: Path,
    data: Path,
    gold: Path | None,
    encoding: str | None,
    delimiter: str | None,
    batch: str | None,
    seed: int,
    accept_underpay: bool,
    as_format: str,
) -> int:
    """Turn a dataset into a Batch of planned HITs, or add its new rows to one."""
    from crowdbroker.broker.add_rows import add_rows, find_existing, only_new
    from crowdbroker.broker.load import load as broker_load
    from crowdbroker.cli.inputs import Files, checked, read_inputs
    from crowdbroker.cli.output import counted, emit_json, note
    from crowdbroker.domain.money import dollars

    with opened_app() as app:
        files = Files(project, data, gold, encoding, delimiter, media_dir=app.settings.media_dir)
        inputs = read_inputs(app, files)
        name = batch or data.stem
        existing = find_existing(app.existing_store, name)
        if existing is not None:
            inputs = replace(inputs, items=only_new(app.store, existing, inputs.items))
            note(f"The Batch {name!r} exists: {counted(len(inputs.items), 'new Item')} of the file will be added.")
            if not inputs.items:
                return 0
        found = checked(app, inputs, seed, accept_underpay=accept_underpay)
        if found.errors:
            return 2
        stored: dict[str, Any] = {
            "mixed_in": frozenset(item.key for item in inputs.gold),
            "tariff": app.tariff,
            "now": app.clock(),
        }
        if existing is None:
            loaded = broker_load(
                app.store, inputs.project, inputs.template, found.plans, name=name, seed=seed, **stored
            )
        else:
            loaded = add_rows(app.store, inputs.project, inputs.template, found.plans, batch=existing, **stored)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/load/1", **asdict(loaded)})
    else:
        click.echo(
            f"Batch {loaded.batch!r}: {counted(loaded.items, 'Item')} and {loaded.gold:,} gold in "
            f"{counted(loaded.hits, 'HIT')}, budget {dollars(loaded.cap_cents)}. "
            f"Next: crowdbroker publish --batch {quote(loaded.batch)}"
        )
    return 0
