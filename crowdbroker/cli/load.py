"""`crowdbroker load`."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from crowdbroker.cli.options import accept_underpay_option, files_options, format_options, opened_app, seed_option
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.check import Checked
    from crowdbroker.broker.load import Loaded
    from crowdbroker.cli.inputs import Inputs
    from crowdbroker.domain.model import Item
    from crowdbroker.store.reads import BatchView


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
    from crowdbroker.broker.add_rows import find_existing
    from crowdbroker.cli.inputs import read_inputs
    from crowdbroker.cli.mistakes import checked
    from crowdbroker.cli.source_files import Files

    with opened_app() as app:
        files = Files(project, data, gold, encoding, delimiter, media_dir=app.settings.media_dir)
        inputs = read_inputs(app, files)
        name = batch or data.stem
        existing = find_existing(app.existing_store, name)
        there = 0
        if existing is not None:
            new = _only_new(app, existing, inputs)
            there = len(inputs.items) - len(new)
            inputs = replace(inputs, items=new)
            if not new and inputs.project.budget_cents <= existing.row.cap_cents:
                return _say_nothing_new(existing, as_format)
        left = None if existing is None else _left(app, existing, inputs)
        found = checked(app, inputs, seed, accept_underpay=accept_underpay, left_cents=left)
        if found.errors:
            return 2
        loaded = _store(app, inputs, found, existing, name, seed)
    _say(loaded, as_format, there=None if existing is None else there)
    return 0


def _store(app: App, inputs: Inputs, found: Checked, existing: BatchView | None, name: str, seed: int) -> Loaded:
    from crowdbroker.broker.add_rows import add_rows
    from crowdbroker.broker.load import load as broker_load
    from crowdbroker.cli.mistakes import placed

    task, template, plans = inputs.project, inputs.template, found.plans
    mixed_in = frozenset(item.key for item in inputs.gold)
    common: dict[str, Any] = {"mixed_in": mixed_in, "tariff": app.tariff, "now": app.clock()}
    if existing is None:
        return broker_load(app.store, task, template, plans, name=name, items=inputs.items, seed=seed, **common)
    try:
        return add_rows(app.store, task, template, plans, batch=existing, **common)
    except InputError as error:
        raise placed(error, inputs.project_file) from error


def _say(loaded: Loaded, as_format: str, *, there: int | None) -> None:
    """What was loaded; `there` counts the dataset's Items that the Batch had before, None where it is new."""
    from crowdbroker.cli.output import counted, emit_json
    from crowdbroker.domain.money import dollars

    if as_format == "json":
        emit_json({"schema": "crowdbroker/load/1", "added": there is not None, **asdict(loaded)})
        return
    items = counted(loaded.items, "Item" if there is None else "more Item")
    beside = "" if there is None else f" beside the {counted(there, 'Item')} that were there"
    click.echo(
        f"Batch {loaded.batch!r}: {items} and {loaded.gold:,} gold in {counted(loaded.hits, 'HIT')}{beside}, "
        f"budget {dollars(loaded.cap_cents)}. Next: crowdbroker publish --batch {quote(loaded.batch)}"
    )


def _only_new(app: App, existing: BatchView, inputs: Inputs) -> list[Item]:
    from crowdbroker.broker.add_rows import only_new
    from crowdbroker.cli.mistakes import without_place

    if existing.row.closed_at is not None:
        raise InputError(
            f"the Batch {existing.name!r} is closed", field="--batch", remedy="Load the rows as a new Batch."
        )
    try:
        return only_new(app.store, existing, inputs.items)
    except InputError as error:
        raise InputError(without_place(error), file=inputs.data_file, field="id", remedy=error.remedy) from error


def _left(app: App, existing: BatchView, inputs: Inputs) -> int:
    """What more rows may cost: what the Batch has left, and what the Project's budget was raised by."""
    from crowdbroker.store.ledger import Account, balances

    with app.store.read() as session:
        available = balances(session, existing.id)[Account.AVAILABLE]
    return available + max(0, inputs.project.budget_cents - existing.row.cap_cents)


def _say_nothing_new(existing: BatchView, as_format: str) -> int:
    from crowdbroker.cli.output import emit_json, note

    note(f"The Batch {existing.name!r} has every Item of this already; nothing was changed.")
    if as_format == "json":
        nothing = {"added": True, "batch": existing.name, "items": 0, "gold": 0, "hits": 0}
        emit_json({"schema": "crowdbroker/load/1", **nothing, "cap_cents": existing.row.cap_cents})
    return 0
