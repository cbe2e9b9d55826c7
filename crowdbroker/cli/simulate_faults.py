"""`crowdbroker simulate-faults`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from crowdbroker.cli.options import format_options

if TYPE_CHECKING:
    from crowdbroker.simulation.soak import Simulated


@click.command(
    epilog="""It reads no settings, and touches no database but its own.
\b

\b
Examples:
  crowdbroker simulate-faults --runs 20
  crowdbroker simulate-faults --seed 17 --only 2,9,18"""
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The first seed; one a Batch.")
@click.option("--runs", type=click.IntRange(1), default=20, show_default=True, help="How many Batches.")
@click.option("--only", metavar="NUMBERS", help="Of one Batch, only these happenings, as a failure names them.")
@click.option("--database", metavar="URL", help="An empty PostgreSQL database for the store; it is emptied again.")
@format_options("table", "json")
def simulate_faults(seed: int, runs: int, only: str | None, database: str | None, as_format: str) -> int:
    """Run simulated Batches in which everything goes wrong, and check every cent after every step."""
    from crowdbroker.cli.output import emit_json, note
    from crowdbroker.cli.progress import progress_bar
    from crowdbroker.simulation.scratch import Scratch
    from crowdbroker.simulation.soak import simulate, soak

    found: list[Simulated] = []
    scratch = Scratch(database)
    try:
        if only is not None:
            found.append(simulate(scratch, seed, _numbers(only)))
        else:
            with progress_bar("Simulated Batches", runs) as progress:
                for one in soak(scratch, range(seed, seed + runs), progress=progress):
                    found.append(one)
                    _say_failure(one)
    except KeyboardInterrupt:
        left = seed + len(found)
        note(f"{_verdict(found)} Go on: crowdbroker simulate-faults --seed {left} --runs {seed + runs - left}")
        raise
    finally:
        scratch.close()
    if as_format == "json":
        emit_json(_document(found))
    else:
        if only is not None:
            click.echo("\n".join([*map(str, found[0].happened), *found[0].violations]))
        click.echo(_verdict(found))
    return int(any(one.violations for one in found))


def _numbers(only: str) -> list[int]:
    from crowdbroker.errors import InputError

    parts = [part.strip() for part in only.split(",") if part.strip() and part.strip() != "none"]
    if not all(part.isdigit() for part in parts):
        raise InputError(f"{only!r} is no list of numbers", field="--only", remedy="Write it like 2,9,18.")
    return [int(part) for part in parts]


def _say_failure(one: Simulated) -> None:
    from crowdbroker.cli.output import note

    if one.violations:
        note(f"Seed {one.seed}: {one.violations[0]}")
        note(f"Shortest replay: {one.replay}")
        note("  " + "; ".join(map(str, one.happened)))


def _verdict(found: list[Simulated]) -> str:
    from crowdbroker.cli.output import counted

    failed = [one for one in found if one.violations]
    batches = counted(len(found), "Batch", "Batches")
    met = sum(one.faults.total() for one in found)
    seen = f"{batches}, {counted(sum(one.calls for one in found), 'call')}, {counted(met, 'faulty call')}, "
    seen += f"{counted(sum(one.kills for one in found), 'kill')}"
    if failed:
        return f"{seen}: {counted(len(failed), 'violation')}, with the seeds {', '.join(str(o.seed) for o in failed)}."
    return f"{seen}: no violation."


def _document(found: list[Simulated]) -> dict[str, Any]:
    faults: Counter[str] = sum((one.faults for one in found), Counter())
    return {
        "schema": "crowdbroker/simulated-faults/1",
        "seeds": [one.seed for one in found],
        "calls": sum(one.calls for one in found),
        "kills": sum(one.kills for one in found),
        "faults": dict(sorted(faults.items())),
        "violations": [
            {"seed": one.seed, "violations": list(one.violations), "replay": one.replay}
            for one in found
            if one.violations
        ],
    }
