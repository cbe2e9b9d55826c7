"""The command itself: options in, files and words out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crowdbroker.cli.aggregate.request import Request, check
from crowdbroker.cli.options import delimiter_option, encoding_option, format_options, out_option

METHODS = ("auto", "dawid-skene", "one-coin", "weighted-majority", "majority")
PEERS = ("glad", "mace")
"""The names in `aggregation.methods`, which loads numpy: too long for help. A test holds them equal."""
_EPILOG = """ANSWERS is a file with the columns task,worker,label, or a pattern in quotes: CSV, TSV, JSON lines (.jsonl)
or Parquet. The labels come as task,label,confidence,votes, in the format that the suffix of --out names. The confidence
is calibrated on gold where ten known tasks have answers; without, it allows for workers who err together. The workers
come with their record on gold, empty where they saw none, and with the accuracy that their agreement suggests.
\b

\b
Examples:
  crowdbroker aggregate answers.csv --gold truth.csv --out labels.csv --report report.html
  crowdbroker aggregate answers.csv --gold truth.csv --compare all
"""


@click.command(epilog=_EPILOG)
@click.argument("answers")
@click.option(
    "--method",
    type=click.Choice([*METHODS, *PEERS]),
    default="auto",
    show_default=True,
    help="How answers become labels; auto looks at their shape and says why. glad and mace are crowd-kit's, and slow.",
)
@click.option(
    "--gold",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Known labels (task,truth): all are judged by them; all but majority, glad and mace learn and keep them.",
)
@click.option(
    "--compare",
    type=click.Choice(["all", *(f"all,{name}" for name in PEERS), f"all,{','.join(PEERS)}"]),
    help="Show every method side by side, and say which to trust; crowd-kit's where they are named.",
)
@click.option(
    "--calibrate/--no-calibrate",
    default=None,
    help="Insist on confidence calibrated on gold, or give the method's own.",
)
@out_option
@click.option("--workers", metavar="FILE", type=click.Path(path_type=Path), help="Write a table of the workers there.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write all that is known of the labels there: .html with plots, .json or .txt.",
)
@click.option("--labels", metavar="A,B,…", default="", help="All labels that there are, in their order.")
@click.option("--skip", metavar="LABEL", multiple=True, help="A label that means no answer; may be given repeatedly.")
@click.option(
    "--processes",
    metavar="N",
    type=click.IntRange(1, 1024),
    default=1,
    help="Work on the files in N processes. Each file has all answers of its tasks, and never all are in memory; one "
    "file alone, if no JSON lines, is split.",
)
@click.option("--cluster", metavar="URL", help="The same on a Dask cluster, such as tcp://scheduler:8786.")
@encoding_option
@delimiter_option
@format_options("csv", "table", "json", "tsv", "jsonl", "parquet")
def aggregate(compare: str | None, labels: str, **options: Any) -> None:
    """Aggregate any file of answers; no Batch is needed."""
    from crowdbroker.formats.answer_files import files_of

    names = tuple(name.strip() for name in labels.split(",")) if labels else ()
    compared = tuple(compare.split(",")) if compare else ()
    request = Request(compare=compared, labels=names, **options)
    files = files_of(request.answers)
    check(request, files)
    if request.sharded:
        from crowdbroker.cli.aggregate.sharded import run_sharded

        run_sharded(request, files)
    else:
        from crowdbroker.cli.aggregate.together import run_together

        run_together(request, files)
