"""`crowdbroker collect`."""

from __future__ import annotations

from dataclasses import asdict
from shlex import quote

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.spending import ask_before_hosted


@click.command(
    epilog="""\b
Example:
  crowdbroker collect --batch first"""
)
@batch_option
@yes_option
@format_options("table", "json")
def collect(batch: str | None, yes: bool, as_format: str) -> None:
    """Bring in what workers have submitted."""
    from crowdbroker.broker.collect import collect as broker_collect
    from crowdbroker.cli.output import counted, emit_json, note
    from crowdbroker.cli.progress import progress_bar
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        ask_before_hosted(app, yes=yes)
        with progress_bar("Collecting", None) as advance:
            found = broker_collect(
                app.store, app.market, chosen, app.clock, marketplace=app.marketplace, progress=advance
            )
    for assignment_id in found.unreadable:
        note(f"Warning: the answer of the Assignment {assignment_id} cannot be read; it is kept as it came.")
    if as_format == "json":
        emit_json({"schema": "crowdbroker/collect/1", **asdict(found)})
    else:
        click.echo(
            f"{counted(found.assignments, 'new Assignment')}, {counted(found.closed_hits, 'HIT')} finished, "
            f"{found.decided_there:,} decided by the marketplace. Next: crowdbroker judge --batch {quote(chosen.name)}"
        )
