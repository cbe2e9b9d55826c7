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

    from crowdbroker.reports.status import Doubt, Status

_WIDTH = 13
_MOST_SHOWN = 10


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
        click.echo(f"{one.batch.name}  (Project {one.batch.project.name}){_stopped(one)}")
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
    for number, doubt in enumerate(status.doubts[:_MOST_SHOWN]):
        yield "" if number else "In doubt", _what_is_known(doubt)
    if status.doubts:
        more = len(status.doubts) - _MOST_SHOWN
        also = f"{more:,} more (--json lists all); " if more > 0 else ""
        yield "", f"{also}a person must look at the marketplace: crowdbroker resolve {status.doubts[0].effect}"
    for one in status.held:
        yield (
            "Held",
            f"{one.assignment_id} of {printable(one.worker)}; paid by itself {_when(one.auto_approval_at, now)}",
        )
        yield "", printable(one.reason)
    if status.held:
        yield "", f"decide: crowdbroker judge --batch {quote(status.batch.name)} --approve ASSIGNMENT, or --reject"


def _what_is_known(doubt: Doubt) -> str:
    from crowdbroker.domain.money import dollars

    asked = doubt.request
    parts = [doubt.kind.replace("_", " ")]
    parts += [f"HIT {doubt.hit:,}"] * (doubt.hit is not None)
    parts += [f"{asked[name]}" for name in ("hit_id", "assignment_id", "worker_id") if name in asked]
    parts += [dollars(asked["cents"])] if "cents" in asked else []
    sent = f"first sent {doubt.first_sent_at:%Y-%m-%d %H:%M} UTC" if doubt.first_sent_at else "never sent"
    return printable(f"{', '.join(parts)}; {sent}: {doubt.problem or 'no reply came'}")


def _next(status: Status, now: datetime) -> Iterator[tuple[str, str]]:
    """What happens by itself and when, and the command that goes on."""
    steps = [*_by_itself(status, now), *(_after_the_end(status) if status.progress.complete else _goes_on(status))]
    for number, step in enumerate(steps):
        yield "" if number else "Next", step


def _by_itself(status: Status, now: datetime) -> Iterator[str]:
    row = status.batch.row
    if status.hits_end_at and not (row.paused_at or row.closed_at):
        yield f"workers may answer until {_when(status.hits_end_at, now)}"
    if status.approval_at and status.progress.assignments["submitted"]:
        yield f"the marketplace pays undecided work from {_when(status.approval_at, now)}"


def _goes_on(status: Status) -> Iterator[str]:
    """While work may still come in, or waits for its decision."""
    name, row = quote(status.batch.name), status.batch.row
    if row.closed_at is not None:
        yield f"crowdbroker run --batch {name} takes in and pays what was accepted, and frees the rest of the money"
    elif row.paused_at is not None:
        yield f"nothing is offered until crowdbroker resume --batch {name}; accepted work may still come in"
        if status.progress.hits["open"] or status.progress.assignments["submitted"]:
            yield f"crowdbroker run --batch {name} takes it in and pays it"
    elif status.progress.hits["planned"]:
        yield f"crowdbroker publish --batch {name}"
    else:
        yield f"crowdbroker run --batch {name} goes on until all is decided"


def _after_the_end(status: Status) -> Iterator[str]:
    name, reached = quote(status.batch.name), status.progress
    if status.missing_places and not reached.ended:
        places = counted(status.missing_places, "place")
        yield f"{places} ended without a usable answer; crowdbroker publish --batch {name} --top-up asks again"
    if status.unlabelled:
        yield f"no work is open; crowdbroker label --batch {name}"
    elif reached.labels:
        done = "all done" if reached.labels >= reached.items - reached.mixed_in else "no work is open"
        yield f"{done}; crowdbroker export --batch {name}"
    elif reached.ended or not status.missing_places:
        yield "nothing: no work is open and no answer came"


def _when(at: datetime, now: datetime) -> str:
    from crowdbroker.domain.durations import in_words

    left = (at - now).total_seconds()
    return f"{at:%Y-%m-%d %H:%M} UTC ({f'in {in_words(left)}' if left > 0 else 'which is past'})"


def _stopped(status: Status) -> str:
    """What the Batch's first line says where nothing more is offered."""
    row = status.batch.row
    if row.closed_at is not None:
        return f", closed {row.closed_at:%Y-%m-%d %H:%M} UTC"
    return f", paused since {row.paused_at:%Y-%m-%d %H:%M} UTC" if row.paused_at is not None else ""
