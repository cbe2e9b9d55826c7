"""`crowdbroker marketplace consent`."""

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
  crowdbroker marketplace consent consent.md
  crowdbroker marketplace consent --workers --format csv"""
)
@click.argument("text", required=False, type=click.Path(path_type=Path))
@click.option("--requester", metavar="WHO", help="Id, access key or name; may be left out where there is one.")
@click.option("--hit-type", metavar="ID", help="Ask for it at this HIT type only, not at all of the requester's.")
@click.option("--end", is_flag=True, help="Ask for no consent any more.")
@click.option("--workers", is_flag=True, help="List who has given which consent, and who has taken it back.")
@database_option
@format_options("table", "csv", "json")
def consent(
    text: Path | None,
    requester: str | None,
    hit_type: str | None,
    end: bool,
    workers: bool,
    database: str | None,
    as_format: str,
) -> None:
    """List the texts that work asks consent for, or put a Markdown file in force as one."""
    if text is not None and end:
        raise click.UsageError("TEXT puts a text in force and --end takes one away: give one of them.")
    words = _read(text) if text is not None else None
    with opened_market(database) as market:
        with refusals_told("--requester"):
            if words is not None:
                _put_in_force(market, words, requester, hit_type)
            elif end:
                _take_away(market, requester, hit_type)
        (_show_workers if workers else _show_texts)(market, as_format)


def _put_in_force(market: Marketplace, words: str, requester: str | None, hit_type: str | None) -> None:
    from crowdbroker.marketplace.consent_texts import set_text

    made = set_text(market, requester, words, hit_type_id=hit_type)
    note(f"Version {made.version} is in force: workers of {made.requester} are asked once, before they accept.")


def _take_away(market: Marketplace, requester: str | None, hit_type: str | None) -> None:
    from crowdbroker.marketplace.consent_texts import end_text

    ended = end_text(market, requester, hit_type_id=hit_type)
    note("Nobody is asked any more. Consents that were given are kept." if ended else "No text was in force.")


def _show_texts(market: Marketplace, as_format: str) -> None:
    from crowdbroker.marketplace.consent_texts import consent_texts

    found = consent_texts(market)
    if as_format == "json":
        rows = [
            {
                "id": one.id,
                "requester": one.requester,
                "hit_type_id": one.hit_type_id,
                "version": one.version,
                "text": one.markdown,
                "made_at": one.made_at.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "given": one.given,
                "withdrawn": one.withdrawn,
            }
            for one in found
        ]
        emit_json({"schema": "crowdbroker/consent-texts/1", "texts": rows})
        return
    cells: list[list[Cell]] = [
        [
            one.requester,
            one.hit_type_id or "all",
            one.version,
            "ended" if one.ended_at else "in force",
            one.given,
            one.withdrawn,
        ]
        for one in found
    ]
    emit_table(["requester", "HIT type", "version", "state", "given", "withdrawn"], cells, as_format)


def _show_workers(market: Marketplace, as_format: str) -> None:
    from crowdbroker.marketplace.consent_texts import consents

    rows = [
        {
            "worker_id": one.worker_id,
            "requester": one.text.requester,
            "hit_type_id": one.text.hit_type_id,
            "version": one.text.version,
            "given_at": one.given_at.isoformat(timespec="seconds"),
            "withdrawn_at": one.withdrawn_at.isoformat(timespec="seconds") if one.withdrawn_at else None,
        }
        for one in consents(market)
    ]
    if as_format == "json":
        emit_json({"schema": "crowdbroker/consents/1", "consents": rows})
        return
    columns = ["worker_id", "requester", "hit_type_id", "version", "given_at", "withdrawn_at"]
    cells: list[list[Cell]] = [[row[name] for name in columns] for row in rows]
    emit_table(columns, cells, as_format)


def _read(text: Path) -> str:
    try:
        return text.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"cannot be read: {reason}", file=text, remedy="Name a Markdown file.") from error
