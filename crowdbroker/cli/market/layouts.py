"""`crowdbroker marketplace layouts`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options
from crowdbroker.cli.output import Cell, emit_json, emit_table, note
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.marketplace import Marketplace


@click.command(
    epilog="""\b
Examples:
  crowdbroker marketplace layouts sentiment.html --name sentiment
  crowdbroker marketplace layouts"""
)
@click.argument("html", required=False, type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="For people; left out: the file's name.")
@click.option("--requester", metavar="WHO", help="Id, access key or name; may be left out where there is one.")
@database_option
@format_options("table", "json")
def layouts(html: Path | None, name: str | None, requester: str | None, database: str | None, as_format: str) -> None:
    """List the HIT layouts, or add an HTML file as one."""
    from crowdbroker.marketplace.layouts import layouts_of
    from crowdbroker.marketplace.requesters import find

    page = _read(html) if html is not None else None
    with opened_market(database) as market, refusals_told("--requester"):
        if page is not None and html is not None:
            note(f"Its HITLayoutId is {_add(market, page, html, name, requester)}.")
        with market.read() as session:
            found = layouts_of(session, find(session, requester).id)
    if as_format == "json":
        rows = [{"id": one.id, "name": one.name, "parameters": list(one.parameters)} for one in found]
        emit_json({"schema": "crowdbroker/layouts/1", "layouts": rows})
        return
    cells: list[list[Cell]] = [[one.id, one.name, ", ".join(one.parameters) or "-"] for one in found]
    emit_table(["HITLayoutId", "name", "parameters"], cells, "table")


def _add(market: Marketplace, page: str, html: Path, name: str | None, requester: str | None) -> str:
    from crowdbroker.marketplace.faults import Fault
    from crowdbroker.marketplace.layouts import add_layout
    from crowdbroker.marketplace.requesters import find

    try:
        with market.write() as session:
            owner = find(session, requester).id
            return add_layout(session, owner, page, name or html.stem, ids=market.ids, now_ms=market.now_ms())
    except Fault as refusal:
        raise InputError(str(refusal), file=html, remedy="Nothing was added.") from refusal


def _read(html: Path) -> str:
    try:
        return html.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"cannot be read: {reason}", file=html, remedy="Name an HTML file.") from error
