"""Each file a shard: more answers than memory holds, in several processes or on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowdbroker.cli.aggregate.progress import likelihood
from crowdbroker.cli.aggregate.reading import Gold, matched, unanswered
from crowdbroker.cli.aggregate.request import Request
from crowdbroker.cli.aggregate.saying import say
from crowdbroker.cli.aggregate.writing import LABEL_COLUMNS, WORKER_COLUMNS, dump, file_writer, worker_rows
from crowdbroker.errors import InputError
from crowdbroker.formats.truth_files import read_known

if TYPE_CHECKING:
    from collections.abc import Hashable

    from crowdbroker.aggregation.executors import Executor
    from crowdbroker.aggregation.sharded_outcome import ShardedOutcome
    from crowdbroker.reports.aggregated.document import Summary


@dataclass
class _Tally:
    """What is counted while labels pass by."""

    ties: int = 0
    sure: float = 0.0


def run_sharded(request: Request, files: Sequence[Path]) -> None:
    """Learn from all shards, write their labels one by one, and say how it went.

    Raises:
        InputError: something in the files or options is wrong; then nothing was written.
        WorkersLost: processes died again and again.
    """
    from crowdbroker.aggregation.shard_files import FileShard
    from crowdbroker.aggregation.sharded_outcome import aggregated_shards
    from crowdbroker.formats.atomic import replace_files

    _check_there(files)
    shards = [FileShard(str(path.resolve()), skip=request.skip) for path in files]
    with ExitStack() as stack:
        executor = _executor(request, stack)
        told = stack.enter_context(likelihood())
        gold_of = _gold_reader(request.gold) if request.gold else None
        outcome = aggregated_shards(shards, executor, labels=request.labels or None, gold_of=gold_of, progress=told)
        if request.gold and not outcome.gold:
            raise unanswered(read_known(request.gold), shards[0].votes(outcome.votes.labels).items[0])
        tally = _Tally()
        rows = _label_rows(outcome, tally)
        written = []
        if request.workers:
            written.append((request.workers, file_writer(request.workers, "csv", WORKER_COLUMNS, _workers(outcome))))
        if request.out:
            written.append((request.out, file_writer(request.out, request.as_format, LABEL_COLUMNS, rows)))
        replace_files(written)
        if not request.out:
            dump(sys.stdout, request.as_format, LABEL_COLUMNS, rows)
    say(_summary(outcome, tally))


def _executor(request: Request, stack: ExitStack) -> Executor:
    if request.cluster:
        from crowdbroker.aggregation.cluster import Dask

        return stack.enter_context(Dask(request.cluster))
    from crowdbroker.aggregation.executors import Processes

    return stack.enter_context(Processes(request.processes))


def _check_there(files: Sequence[Path]) -> None:
    for path in files:
        if not path.is_file():
            raise InputError("no such file", file=path, remedy="Check the path; quote a pattern.")


def _gold_reader(path: Path) -> Any:
    def gold_of(task: Hashable, labels: Sequence[Hashable]) -> Gold:
        return matched(read_known(path), task, labels)

    return gold_of


def _label_rows(outcome: ShardedOutcome, tally: _Tally) -> Iterator[Sequence[Any]]:
    for part in outcome.labelled():
        tally.ties += int(part.tied.sum())
        tally.sure += float(part.confidence.sum())
        sure = part.confidence.round(6).tolist()
        yield from zip(part.items, part.labels, sure, part.votes.tolist(), strict=True)


def _workers(outcome: ShardedOutcome) -> Iterator[Sequence[Any]]:
    from crowdbroker.reports.aggregated.figures import worker_record

    answers, estimated = outcome.workers()
    seen, right = outcome.votes.gold_record()
    columns = answers.astype(int).tolist(), seen.tolist(), right.tolist(), estimated.tolist()
    everybody = zip(outcome.votes.workers, *columns, strict=True)
    return worker_rows(worker_record(*row, agreement=float("nan")) for row in everybody)


def _summary(outcome: ShardedOutcome, tally: _Tally) -> Summary:
    from crowdbroker.reports.aggregated.document import Summary

    votes, model = outcome.votes, outcome.model
    return Summary(
        method="dawid-skene",
        why="",
        items=votes.items,
        workers=len(votes.workers),
        labels=len(votes.labels),
        answers=votes.votes,
        repeats=votes.repeats,
        skipped=votes.skipped,
        ties=tally.ties,
        iterations=model.n_iter_,
        converged=model.converged_,
        gold=outcome.gold,
        gold_unanswered=votes.gold_unanswered,
        gold_right=None,
        confidence_basis=outcome.calibration.basis,
        mean_confidence=tally.sure / votes.items,
        expected_wrong=votes.items - tally.sure,
    )
