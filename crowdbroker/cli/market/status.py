"""`crowdbroker marketplace status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import counted, emit_json, note

if TYPE_CHECKING:
    from crowdbroker.marketplace.overview import Overview


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace status"""
)
@database_option
@format_options("table", "json")
def status(database: str | None, as_format: str) -> None:
    """Say what the marketplace holds, what waits, and what is switched on."""
    from crowdbroker.marketplace.overview import overview

    with opened_market(database) as market:
        now = overview(market)
    if as_format == "json":
        emit_json(_document(now))
    else:
        for name, value in _lines(now):
            click.echo(f"{name:<13}{value}")
    if now.misbehaves:
        switches = ", ".join(f"{name} = {value}" for name, value in now.misbehaves.items())
        note(f"Warning: this marketplace misbehaves on purpose: {switches}.")
        note("End it with: crowdbroker marketplace faults --off")


def _lines(now: Overview) -> Iterator[tuple[str, str]]:
    from crowdbroker.domain.money import dollars

    yield "Clock", f"{now.now:%Y-%m-%d %H:%M UTC}"
    yield "HITs", ", ".join(f"{count:,} {name}" for name, count in now.hits.items()) or "none"
    undecided = f"{now.undecided:,} submitted and undecided, {now.held:,} being worked on"
    if now.next_approval is not None:
        undecided += f"; the first is approved by itself at {now.next_approval:%Y-%m-%d %H:%M UTC}"
    yield "Assignments", undecided
    out = f", {now.disabled_workers:,} shut out" if now.disabled_workers else ""
    yield "Workers", f"{now.workers:,}{out}; {now.unpaid_workers:,} are owed {dollars(now.owed_cents)}"
    keyed = f"{now.keyed_requesters:,} with an access key"
    yield "Requesters", f"{counted(now.requesters, 'requester')}, {keyed}"
    yield "Money", f"{dollars(now.available_cents)} available, {dollars(now.on_hold_cents)} on hold"
    yield "", f"{dollars(now.paid_cents)} paid out, {dollars(now.fees_cents)} fees"
    failed = f", {now.failed_deliveries:,} given up" if now.failed_deliveries else ""
    yield "Deliveries", f"{now.deliveries:,} waiting{failed}"


def _document(now: Overview) -> dict[str, object]:
    from crowdbroker.domain.money import to_wire

    money = {
        "available": to_wire(now.available_cents),
        "on_hold": to_wire(now.on_hold_cents),
        "owed": to_wire(now.owed_cents),
        "paid_out": to_wire(now.paid_cents),
        "fees": to_wire(now.fees_cents),
    }
    return {
        "schema": "crowdbroker/marketplace-status/1",
        "now": now.now.isoformat(),
        "hits": dict(now.hits),
        "held": now.held,
        "undecided": now.undecided,
        "next_approval": now.next_approval.isoformat() if now.next_approval else None,
        "workers": now.workers,
        "disabled_workers": now.disabled_workers,
        "unpaid_workers": now.unpaid_workers,
        "requesters": now.requesters,
        "keyed_requesters": now.keyed_requesters,
        "deliveries_waiting": now.deliveries,
        "deliveries_given_up": now.failed_deliveries,
        "money": money,
        "misbehaves": dict(now.misbehaves),
    }
