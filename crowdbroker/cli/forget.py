"""`crowdbroker forget`."""

from __future__ import annotations

import getpass

import click

from crowdbroker.cli.options import format_options, opened_app, yes_option
from crowdbroker.cli.output import counted, emit_json, note, printable
from crowdbroker.cli.spending import ask


@click.command(
    epilog="""\b
Example:
  crowdbroker forget A2MARIA --yes
"""
)
@click.argument("worker_id")
@click.option("--by", metavar="NAME", help="Who decides; your login name where left out.")
@yes_option
@format_options("table", "json")
def forget(worker_id: str, by: str | None, yes: bool, as_format: str) -> None:
    """Delete a Worker's name and all notes on them; answers, pay and the WorkerId stay."""
    from crowdbroker.broker.forget import forget as broker_forget

    with opened_app() as app:
        ask(f"Forget {printable(worker_id)} for good?", yes=yes)
        gone = broker_forget(app.store, worker_id, actor=by or getpass.getuser(), now=app.clock())
    if as_format == "json":
        document = {"schema": "crowdbroker/forget/1", "worker_id": worker_id, "name": gone.name, "notes": gone.notes}
        emit_json(document)
    else:
        had = "The name" if gone.name else "There was no name any more;"
        click.echo(f"{had} and {counted(gone.notes, 'note')} of {printable(worker_id)} are deleted.")
    note("Reports and pages call them (forgotten). Their answers stay, with whatever they wrote in them.")
