"""`crowdbroker marketplace faults`."""

from __future__ import annotations

from typing import Any

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import Cell, emit_json, emit_table, note
from crowdbroker.errors import InputError


@click.command(
    epilog="""\b
Examples:
  crowdbroker marketplace faults reply_lost=0.05 list_lag_s=10
  crowdbroker marketplace faults --off"""
)
@click.argument("changes", nargs=-1, metavar="[SWITCH=VALUE]...")
@click.option("--off", is_flag=True, help="Back to what the settings file says: nothing, unless it says otherwise.")
@database_option
@format_options("table", "json")
def faults(changes: tuple[str, ...], off: bool, database: str | None, as_format: str) -> None:
    """Show what the marketplace gets wrong on purpose, or change it."""
    from crowdbroker.marketplace.fidelity import FidelityRefused

    asked = _read(changes)
    if off and asked:
        raise InputError("give switches or --off, not both", field="--off", remedy="Nothing was changed.")
    with opened_market(database) as market:
        try:
            if off:
                market.switches.reset()
            elif asked:
                market.switches.change(**asked)
        except FidelityRefused as refusal:
            raise InputError(str(refusal), field="SWITCH=VALUE", remedy="Nothing was changed.") from refusal
        every, on = market.fidelity.model_dump(mode="json"), market.fidelity.on()
    if as_format == "json":
        emit_json({"schema": "crowdbroker/faults/1", "switches": every, "on": sorted(on)})
        return
    rows: list[list[Cell]] = [[name, _text(value), "ON" if name in on else ""] for name, value in every.items()]
    emit_table(["switch", "value", "on"], rows, "table")
    if on:
        note(f"Warning: this marketplace misbehaves on purpose: {', '.join(sorted(on))}.")


def _read(changes: tuple[str, ...]) -> dict[str, str]:
    asked = dict(change.partition("=")[::2] for change in changes)
    wrong = next((change for change in changes if "=" not in change), None)
    if wrong is not None:
        raise InputError(f"{wrong!r} has no value", field="SWITCH=VALUE", remedy="Write it like list_lag_s=10.")
    return asked


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "-"
    return "-" if value is None else str(value)
