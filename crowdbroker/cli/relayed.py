"""What the relay did, for the commands that end with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.output import counted, emit_json, note

if TYPE_CHECKING:
    from crowdbroker.broker.relay import RelayReport


def say_relayed(command: str, report: RelayReport, as_format: str, *, after: str) -> int:
    """Print the report and return the exit code: 1 where the marketplace refused something or nobody knows.

    Args:
        after: what to do next, where all went well.
    """
    if as_format == "json":
        emit_json({"schema": f"crowdbroker/{command}/1", **asdict(report)})
    else:
        parts = [f"{report.failed:,} refused"] * bool(report.failed)
        parts += [f"{report.in_doubt:,} in doubt"] * bool(report.in_doubt)
        parts += [f"{report.later:,} to be tried again later"] * bool(report.later)
        done = counted(report.done, "call") + " carried out" if report.done or parts else "Nothing was left to do"
        click.echo(f"{', '.join([done, *parts])}. {_next(report) or after}")
    if report.problem:
        note(f"First problem: {report.problem}")
    return 1 if report.failed or report.in_doubt else 0


def _next(report: RelayReport) -> str:
    if report.in_doubt:
        return "A person must look: crowdbroker status"
    return "The same command tries again." if report.failed or report.later else ""
