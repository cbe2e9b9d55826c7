"""What the relay did, for the commands that end with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.output import counted, emit_json, note

if TYPE_CHECKING:
    from crowdbroker.broker.relay import RelayReport

SAME_AGAIN = "The same command tries again."


def say_relayed(
    command: str, report: RelayReport, as_format: str, *, after: str, done: str = "", again: str = SAME_AGAIN
) -> int:
    """Print the report and return the exit code: 1 where the marketplace refused something or nobody knows.

    Args:
        after: what to do next, where all went well.
        done: what was reached, where all went well; else the calls are counted.
        again: what to do where the marketplace refused, or could not be asked now.
    """
    if as_format == "json":
        emit_json({"schema": f"crowdbroker/{command}/1", **asdict(report)})
    else:
        parts = [f"{report.failed:,} refused"] * bool(report.failed)
        parts += [f"{report.in_doubt:,} in doubt"] * bool(report.in_doubt)
        parts += [f"{report.later:,} to be tried again later"] * bool(report.later)
        calls = counted(report.done, "call") + " carried out" if report.done or parts else "Nothing was left to do"
        reached = done if done and not parts else ", ".join([calls, *parts])
        click.echo(f"{reached}. {_next(report, again) or after}")
    if report.problem:
        note(f"First problem: {report.problem}")
    return 1 if report.failed or report.in_doubt else 0


def _next(report: RelayReport, again: str) -> str:
    if report.in_doubt:
        return "A person must look: crowdbroker status"
    return again if report.failed or report.later else ""
