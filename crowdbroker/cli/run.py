"""`crowdbroker run`."""

from __future__ import annotations

import time
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.events import event_inbox
from crowdbroker.cli.options import Within, batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import emit_json, note
from crowdbroker.cli.publish import show_spending
from crowdbroker.cli.spending import ask, ask_before_hosted
from crowdbroker.domain.durations import in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from crowdbroker.app import App
    from crowdbroker.broker.label import Labelled
    from crowdbroker.broker.run import Round
    from crowdbroker.store.reads import BatchView


@click.command(
    epilog="""\b
Example:
  crowdbroker run --batch first --every 10"""
)
@batch_option
@yes_option
@click.option("--every", type=Within(0.1, 86_400), default=5.0, show_default=True, help="Seconds between rounds.")
@click.option("--once", is_flag=True, help="Do one round and stop, for cron.")
@format_options("table", "json")
def run(batch: str | None, yes: bool, every: float, once: bool, as_format: str) -> None:
    """Do all steps in a loop until the Batch is complete."""
    from crowdbroker.broker.hourly import Hourly
    from crowdbroker.broker.label import label
    from crowdbroker.broker.run import compared, run_round
    from crowdbroker.broker.run import run as broker_run
    from crowdbroker.broker.sharing import sharing
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        stopped = _say_stopped(chosen)
        cost = None if stopped else show_spending(app, chosen)
        ask_before_hosted(app, yes=yes)
        if cost is not None and cost.hits:
            ask("Reserve this, publish, and pay as judged?", yes=yes)
        tell = _Teller(lambda: _seconds_left(app, chosen))
        with sharing(app.store, app.clock), event_inbox(app) as inbox:
            if once:
                this = run_round(app.store, app.market, chosen, app.clock, marketplace=app.marketplace)
                tell(compared(app.store, app.market, chosen, app.clock, this, Hourly(), marketplace=app.marketplace))
                made = label(app.store, chosen, app.clock())
            else:
                made = broker_run(
                    app.store,
                    app.market,
                    chosen,
                    app.clock,
                    marketplace=app.marketplace,
                    wait=lambda: inbox.wait(chosen, every) if inbox is not None else time.sleep(every),
                    tell=tell,
                    inbox=inbox,
                )
    if as_format == "json":
        emit_json({"schema": "crowdbroker/run/1", "complete": tell.complete, **asdict(made)})
    else:
        click.echo(labelled_sentence(made, chosen.name, complete=tell.complete))


def labelled_sentence(made: Labelled, batch: str, *, complete: bool = True) -> str:
    """What was labelled, and what to do next."""
    if made.why_none:
        return f"{made.why_none} Next: crowdbroker export --batch {quote(batch)} --what answers"
    after = "run"
    if complete:
        after = "export" if made.labelled else "status"
    return (
        f"{made.labelled:,} of {made.items:,} Items labelled by {made.method} from {made.votes:,} answers. "
        f"Next: crowdbroker {after} --batch {quote(batch)}"
    )


def _say_stopped(batch: BatchView) -> bool:
    """Whether nothing more is offered, which is said with what still happens."""
    if batch.row.closed_at is not None:
        note(f"The Batch {batch.name!r} is closed: what was accepted is still taken in, judged and paid.")
    elif batch.row.paused_at is not None:
        again = f"crowdbroker resume --batch {quote(batch.name)}"
        note(f"The Batch {batch.name!r} is paused until {again}; accepted work is still taken in and paid.")
    return batch.row.closed_at is not None or batch.row.paused_at is not None


def _seconds_left(app: App, batch: BatchView) -> float | None:
    from crowdbroker.store.eta import seconds_left

    with app.store.read() as session:
        return seconds_left(session, batch.id, app.clock())


class _Teller:
    """One line on stderr for every round in which something happened."""

    def __init__(self, seconds_left: Callable[[], float | None]) -> None:
        self._seconds_left = seconds_left
        self._said: set[str] = set()
        self.complete = False

    def __call__(self, this: Round) -> None:
        reached = this.progress
        self.complete = reached.complete
        for one in this.differences:
            self._say_once(f"Warning: {one.what}. {one.remedy}")
        for problem in (this.published.problem, this.settled.problem):
            if problem:
                self._say_once(f"Warning: {problem}")
        states = reached.assignments
        doubt = f"; {reached.in_doubt:,} in doubt, see crowdbroker status" if reached.in_doubt else ""
        self._say_once(
            f"{reached.answers:,} of {reached.answers_wanted:,} answers from {reached.workers:,} workers; "
            f"{states['approved']:,} approved, {states['rejected']:,} refused, {states['held']:,} held, "
            f"{states['submitted']:,} wait; {reached.excluded:,} workers excluded{doubt}",
            self._pace,
        )

    def _pace(self) -> str:
        left = None if self.complete else self._seconds_left()
        return "" if left is None else f"; about {in_words(left)} left at this pace"

    def _say_once(self, text: str, and_now: Callable[[], str] = str) -> None:
        if text not in self._said:
            self._said.add(text)
            note(text + and_now())
