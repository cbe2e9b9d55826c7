"""`crowdbroker marketplace appeals`."""

from __future__ import annotations

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import Cell, emit_json, emit_table


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace appeals"""
)
@click.option("--requester", metavar="WHO", help="Only of this requester's work: id, access key or name.")
@click.option("--all", "decided_too", is_flag=True, help="Also those whose refusal was taken back, or is final.")
@database_option
@format_options("table", "csv", "json")
def appeals(requester: str | None, decided_too: bool, database: str | None, as_format: str) -> None:
    """List what workers wrote against refusals; ApproveAssignment with OverrideRejection takes one back."""
    from crowdbroker.marketplace.appeals import appeals as all_appeals
    from crowdbroker.marketplace.requesters import find

    with opened_market(database) as market, refusals_told("--requester"):
        with market.read() as session:
            owner = find(session, requester).id if requester else None
        found = all_appeals(market, requester_id=owner)
        now = market.clock()
    rows = [
        {
            "assignment_id": one.assignment_id,
            "worker_id": one.worker_id,
            "hit_id": one.hit_id,
            "title": one.title,
            "requester": one.requester,
            "status": one.status,
            "feedback": one.feedback,
            "appeal": one.text,
            "sent_at": one.sent_at.isoformat(timespec="seconds"),
            "open_until": one.open_until.isoformat(timespec="seconds"),
        }
        for one in found
        if decided_too or (one.status == "Rejected" and one.open_until > now)
    ]
    if as_format == "json":
        emit_json({"schema": "crowdbroker/appeals/1", "appeals": rows})
        return
    columns = ["assignment_id", "worker_id", "title", "status", "feedback", "appeal", "open_until"]
    cells: list[list[Cell]] = [[row[name] for name in columns] for row in rows]
    emit_table(columns, cells, as_format)
