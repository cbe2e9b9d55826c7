"""`crowdbroker judge`."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import batch_option, format_options, opened_app
from crowdbroker.cli.output import counted, emit_json

if TYPE_CHECKING:
    from crowdbroker.broker.judge import Judged


@click.command(
    epilog="""\b
Example:
  crowdbroker judge --batch first"""
)
@batch_option
@click.option("--approve", metavar="ASSIGNMENT", multiple=True, help="Approve an Assignment that is held.")
@click.option("--reject", metavar="ASSIGNMENT", multiple=True, help="Refuse an Assignment that is held.")
@click.option("--reason", default="", help="What the Worker reads.")
@format_options("table", "json")
def judge(batch: str | None, approve: tuple[str, ...], reject: tuple[str, ...], reason: str, as_format: str) -> None:
    """Decide on submitted work from gold answers."""
    from crowdbroker.broker.judge import decide_by_hand
    from crowdbroker.broker.judge import judge as broker_judge
    from crowdbroker.domain.quality import Decision
    from crowdbroker.store.reads import find_batch

    with opened_app() as app:
        with app.store.read() as session:
            chosen = find_batch(session, batch)
        for decision, named in ((Decision.APPROVE, approve), (Decision.REJECT, reject)):
            for assignment_id in named:
                decide_by_hand(
                    app.store, chosen, assignment_id, decision, reason=reason, now=app.clock(), actor=getpass.getuser()
                )
        # A verdict by hand is about those that are named, and judges nobody else.
        judged = None if approve or reject else broker_judge(app.store, chosen, app.clock())
    if as_format == "json":
        by_hand = {"approved_by_hand": len(approve), "rejected_by_hand": len(reject)}
        emit_json({"schema": "crowdbroker/judge/1", **(asdict(judged) if judged else by_hand)})
    elif judged is None:
        by_hand_count = counted(len(approve) + len(reject), "Assignment")
        click.echo(f"{by_hand_count} decided by hand. Next: crowdbroker settle --batch {quote(chosen.name)}")
    else:
        click.echo(_sentence(judged, chosen.name))


def _sentence(judged: Judged, batch: str) -> str:
    said = ", ".join(f"{count:,} {decision.replace('_', ' ')}" for decision, count in sorted(judged.decisions.items()))
    after = f" Next: crowdbroker settle --batch {quote(batch)}" if said else ""
    return f"{said or 'Nothing to decide'}; {judged.waiting:,} wait for more gold answers of their workers.{after}"
