"""`crowdbroker marketplace backup` and `restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from crowdbroker.cli.market.opened import opened_market
from crowdbroker.cli.options import database_option, format_options, read_root_settings, yes_option
from crowdbroker.cli.output import emit_json, note
from crowdbroker.errors import CrowdbrokerError, InputError


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace backup copies/marketplace-1.db"""
)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@format_options("table", "json")
def backup(target: Path, database: str | None, as_format: str) -> None:
    """Copy the marketplace's database while it is in use."""
    from crowdbroker.marketplace.backup import backup as copy_to
    from crowdbroker.marketplace.backup import check_copy

    with opened_market(database) as market, _refusals():
        copy_to(market.engine, target)
    wrong = check_copy(target)
    if wrong:
        raise CrowdbrokerError(f"the copy {target} is not sound: {wrong[0]}", remedy="Do not rely on it; try again.")
    key = target.with_name(f"{target.name}.key")
    if as_format == "json":
        beside = str(key) if key.exists() else None
        emit_json(
            {"schema": "crowdbroker/backup/1", "copy": str(target), "bytes": target.stat().st_size, "key": beside}
        )
    else:
        click.echo(f"{target} written, {target.stat().st_size:,} bytes; its books agree.")
    if key.exists():
        note(f"{key} opens the requesters' secret keys: keep it with the copy, and from everybody else.")
    note("Pictures and other media are files beside the database; copy the folder media as well.")


@click.command(
    epilog="""\b
Example:
  crowdbroker marketplace restore copies/marketplace-1.db"""
)
@click.argument("copy", type=click.Path(path_type=Path, dir_okay=False))
@yes_option
@database_option
@format_options("table", "json")
def restore(copy: Path, yes: bool, database: str | None, as_format: str) -> None:
    """Put a copy in the place of the marketplace's database."""
    from crowdbroker.cli.spending import ask
    from crowdbroker.marketplace.backup import check_copy, database_file
    from crowdbroker.marketplace.backup import restore as put_back

    url = database or read_root_settings().marketplace_url
    with _refusals():
        target = database_file(url)
        wrong = check_copy(copy)
        if wrong:
            raise InputError(wrong[0], field="COPY", remedy="Nothing was changed. Choose another copy.")
        kept = None
        if target.exists():
            kept = target.with_name(f"{target.stem}-before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.db")
            ask(f"Replace {target} by {copy}? It is kept as {kept.name}.", yes=yes)
        put_back(copy, url, kept=kept)
    if as_format == "json":
        before = str(kept) if kept else None
        emit_json({"schema": "crowdbroker/restore/1", "database": str(target), "copy": str(copy), "before": before})
    else:
        click.echo(f"{target} is now what {copy} was.{f' The one before is {kept}.' if kept else ''}")


@contextmanager
def _refusals() -> Iterator[None]:
    from crowdbroker.marketplace.backup import BackupRefused, NoFile

    try:
        yield
    except NoFile as refusal:
        raise InputError(str(refusal), field="--database", remedy="Nothing was changed.") from refusal
    except BackupRefused as refusal:
        raise CrowdbrokerError(str(refusal), remedy="Nothing was changed.") from refusal
