"""`crowdbroker init`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from shlex import quote
from typing import Any

import click

from crowdbroker.cli.options import format_options, path_argument


@click.command(
    epilog="""\b
Examples:
  crowdbroker init labels
  crowdbroker init pets --template image-classification --labels cat,dog --overlap 2"""
)
@path_argument("folder")
@click.option(
    "--template", metavar="NAME", help="A template of `crowdbroker templates`; with it, no sample is written."
)
@click.option("--title", help="What workers read in the list of work.")
@click.option("--labels", metavar="A,B,…", help="What they choose from.")
@click.option("--reward", metavar="AMOUNT", help="For one HIT, such as 0.10.")
@click.option("--budget", metavar="AMOUNT", help="Never passed, such as 50.00.")
@click.option("--overlap", type=click.IntRange(1), help="Answers for each row.")
@click.option("--items-per-hit", type=click.IntRange(1, 100), help="Rows on one page.")
@format_options("table", "json")
def init(folder: Path, as_format: str, **told: Any) -> None:
    """Write a settings file, a Project, the templates and a sample dataset."""
    from crowdbroker.cli.new_project import ask_for, new_project, sample_files, shared_files, write_all
    from crowdbroker.cli.output import emit_json, note

    told = {option: value for option, value in told.items() if value is not None}
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "labels"
    if not told and sys.stdin.isatty() and not click.confirm("Begin with the sample Project?", default=True, err=True):
        told = ask_for(name)
    files = shared_files(folder)
    if told:
        project = folder / "projects" / f"{name}.toml"
        files[project] = new_project(name, told)
        example = f"crowdbroker check projects/{name}.toml DATA"
    else:
        files |= sample_files(folder)
        example = "crowdbroker check projects/reviews.toml data/reviews.csv --gold data/reviews-gold.csv"
    write_all(files)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/init/1", "files": [str(target.resolve()) for target in files]})
    else:
        click.echo("\n".join(str(target) for target in files))
    enter = "" if folder.resolve() == Path.cwd() else f"  cd {quote(str(folder))}\n"
    note(f"\nNext:\n{enter}  {example}")
