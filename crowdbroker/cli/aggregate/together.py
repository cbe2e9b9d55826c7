"""All answers in memory: the usual way."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crowdbroker.cli.aggregate.progress import likelihood
from crowdbroker.cli.aggregate.reading import Gold, read_gold, read_votes
from crowdbroker.cli.aggregate.reporting import at_a_glance, report_text
from crowdbroker.cli.aggregate.request import Request
from crowdbroker.cli.aggregate.saying import say
from crowdbroker.cli.aggregate.writing import (
    LABEL_COLUMNS,
    WORKER_COLUMNS,
    document_of_labels,
    dump,
    dump_document,
    file_writer,
    label_rows,
    worker_rows,
)

if TYPE_CHECKING:
    from crowdbroker.aggregation.compare import Comparison
    from crowdbroker.aggregation.outcome import Outcome
    from crowdbroker.formats.atomic import Writer
    from crowdbroker.reports.report import Report


def run_together(request: Request, files: Sequence[Path]) -> None:
    """Read, learn, write and say.

    Raises:
        InputError: something in the files or options is wrong; then nothing was written.
    """
    from crowdbroker.aggregation.compare import compare
    from crowdbroker.aggregation.outcome import aggregated
    from crowdbroker.formats.atomic import replace_files
    from crowdbroker.reports.aggregated.document import summary_of
    from crowdbroker.reports.aggregated.facts import warnings_of

    votes = read_votes(request, files)
    gold = read_gold(request, votes)
    comparison = compare(votes, gold, peers=request.compare[1:]) if request.compare else None
    method = comparison.trusted if comparison and request.method == "auto" else request.method
    with likelihood(len(votes)) as told:
        outcome = aggregated(votes, gold, method=method, calibrated=request.calibrate, progress=told)
    report = _report(outcome, gold, comparison) if request.report or comparison else None
    replace_files(_files(request, outcome, comparison, report))
    say(summary_of(outcome), warnings_of(outcome))
    if request.out is None or comparison:
        _show(request, outcome, comparison, report)


def _report(outcome: Outcome, gold: Gold, comparison: Comparison | None) -> Report:
    from crowdbroker.reports.aggregated.facts import gathered
    from crowdbroker.reports.aggregated.report import report_of

    return report_of(gathered(outcome, gold, comparison))


def _files(
    request: Request, outcome: Outcome, comparison: Comparison | None, report: Report | None
) -> list[tuple[Path, Writer]]:
    from crowdbroker.reports.aggregated.figures import worker_figures

    files: list[tuple[Path, Writer]] = []
    if request.out and request.wants_document:
        document = document_of_labels(outcome, comparison)
        files.append((request.out, partial(dump_document, document=document)))
    elif request.out:
        files.append((request.out, file_writer(request.out, request.as_format, LABEL_COLUMNS, label_rows(outcome))))
    if request.workers:
        rows = worker_rows(worker_figures(outcome))
        files.append((request.workers, file_writer(request.workers, "csv", WORKER_COLUMNS, rows)))
    if request.report and report:
        text = report_text(report, request.report.suffix.lower())
        files.append((request.report, lambda sink: sink.write(text)))
    return files


def _show(request: Request, outcome: Outcome, comparison: Comparison | None, report: Report | None) -> None:
    if request.out is None and request.wants_document:
        dump_document(sys.stdout, document_of_labels(outcome, comparison))
    elif report and comparison:
        sys.stdout.write(at_a_glance(report))
    else:
        dump(sys.stdout, request.as_format, LABEL_COLUMNS, label_rows(outcome))
