"""`crowdbroker marketplace clock`."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import emit_json, note
from crowdbroker.errors import InputError

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@click.command(
    epilog="""\b
Examples:
  crowdbroker marketplace clock --advance 25h
  crowdbroker marketplace clock --reset"""
)
@click.option("--advance", metavar="TIME", help="Move it on, such as 90s, 30m, 25h or 3d.")
@click.option("--freeze", is_flag=True, help="Let it stand still.")
@click.option("--unfreeze", is_flag=True, help="Let it go on from where it stands.")
@click.option("--reset", is_flag=True, help="Back to the real time.")
@database_option
@format_options("table", "json")
def clock(advance: str | None, freeze: bool, unfreeze: bool, reset: bool, database: str | None, as_format: str) -> None:
    """Show the marketplace's clock, or move it for a test."""
    from crowdbroker.marketplace.fidelity import FidelityRefused
    from crowdbroker.marketplace.sweep import catch_up

    moved = _duration(advance) if advance else None
    if reset and (moved or freeze or unfreeze):
        raise InputError("--reset goes with nothing else", field="--reset", remedy="Nothing was changed.")
    if freeze and unfreeze:
        raise InputError("--freeze and --unfreeze go not together", field="--freeze", remedy="Nothing was changed.")
    with opened_market(database) as market:
        try:
            if reset:
                market.switches.reset_clock()
            if freeze:
                market.switches.freeze()
            if unfreeze:
                market.switches.unfreeze()
            if moved:
                market.switches.advance(moved)
        except FidelityRefused as refusal:
            raise InputError(str(refusal), field="--advance", remedy="Move it less far.") from refusal
        now, stands = market.clock(), market.fidelity.clock == "frozen"
        if moved:
            # What has come due is done at once, not at the next call.
            catch_up(market, market.now_ms())
        off = bool(market.fidelity.clock_offset_ms) or stands
    _show(now, as_format, stands=stands, off=off)


def _duration(text: str) -> timedelta:
    number, unit = text[:-1], UNITS.get(text[-1:])
    if unit is None or not number.isdecimal() or not 0 < int(number) < 10**7:
        raise InputError(f"{text!r} is no time", field="--advance", remedy="Write it like 90s, 30m, 25h or 3d.")
    return timedelta(**{unit: int(number)})


def _show(now: datetime, as_format: str, *, stands: bool, off: bool) -> None:
    if as_format == "json":
        emit_json({"schema": "crowdbroker/clock/1", "now": now.isoformat(), "stands_still": stands, "moved": off})
    else:
        click.echo(f"{now:%Y-%m-%d %H:%M:%S} UTC{', standing still' if stands else ''}")
    if off:
        note("Warning: this is not the real time. Deadlines and automatic approval follow it.")
