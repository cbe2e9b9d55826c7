"""`crowdbroker status`."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import any_batch_option, format_options, opened_app
from crowdbroker.cli.output import counted, printable

if TYPE_CHECKING:
    from datetime import datetime

    from crowdbroker.reports.status import Status

_WIDTH = 13


@click.command(
    epilog="""\b
Example:
  crowdbroker status --json"""
)
@any_batch_option
@format_options("table", "json")
def status(batch: str | None, as_format: str) -> None:
    """Say how far the Batches are, and what waits for a person."""
    from crowdbroker.cli.output import emit_json
    from crowdbroker.reports.status import batch_status, status_document
    from crowdbroker.store.reads import all_batches, find_batch

    with opened_app() as app:
        now = app.clock()
        with app.store.read() as session:
            batches = [find_batch(session, batch)] if batch else all_batches(session)
            found = [batch_status(session, one) for one in batches]
    if as_format == "json":
        emit_json(status_document(found))
        return
    if not found:
        click.echo("No Batch yet. Load one: crowdbroker load PROJECT DATA")
    for one in found:
        click.echo(f"{one.batch.name}  (Project {one.batch.project.name})")
        for name, value in [*_counts(one), *_waiting(one, now), *_next(one, now)]:
            click.echo(f"  {name:<{_WIDTH}}{value}")


def _counts(status: Status) -> Iterator[tuple[str, str]]:
    from crowdbroker.domain.money import dollars

    reached, money = status.progress, status.money_cents
    states, hits = reached.assignments, reached.hits
    spent = money["rewards"] + money["fees"] + money["bonuses"]
    yield "HITs", f"{hits['planned']:,} planned, {hits['open']:,} open, {hits['closed']:,} closed"
    excluded = f", {reached.excluded:,} of them excluded" if reached.excluded else ""
    yield (
        "Answers",
        f"{reached.answers:,} of {reached.answers_wanted:,} from {counted(reached.workers, 'worker')}{excluded}",
    )
    yield (
        "Assignments",
        f"{states['approved']:,} approved, {states['rejected']:,} refused, {states['held']:,} held, "
        f"{states['submitted']:,} not yet decided",
    )
    yield "Labels", f"{reached.labels:,} of {reached.items - reached.mixed_in:,}"
    yield (
        "Money",
        f"{dollars(spent)} spent, {dollars(money['owed'])} owed, {dollars(money['reserved'])} reserved, "
        f"{dollars(money['available'])} available of {dollars(money['deposited'])}",
    )


def _waiting(status: Status, now: datetime) -> Iterator[tuple[str, str]]:
    """What waits for a person."""
    if status.progress.in_doubt:
        yield "In doubt", f"{counted(status.progress.in_doubt, 'call')} whose outcome nobody knows: a person must look"
    for one in status.held:
        yield (
            "Held",
            f"{one.assignment_id} of {printable(one.worker)}; paid by itself {_when(one.auto_approval_at, now)}",
        )
        yield "", printable(one.reason)
    if status.held:
        yield "", f"decide: crowdbroker judge --batch {quote(status.batch.name)} --approve ASSIGNMENT, or --reject"


def _next(status: Status, now: datetime) -> Iterator[tuple[str, str]]:
    """What happens by itself and when, and the command that goes on."""
    name, reached = quote(status.batch.name), status.progress
    steps = []
    if status.hits_end_at:
        steps.append(f"workers may answer until {_when(status.hits_end_at, now)}")
    if status.approval_at and reached.assignments["submitted"]:
        steps.append(f"the marketplace pays undecided work from {_when(status.approval_at, now)}")
    if reached.hits["planned"]:
        steps.append(f"crowdbroker publish --batch {name}")
    elif not reached.complete:
        steps.append(f"crowdbroker run --batch {name} goes on until all is decided")
    elif reached.labels < reached.items - reached.mixed_in:
        steps.append(f"no work is open; crowdbroker label --batch {name}")
    else:
        steps.append(f"all done; crowdbroker export --batch {name}")
    for number, step in enumerate(steps):
        yield "" if number else "Next", step


def _when(at: datetime, now: datetime) -> str:
    from crowdbroker.domain.durations import in_words

    left = (at - now).total_seconds()
    return f"{at:%Y-%m-%d %H:%M} UTC ({f'in {in_words(left)}' if left > 0 else 'which is past'})"
