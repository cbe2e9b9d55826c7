"""`crowdbroker resolve`."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import any_batch_option, format_options, opened_app, yes_option
from crowdbroker.cli.output import counted, emit_json, printable
from crowdbroker.cli.spending import ask, ask_before_hosted

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.broker.evidence import Evidence
    from crowdbroker.store.tables import EffectRow

_WIDTH = 13


@click.command(
    epilog="""\b
Example:
  crowdbroker resolve 17 --done --reason "The Worker wrote that the bonus came."
"""
)
@click.argument("effect", required=False)
@any_batch_option
@click.option("--done", "said", flag_value="done", help="It happened: its money is booked as spent.")
@click.option("--failed", "said", flag_value="failed", help="It did not happen: its money is given back.")
@click.option("--look-again", "said", flag_value="look", help="Ask the marketplace again, and settle what it proves.")
@click.option("--reason", default="", help="How you know; kept in the audit trail.")
@click.option("--by", metavar="NAME", help="Who decides; your login name where left out.")
@yes_option
@format_options("table", "json")
def resolve(
    effect: str | None,
    batch: str | None,
    said: str | None,
    reason: str,
    by: str | None,
    yes: bool,
    as_format: str,
) -> int:
    """Settle an Effect in doubt, with all that is known of it; without a name, list them."""
    with opened_app() as app:
        if effect is None:
            _list(app, batch, as_format)
            return 0
        return _settle(app, effect, said, reason, by or getpass.getuser(), yes=yes, as_format=as_format)


def _list(app: App, batch: str | None, as_format: str) -> None:
    from crowdbroker.store.doubts import in_doubt
    from crowdbroker.store.reads import find_batch

    with app.store.read() as session:
        found = in_doubt(session, find_batch(session, batch).id if batch else None)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/resolve/1", "in_doubt": [_document(one) for one in found]})
        return
    for one in found:
        click.echo(f"{one.id}  {printable(one.key)}: {printable(one.problem or 'no reply came')}")
    click.echo(f"{counted(len(found), 'Effect')} in doubt.{' See one: crowdbroker resolve NUMBER' if found else ''}")


def _settle(app: App, name: str, said: str | None, reason: str, by: str, *, yes: bool, as_format: str) -> int:
    from crowdbroker.broker.resolve import inspect, look_again
    from crowdbroker.broker.resolve import resolve as broker_resolve
    from crowdbroker.store.doubts import find_effect

    with app.store.read() as session:
        effect = find_effect(session, name)
    ask_before_hosted(app, yes=yes)
    evidence = inspect(app.store, app.market, effect, app.clock(), marketplace=app.marketplace)
    if as_format != "json":
        _show(effect, evidence)
    settled = effect.state != "in_doubt"
    if said in ("done", "failed"):
        ask(f"Settle it as {said}?", yes=yes)
        happened = said == "done"
        broker_resolve(app.store, effect, evidence, app.clock, happened=happened, actor=by, reason=reason)
        settled = True
    elif said == "look" and not settled:
        settled = look_again(app.store, effect, evidence, app.clock, actor=by)
    with app.store.read() as session:
        effect = find_effect(session, str(effect.id))
    if as_format == "json":
        emit_json({"schema": "crowdbroker/resolve/1", **_document(effect), "seen": evidence.seen})
    else:
        click.echo(_next(effect, settled=settled))
    return 0 if settled or said is None else 1


def _show(effect: EffectRow, evidence: Evidence) -> None:
    first = f"{effect.first_sent_at:%Y-%m-%d %H:%M} UTC" if effect.first_sent_at else "never"
    lines = [
        ("Effect", f"{effect.id}, {effect.key}"),
        ("What", effect.kind.replace("_", " ")),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in effect.request.items()),
        ("First sent", f"{first}; {counted(effect.attempts, 'attempt')}"),
        ("Problem", effect.problem or "no reply came"),
        *(("Seen" if not number else "", text) for number, text in enumerate(evidence.seen)),
    ]
    for name, value in lines:
        click.echo(f"{name:<{_WIDTH}}{printable(value)}")


def _next(effect: EffectRow, *, settled: bool) -> str:
    if settled:
        return f"The Effect {effect.id} is {effect.state.replace('_', ' ')}."
    return (
        f"It stays in doubt. Settle it: crowdbroker resolve {effect.id} --look-again, or --done or --failed with a "
        "--reason."
    )


def _document(effect: EffectRow) -> dict[str, object]:
    return {
        "effect": effect.id,
        "key": effect.key,
        "kind": effect.kind,
        "state": effect.state,
        "request": effect.request,
        "attempts": effect.attempts,
        "first_sent_at": effect.first_sent_at.isoformat() if effect.first_sent_at else None,
        "problem": effect.problem,
    }
