"""`crowdbroker aggregate`: a file of answers in, one label for every task out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowdbroker.cli.options import delimiter_option, encoding_option, format_options, out_option, path_argument
from crowdbroker.cli.output import aligned, note
from crowdbroker.errors import InputError
from crowdbroker.formats.atomic import Writer, replace_files
from crowdbroker.formats.csv_table import Cell, TextSink, delimiter_of, dump_table
from crowdbroker.formats.votes_csv import VoteColumns, read_truth, read_votes

if TYPE_CHECKING:
    from crowdbroker.aggregation.dawid_skene import DawidSkene
    from crowdbroker.aggregation.gold import Gold
    from crowdbroker.aggregation.majority import MajorityVote
    from crowdbroker.aggregation.votes import Votes

_SCHEMA = "crowdbroker/aggregate/1"
_EPILOG = """ANSWERS has the columns task,worker,label. The labels come as task,label,confidence,votes: confidence is a
share of the votes or a probability, which is too high where workers err together. The workers come as
worker,answers,gold_seen,gold_right,accuracy.
\b

\b
Example:
  crowdbroker aggregate answers.csv --gold truth.csv --out labels.csv
"""


@dataclass(frozen=True)
class LabelRow:
    """One task's label; `confidence` is its share of the votes or its probability, `votes` how many were given."""

    task: str
    label: str
    confidence: float
    votes: int


@dataclass(frozen=True)
class WorkerRow:
    """One worker's record; `accuracy` is that on gold, None where the worker saw none."""

    worker: str
    answers: int
    gold_seen: int
    gold_right: int
    accuracy: float | None


@dataclass(frozen=True)
class Summary:
    """What went in and how it went; None where the method has no such thing."""

    method: str
    items: int
    workers: int
    answers: int
    repeats: int
    ties: int
    iterations: int | None
    converged: bool | None
    gold: int
    gold_unanswered: int
    gold_right: int | None


@click.command(epilog=_EPILOG)
@path_argument("answers")
@click.option(
    "--method",
    type=click.Choice(["majority", "dawid-skene"]),
    default="dawid-skene",
    show_default=True,
    help="How answers become labels.",
)
@click.option(
    "--gold",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Known labels (task,truth): dawid-skene learns from them and keeps them, majority is only scored by them.",
)
@out_option
@click.option(
    "--workers",
    "workers_out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a table of the workers there; their accuracy is that on gold, empty where they saw none.",
)
@encoding_option
@delimiter_option
@format_options("csv", "table", "json")
def aggregate(
    answers: Path,
    method: str,
    gold: Path | None,
    out: Path | None,
    workers_out: Path | None,
    encoding: str | None,
    delimiter: str | None,
    as_format: str,
) -> None:
    """Aggregate any file of answers; no Batch is needed."""
    _check_paths([("ANSWERS", answers), ("--gold", gold), ("--out", out), ("--workers", workers_out)])
    read = {"encoding": encoding, "delimiter": delimiter}
    columns = read_votes(answers, **read)
    truth = read_truth(gold, **read) if gold else {}
    summary, labels, workers = _aggregated(columns, method, truth, gold)
    separator = delimiter_of(out) if out else ","
    write_labels = partial(_write_labels, as_format, separator, summary, labels, workers)
    files: list[tuple[Path, Writer]] = [(out, write_labels)] if out else []
    if workers_out:
        files.append((workers_out, partial(_write_workers, delimiter_of(workers_out), workers)))
    replace_files(files)
    _note_summary(summary)
    if out is None:
        write_labels(sys.stdout)


def _check_paths(paths: Sequence[tuple[str, Path | None]]) -> None:
    seen: dict[Path, str] = {}
    for option, path in paths:
        if path is None:
            continue
        other = seen.setdefault(path.resolve(), option)
        if other != option:
            raise InputError(f"the same file as {other}", file=path, field=option, remedy="Name a file for each.")


