"""Labels and workers as rows, in whatever format was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowdbroker.cli.output import aligned, printable
from crowdbroker.formats.csv_table import TextSink
from crowdbroker.formats.label_files import as_cell, dump_json_lines, dump_plain, writer_of

if TYPE_CHECKING:
    from crowdbroker.aggregation.compare import Comparison
    from crowdbroker.aggregation.outcome import Outcome
    from crowdbroker.formats.atomic import Writer
    from crowdbroker.reports.aggregated.figures import WorkerFigures

SCHEMA = "crowdbroker/aggregate/1"
LABEL_COLUMNS = ("task", "label", "confidence", "votes")
WORKER_COLUMNS = (
    "worker",
    "answers",
    "gold_seen",
    "gold_right",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "estimated_accuracy",
    "agreement",
)
_SUFFIX = {"tsv": ".tsv", "jsonl": ".jsonl", "parquet": ".parquet"}


def label_rows(outcome: Outcome) -> Iterator[Sequence[Any]]:
    """Yield task, label, confidence and votes of every task."""
    import numpy as np

    counts = np.diff(outcome.votes.start).tolist()
    confidence = outcome.best.round(6).tolist()
    for (task, label), sure, count in zip(outcome.labels.items(), confidence, counts, strict=True):
        yield task, label, sure, count


def worker_rows(workers: Iterable[WorkerFigures]) -> Iterator[Sequence[Any]]:
    """Yield the record of every worker."""
    for one in workers:
        shares = (one.accuracy, one.low, one.high, one.estimated, one.agreement)
        rounded = [None if share is None else round(share, 6) for share in shares]
        yield one.worker, one.answers, one.gold_seen, one.gold_right, *rounded


def file_writer(path: Path, as_format: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Writer:
    """Return what writes rows to a file; its suffix says how, unless another format than csv was asked for."""
    if as_format == "table":
        return partial(dump, as_format=as_format, columns=columns, rows=rows)
    return writer_of(Path(f"x{_SUFFIX[as_format]}") if as_format in _SUFFIX else path, columns, rows)


def dump(sink: TextSink, as_format: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows to an open sink as csv, tsv, jsonl or table."""
    if as_format == "table":
        shown = [[printable(str(as_cell(value))) if value is not None else "" for value in row] for row in rows]
        sink.write(aligned(columns, shown) + "\n")
    elif as_format == "jsonl":
        dump_json_lines(sink, columns, rows)
    else:
        dump_plain(sink, columns, rows, delimiter="\t" if as_format == "tsv" else ",")


def document_of_labels(outcome: Outcome, comparison: Comparison | None) -> dict[str, Any]:
    """Return the summary, all labels and all workers as one document."""
    from crowdbroker.reports.aggregated.document import comparison_of, summary_of
    from crowdbroker.reports.aggregated.figures import worker_figures

    document = {
        "schema": SCHEMA,
        "summary": vars(summary_of(outcome)),
        "labels": [dict(zip(LABEL_COLUMNS, row, strict=True)) for row in label_rows(outcome)],
        "workers": [dict(zip(WORKER_COLUMNS, row, strict=True)) for row in worker_rows(worker_figures(outcome))],
    }
    return document | {"comparison": comparison_of(comparison)} if comparison else document


def dump_document(sink: TextSink, document: dict[str, Any]) -> None:
    """Write one JSON document."""
    sink.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
