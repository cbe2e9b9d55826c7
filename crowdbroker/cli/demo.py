"""`crowdbroker demo`."""

from __future__ import annotations

from pathlib import Path

import click

from crowdbroker.cli.options import format_options

WORKDIR = Path("crowdbroker-data") / "demo"


@click.command(
    epilog="""It reads no settings file and no CROWDBROKER_ variable, and touches nothing outside its folder.
\b

\b
Example:
  crowdbroker demo --seed 7"""
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same labels and books.")
@click.option("--items", type=click.IntRange(1), metavar="N", help="Fewer Items, for a shorter run.")
@click.option(
    "--workdir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=WORKDIR,
    show_default=True,
    help="Where its databases and results go; those of an earlier demo are replaced.",
)
@click.option(
    "--replay", type=click.Path(path_type=Path), metavar="ANSWERS", help="Recorded answers: task,worker,label."
)
@click.option("--truth", type=click.Path(path_type=Path), metavar="TRUTH", help="What is right: task,truth.")
@format_options("table", "json")
def demo(seed: int, items: int | None, workdir: Path, replay: Path | None, truth: Path | None, as_format: str) -> int:
    """Run the whole job with a simulated crowd, or replay recorded answers."""
    from crowdbroker.cli.demo_ending import ending
    from crowdbroker.cli.output import emit_json, note
    from crowdbroker.errors import InputError

    if (replay is None) != (truth is None):
        raise InputError(
            "a replay needs both", field="--replay, --truth", remedy="Give --replay ANSWERS --truth TRUTH."
        )
    if replay is not None and truth is not None:
        from crowdbroker.demo.replayed import replayed_demo

        result = replayed_demo(workdir, answers=replay, truth=truth, seed=seed, items=items, tell=note)
    else:
        from crowdbroker.demo.simulated import simulated_demo

        result = simulated_demo(workdir, seed=seed, items=items, tell=note)
    if as_format == "json":
        emit_json(result)
    else:
        click.echo("\n".join(ending(result)))
    return 0 if result["books"]["agree"] else 1
