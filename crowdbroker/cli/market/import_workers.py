"""`crowdbroker marketplace import-workers`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.market.invite import address_option, checked_address, say_about_links
from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.market.refused import refusals_told
from crowdbroker.cli.options import database_option, format_options, out_option
from crowdbroker.cli.output import Cell, counted, emit_json, emit_table, note
from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.formats.csv_table import Row
    from crowdbroker.marketplace.imported_workers import Arrived, Newcomer

COLUMNS = (
    "worker_id",
    "name",
    "email",
    "country",
    "subdivision",
    "adult",
    "groups",
    "submitted",
    "approved",
    "rejected",
)
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace import-workers workers.csv --address http://192.168.1.20:8642"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--requester", metavar="WHO", help="Whose qualifications the groups are; may be left out for one.")
@address_option
@out_option
@database_option
@format_options("table", "csv", "json")
def import_workers(
    file: Path, requester: str | None, address: str, out: Path | None, database: str | None, as_format: str
) -> int:
    """Bring in workers from a CSV file, all of them or none, and invite each."""
    from crowdbroker.marketplace.imported_workers import ImportRefused
    from crowdbroker.marketplace.imported_workers import import_workers as let_in

    base = checked_address(address)
    rows, emails = _read(file)
    try:
        with opened_market(database) as market, refusals_told("--requester"):
            arrived = let_in(market, rows, requester=requester)
    except ImportRefused as refusal:
        for problem in refusal.problems:
            note(f"Error: {InputError(problem.sentence, file=file, row=problem.row, field=problem.column)}")
        note(f"Nobody was let in. Correct {counted(len(refusal.problems), 'mistake')} and try again.")
        return 2
    _write(arrived, emails, base, as_format, out)
    note(f"{counted(len(arrived), 'worker')} let in.")
    say_about_links(base)
    return 0


def _read(file: Path) -> tuple[list[Newcomer], dict[int, str]]:
    from crowdbroker.formats.csv_table import read_table

    table = read_table(file, rows_required=True, defused=True)
    unknown = [column for column in table.columns if column not in COLUMNS]
    if unknown or not {"worker_id", "name", "email"} & set(table.columns):
        wrong = f"unknown column {unknown[0]!r}" if unknown else "no column says who the workers are"
        raise InputError(
            wrong, file=file, row=1, remedy=f"Columns: {', '.join(COLUMNS)}; one of the first three must be."
        )
    emails = {row.line: row.cells.get("email", "").strip() for row in table.rows}
    return [_newcomer(file, row) for row in table.rows], emails


def _newcomer(file: Path, row: Row) -> Newcomer:
    from crowdbroker.marketplace.imported_workers import Newcomer

    cells = {name: cell.strip() for name, cell in row.cells.items()}
    name = cells.get("name") or cells.get("email") or cells.get("worker_id")
    if not name:
        raise InputError("nothing says who this is", file=file, row=row.line, remedy="Give a name or a WorkerId.")
    approved, rejected = (_count(file, row.line, cells, column) for column in ("approved", "rejected"))
    submitted = _count(file, row.line, cells, "submitted") if cells.get("submitted") else approved + rejected
    return Newcomer(
        row=row.line,
        name=name,
        worker_id=cells.get("worker_id") or None,
        country=cells.get("country") or None,
        groups=tuple(group.strip() for group in cells.get("groups", "").split(";") if group.strip()),
        submitted=submitted,
        approved=approved,
        rejected=rejected,
        subdivision=cells.get("subdivision") or None,
        adult=_flag(file, row.line, cells, "adult"),
    )


def _count(file: Path, line: int, cells: dict[str, str], column: str) -> int:
    text = cells.get(column) or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise InputError(f"{text!r} is no count", file=file, row=line, field=column, remedy="Write a whole number.")
    return int(text)


def _flag(file: Path, line: int, cells: dict[str, str], column: str) -> bool:
    text = cells.get(column) or YES[0]
    if text.lower() not in YES + NO:
        raise InputError(
            f"{text!r} is neither yes nor no", file=file, row=line, field=column, remedy="Write yes or no."
        )
    return text.lower() in YES


def _write(arrived: Sequence[Arrived], emails: dict[int, str], base: str, as_format: str, out: Path | None) -> None:
    rows = [(one.worker_id, one.invitation.name, emails[one.row], f"{base}{one.invitation.path}") for one in arrived]
    if as_format == "json":
        made = [dict(zip(("worker", "name", "email", "link"), row, strict=True)) for row in rows]
        emit_json({"schema": "crowdbroker/imported-workers/1", "workers": made}, out)
    else:
        cells: list[list[Cell]] = [list(row) for row in rows]
        emit_table(["worker", "name", "email", "link"], cells, as_format, out)
