"""`crowdbroker pause`, `resume` and `close`."""

from __future__ import annotations

from collections.abc import Callable
from shlex import quote
from typing import Any

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.spending import ask, ask_before_hosted


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

    return _carry_out("pause", broker_pause, "", "Next: crowdbroker resume --batch {batch}", batch, yes, as_format)


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

    return _carry_out("resume", broker_resume, "", "Next: crowdbroker run --batch {batch}", batch, yes, as_format)


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

    question = "Close it? What is not answered yet stays without an answer."
    return _carry_out("close", broker_close, question, "Next: crowdbroker run --batch {batch}", batch, yes, as_format)


def _carry_out(
    command: str, act: Callable[..., Any], question: str, after: str, batch: str | None, yes: bool, as_format: str
) -> int:
    from crowdbroker.cli.relayed import say_relayed
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        ask_before_hosted(app, yes=yes)
        if question:
            ask(question, yes=yes)
        report = act(app.store, app.market, chosen, app.clock, marketplace=app.marketplace)
    return say_relayed(command, report, as_format, after=after.format(batch=quote(chosen.name)))