def _aggregated(
    columns: VoteColumns, method: str, truth: dict[str, str], gold: Path | None
) -> tuple[Summary, list[LabelRow], list[WorkerRow]]:
    from crowdbroker.aggregation.dawid_skene import DawidSkene
    from crowdbroker.aggregation.errors import UnknownLabel
    from crowdbroker.aggregation.gold import encode_gold
    from crowdbroker.aggregation.majority import MajorityVote
    from crowdbroker.aggregation.votes import Votes

    votes = Votes.from_columns(columns.tasks, columns.workers, columns.labels)
    model = MajorityVote() if method == "majority" else DawidSkene()
    try:
        model.fit(votes, truth)
    except UnknownLabel as error:
        raise InputError(
            f"{error.label!r} is a label that nobody gave",
            file=gold,
            field="truth",
            remedy="Correct it, or leave these tasks out of the gold.",
        ) from error
    summary = _summary(method, votes, model, truth)
    return summary, _label_rows(votes, model), _worker_rows(votes, encode_gold(votes, truth))


def _summary(method: str, votes: Votes, model: MajorityVote | DawidSkene, truth: dict[str, str]) -> Summary:
    iterations = getattr(model, "n_iter_", None)
    right = sum(model.labels_.get(task) == label for task, label in truth.items())
    return Summary(
        method=method,
        items=len(votes.items),
        workers=len(votes.workers),
        answers=len(votes),
        repeats=votes.repeats,
        ties=len(model.ties_),
        iterations=iterations,
        converged=getattr(model, "converged_", None),
        gold=len(truth) - model.gold_unanswered_,
        gold_unanswered=model.gold_unanswered_,
        # A method that keeps the gold is always right on it.
        gold_right=right if truth and iterations is None else None,
    )


def _label_rows(votes: Votes, model: MajorityVote | DawidSkene) -> list[LabelRow]:
    import numpy as np

    position = {label: index for index, label in enumerate(votes.labels)}
    counts = np.bincount(votes.item).tolist()
    return [
        LabelRow(str(task), str(label), round(float(shares[position[label]]), 6), count)
        for (task, label), shares, count in zip(model.labels_.items(), model.posterior_, counts, strict=True)
    ]


def _worker_rows(votes: Votes, gold: Gold) -> list[WorkerRow]:
    import numpy as np

    from crowdbroker.aggregation.skill import gold_record

    seen, right = gold_record(votes, gold)
    record = zip(votes.workers, np.bincount(votes.worker).tolist(), seen.tolist(), right.tolist(), strict=True)
    return [
        WorkerRow(str(worker), answers, known, hits, round(hits / known, 6) if known else None)
        for worker, answers, known, hits in record
    ]


def _columns(row: type[LabelRow] | type[WorkerRow]) -> tuple[str, ...]:
    return tuple(row.__dataclass_fields__)


def _cells(rows: Iterable[LabelRow | WorkerRow]) -> Iterable[Sequence[Cell]]:
    return (list(vars(row).values()) for row in rows)


def _note_summary(summary: Summary) -> None:
    note(
        f"{summary.items:,} tasks, {summary.workers:,} workers, {summary.answers:,} answers, "
        f"{summary.repeats:,} repeats left out, {summary.ties:,} ties"
    )
    if summary.iterations is not None:
        note(f"{summary.iterations} iterations, {'converged' if summary.converged else 'not converged'}")
    if summary.gold or summary.gold_unanswered:
        right = "kept" if summary.gold_right is None else f"seen, {summary.gold_right:,} labelled right"
        note(f"{summary.gold:,} gold tasks {right}; {summary.gold_unanswered:,} more had no answers")


def _write_workers(delimiter: str, workers: Sequence[WorkerRow], sink: TextSink) -> None:
    dump_table(sink, _columns(WorkerRow), _cells(workers), delimiter=delimiter)


def _write_labels(
    as_format: str,
    delimiter: str,
    summary: Summary,
    labels: Sequence[LabelRow],
    workers: Sequence[WorkerRow],
    sink: TextSink,
) -> None:
    if as_format == "csv":
        dump_table(sink, _columns(LabelRow), _cells(labels), delimiter=delimiter)
    elif as_format == "table":
        shown = [(_shown(row.task), _shown(row.label), f"{row.confidence:.3f}", row.votes) for row in labels]
        sink.write(aligned(_columns(LabelRow), shown) + "\n")
    else:
        document = {
            "schema": _SCHEMA,
            "summary": vars(summary),
            "labels": [vars(row) for row in labels],
            "workers": [vars(row) for row in workers],
        }
        sink.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _shown(text: str) -> str:
    """Return text whose control characters are spelt out: answers must not steer a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
