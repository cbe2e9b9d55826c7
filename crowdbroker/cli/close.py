"""`crowdbroker pause`, `resume` and `close`."""

from __future__ import annotations

from collections.abc import Callable
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import counted
from crowdbroker.cli.spending import ask, ask_before_hosted, spending_box

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.store.reads import BatchView, Progress


@click.command(
    epilog="""\b
Example:
  crowdbroker pause --batch first"""
)
@batch_option
@yes_option
@format_options("table", "json")
def pause(batch: str | None, yes: bool, as_format: str) -> int:
    """Stop offering a Batch's HITs for a while; accepted work may still come in."""
    from crowdbroker.broker.close import pause as broker_pause

    done = "The Batch {batch!r} is paused: {open} no longer offered, {planned} held back"
    return _carry_out("pause", broker_pause, done, "Next: crowdbroker resume --batch {name}", batch, yes, as_format)


@click.command(
    epilog="""\b
Example:
  crowdbroker resume --batch first"""
)
@batch_option
@yes_option
@format_options("table", "json")
def resume(batch: str | None, yes: bool, as_format: str) -> int:
    """Offer a paused Batch's HITs again, for the time that they had left."""
    from crowdbroker.broker.close import resume as broker_resume

    done = "The Batch {batch!r} goes on: {open} offered again, {planned} to be published"
    return _carry_out("resume", broker_resume, done, "Next: crowdbroker run --batch {name}", batch, yes, as_format)


@click.command(
    epilog="""\b
Example:
  crowdbroker close --batch first --yes"""
)
@batch_option
@yes_option
@format_options("table", "json")
def close(batch: str | None, yes: bool, as_format: str) -> int:
    """End a Batch early for good; what is accepted may still come in and is paid."""
    from crowdbroker.broker.close import close as broker_close

    done = "The Batch {batch!r} is closed: {open} no longer offered, {planned} never published"
    after = "Next: crowdbroker run --batch {name} takes in and pays what was accepted, and frees the rest of the money."
    return _carry_out("close", broker_close, done, after, batch, yes, as_format)


def _carry_out(
    command: str, act: Callable[..., Any], done: str, after: str, batch: str | None, yes: bool, as_format: str
) -> int:
    from crowdbroker.cli.relayed import say_relayed
    from crowdbroker.store.reads import find_batch, progress

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
            before = progress(session, chosen.id)
        ask_before_hosted(app, yes=yes)
        if command == "close" and chosen.row.closed_at is None:
            _show_end(app, chosen, before)
            ask("Close it for good?", yes=yes)
        report = act(app.store, app.market, chosen, app.clock, marketplace=app.marketplace)
    reached = done.format(
        batch=chosen.name, open=counted(before.hits["open"], "HIT"), planned=f"{before.hits['planned']:,} planned"
    )
    name = quote(chosen.name)
    again = f"crowdbroker run --batch {name} tries again."
    return say_relayed(command, report, as_format, after=after.format(name=name), done=reached, again=again)


def _show_end(app: App, batch: BatchView, reached: Progress) -> None:
    """What closing cuts off, in a box on stderr."""
    from crowdbroker.domain.money import dollars
    from crowdbroker.store.ledger import Account, balances

    with app.store.read() as session:
        reserved = balances(session, batch.id)[Account.RESERVED]
    lines = [
        ("Batch", batch.name),
        ("Close", f"{counted(reached.hits['open'], 'open HIT')} and {reached.hits['planned']:,} planned"),
        ("Answers", f"{reached.answers:,} of {reached.answers_wanted:,} are in; the others will not come"),
        ("Reserved", f"{dollars(reserved)}; what no accepted work needs comes back"),
    ]
    spending_box(app, lines)
