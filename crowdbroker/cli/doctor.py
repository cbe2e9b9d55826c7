"""`crowdbroker doctor`."""

from __future__ import annotations

from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import any_batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import counted, emit_json, note, printable
from crowdbroker.cli.spending import ask_before_hosted

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.adopt import Adopted
    from crowdbroker.broker.doctor import Examined
    from crowdbroker.store.reads import BatchView


@click.command(
    epilog="""\b
Example:
  crowdbroker doctor --batch first"""
)
@any_batch_option
@click.option("--repair", is_flag=True, help="Do what is safe: collect, look again, set balances from their Entries.")
@click.option("--adopt", is_flag=True, help="Take over the HITs of a lost database into a Batch that was loaded again.")
@click.option("--offline", is_flag=True, help="Check the store alone; nothing is asked of the marketplace.")
@yes_option
@format_options("table", "json")
def doctor(batch: str | None, repair: bool, adopt: bool, offline: bool, yes: bool, as_format: str) -> int:
    """Prove the books, compare them with the marketplace, and explain what is wrong."""
    from crowdbroker.errors import InputError

    if adopt and (offline or batch is None):
        raise InputError(
            "adopting needs a Batch and its marketplace", field="--adopt", remedy="Give --batch NAME, no --offline."
        )
    with opened_app() as app:
        batches = _chosen(app, batch)
        if not offline:
            ask_before_hosted(app, yes=yes)
        adopted = _adopt(app, batches[0]) if adopt else None
        if adopted is not None:
            batches = _chosen(app, batch)
        found = _examine(app, batches, offline=offline)
        repaired = _repair(app, batches, found, offline=offline) if repair else []
        if repaired:
            found = _examine(app, _chosen(app, batch), offline=offline)
    if as_format == "json":
        emit_json(_document(found, repaired, adopted))
    else:
        _say(found, repaired, adopted, asked_to_repair=repair)
    return 1 if found.wrong else 0


def _chosen(app: App, name: str | None) -> list[BatchView]:
    from crowdbroker.store.reads import all_batches, find_batch

    with app.store.read() as session:
        return [find_batch(session, name)] if name else all_batches(session)


def _examine(app: App, batches: list[BatchView], *, offline: bool) -> Examined:
    from crowdbroker.broker.doctor import examine
    from crowdbroker.cli.progress import progress_bar

    with progress_bar("Comparing HITs", None) as advance:
        return examine(
            app.store,
            None if offline else app.market,
            batches,
            app.clock,
            marketplace=app.marketplace,
            progress=advance,
        )


def _repair(app: App, batches: list[BatchView], found: Examined, *, offline: bool) -> list[str]:
    from crowdbroker.broker.doctor import repair

    market = None if offline else app.market
    here = [one for one in batches if one.name not in found.elsewhere]
    return [
        sentence
        for one in here
        for sentence in repair(app.store, market, one, found.findings, app.clock, marketplace=app.marketplace).done
    ]


def _adopt(app: App, batch: BatchView) -> Adopted:
    from crowdbroker.broker.adopt import adopt

    return adopt(
        app.store,
        app.market,
        batch,
        app.clock,
        marketplace=app.marketplace,
        tariff=app.tariff,
        actor="crowdbroker doctor",
    )


def _document(found: Examined, repaired: list[str], adopted: Adopted | None) -> dict[str, object]:
    return {
        "schema": "crowdbroker/doctor/1",
        "clean": not found.wrong,
        "batches": found.batches,
        "elsewhere": found.elsewhere,
        "compared": asdict(found.compared),
        "findings": [asdict(one) for one in found.findings],
        "repaired": repaired,
        "adopted": asdict(adopted) if adopted else None,
    }


def _say(found: Examined, repaired: list[str], adopted: Adopted | None, *, asked_to_repair: bool) -> None:
    if adopted is not None:
        _say_adopted(adopted, found.batches[0])
    for sentence in repaired:
        click.echo(f"Repaired: {printable(sentence)}")
    for one in found.findings:
        where = f"{one.batch}: " if one.batch else ""
        click.echo(f"{'Note' if one.note else 'Finding'} ({one.check}): {printable(where + one.what)}.")
        click.echo(f"  {printable(one.remedy)}")
    for name in found.elsewhere:
        note(f"The Batch {name!r} is at another marketplace: only the store was checked for it.")
    compared = found.compared
    looked_at = f"{counted(len(found.batches), 'Batch', 'Batches')}"
    if compared.hits:
        looked_at += (
            f", {counted(compared.hits, 'HIT')} with {counted(compared.assignments, 'Assignment')} and "
            f"{counted(compared.bonuses, 'bonus', 'bonuses')} compared with the marketplace"
        )
    wrong, safe = len(found.wrong), any(one.repair for one in found.wrong)
    if not wrong:
        click.echo(f"All is well: {looked_at}.")
        return
    more = " `crowdbroker doctor --repair` does what is safe." if safe and not asked_to_repair else ""
    click.echo(f"{counted(wrong, 'finding')}: {looked_at}.{more}")


def _say_adopted(adopted: Adopted, batch: str) -> None:
    beside = f" and {counted(adopted.siblings, 'HIT')} of top-ups" if adopted.siblings else ""
    click.echo(
        f"Adopted: {counted(adopted.hits, 'HIT')}{beside} of the lost Batch {adopted.uid}, with "
        f"{counted(adopted.collected.assignments, 'Assignment')} and {counted(adopted.bonuses, 'bonus', 'bonuses')}. "
        f"Next: crowdbroker run --batch {quote(batch)}"
    )
    if adopted.missing:
        note(
            f"Warning: {counted(adopted.missing, 'HIT')} of the plan are not at the marketplace; publishing makes them "
            "anew, also where their work was done and deleted."
        )
    for hit_id in adopted.strange:
        note(f"Warning: the HIT {hit_id} carries the lost Batch's mark and shows none of its pages; it was left alone.")
