"""Each file a shard: more answers than memory holds, in several processes or on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from crowdbroker.cli.aggregate.answer_shard import AnswerShard
from crowdbroker.cli.aggregate.kinds import typed
from crowdbroker.cli.aggregate.progress import likelihood
from crowdbroker.cli.aggregate.reading import matched, refuse_no_labels, unanswered, undeclared
from crowdbroker.cli.aggregate.request import Request
from crowdbroker.cli.aggregate.saying import say
from crowdbroker.cli.aggregate.splitting import split_file
from crowdbroker.cli.aggregate.writing import LABEL_COLUMNS, WORKER_COLUMNS, dump, file_writer, worker_rows
from crowdbroker.cli.output import note
from crowdbroker.errors import InputError
from crowdbroker.formats.truth_files import Known, read_known

if TYPE_CHECKING:
    from collections.abc import Hashable

    from crowdbroker.aggregation.executors import Executor
    from crowdbroker.aggregation.sharded_outcome import ShardedOutcome
    from crowdbroker.formats.atomic import Writer
    from crowdbroker.reports.aggregated.document import Summary


@dataclass
class _Tally:
    """What is counted while labels pass by.

    Attributes:
        ties: items with several best labels.
        guessed: labels of items that are not known already.
        sure: the sum of the confidence in those.
        gold_right: known items with an accepted label.
    """

    ties: int = 0
    guessed: int = 0
    sure: float = 0.0
    gold_right: int = 0


def run_sharded(request: Request, files: Sequence[Path]) -> None:
    """Learn from all shards, write their labels one by one, and say how it went.

    Raises:
        InputError: something in the files or options is wrong; then nothing was written.
        WorkersLost: processes died again and again.
    """
    from crowdbroker.aggregation.sharded_outcome import aggregated_shards
    from crowdbroker.formats.atomic import replace_files

    _check_there(files)
    known = _known(request)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="crowdbroker-")))
        executor = _executor(request, stack)
        shards = _shards(request, files, folder)
        told = stack.enter_context(likelihood())
        labels = _label_set(request, files, shards, executor)
        outcome = aggregated_shards(
            shards,
            executor,
            method=request.method,
            labels=labels,
            gold_of=partial(matched, known) if known else None,
            calibrated=request.calibrate is not False,
            progress=told,
        )
        if known and not outcome.gold:
            raise unanswered(known, shards[0].votes(labels).items[0])
        tally = _Tally()
        rows = _label_rows(outcome, tally)
        replace_files(_files(request, outcome, rows))
        if not request.out:
            dump(sys.stdout, request.as_format, LABEL_COLUMNS, rows)
    _say(outcome, tally)


def _known(request: Request) -> Known | None:
    if request.gold is None:
        return None
    return read_known(request.gold, encoding=request.encoding, delimiter=request.delimiter)


def _shards(request: Request, files: Sequence[Path], folder: Path) -> list[AnswerShard]:
    """Return a shard for each file, or for each part of the only one, which are written to a folder."""
    if len(files) == 1:
        if request.cluster is None:
            parts = split_file(
                files[0],
                request.processes,
                folder,
                encoding=request.encoding,
                delimiter=request.delimiter,
                skip=request.skip,
            )
            if parts:
                return [AnswerShard(str(path), skip=request.skip) for path in parts]
        note("There is one file, which one process reads: split it by its tasks for more.")
    # The machines of a cluster may work in another folder.
    places = [path.resolve() if request.cluster is not None else path for path in files]
    return [AnswerShard(str(path), request.encoding, request.delimiter, request.skip) for path in places]


def _label_set(
    request: Request, files: Sequence[Path], shards: Sequence[AnswerShard], executor: Executor
) -> tuple[Hashable, ...]:
    """Return the labels of all files, or those of --labels in their type.

    Raises:
        InputError: labels are text in one file and numbers in another, one is none of --labels, or is a missing value.
    """
    from crowdbroker.aggregation.columns import coded
    from crowdbroker.aggregation.encoding import encode
    from crowdbroker.aggregation.shard_work import labels_of

    found = executor.each(labels_of, [(shard,) for shard in shards])
    _check_one_type(shards, found)
    everything = list(chain.from_iterable(found))
    if not everything:
        raise InputError("every answer was skipped", field="--skip", remedy="Collect answers first.")
    if not request.labels:
        refuse_no_labels(request, files, everything)
        return tuple(encode("label", coded("label", everything))[1])
    declared = tuple(typed(request.labels, everything))
    for label in everything:
        if label not in declared:
            raise undeclared(request, files, label)
    return declared


def _check_one_type(shards: Sequence[AnswerShard], found: Sequence[Sequence[Hashable]]) -> None:
    kinds = [(shard.path, type(labels[0]).__name__) for shard, labels in zip(shards, found, strict=True) if labels]
    for path, kind in kinds:
        if kind != kinds[0][1]:
            message = f"{kind} here, but {kinds[0][1]} in {kinds[0][0]}"
            raise InputError(message, file=path, field="label", remedy="Write every label in one type.")


def _files(request: Request, outcome: ShardedOutcome, rows: Iterator[Sequence[Any]]) -> list[tuple[Path, Writer]]:
    written: list[tuple[Path, Writer]] = []
    if request.workers:
        written.append((request.workers, file_writer(request.workers, "csv", WORKER_COLUMNS, _workers(outcome))))
    if request.out:
        written.append((request.out, file_writer(request.out, request.as_format, LABEL_COLUMNS, rows)))
    return written


def _executor(request: Request, stack: ExitStack) -> Executor:
    if request.cluster is not None:
        from crowdbroker.aggregation.cluster import Dask

        return stack.enter_context(Dask(request.cluster))
    from crowdbroker.aggregation.executors import Processes

    return stack.enter_context(Processes(request.processes))


def _check_there(files: Sequence[Path]) -> None:
    for path in files:
        if not path.is_file():
            raise InputError("no such file", file=path, remedy="Check the path; quote a pattern.")


def _label_rows(outcome: ShardedOutcome, tally: _Tally) -> Iterator[Sequence[Any]]:
    for part in outcome.labelled():
        tally.ties += int(part.tied.sum())
        guessed = part.confidence[~part.known]
        tally.gold_right += part.known_right
        tally.guessed += len(guessed)
        tally.sure += float(guessed.sum())
        sure = part.confidence.round(6).tolist()
        yield from zip(part.items, part.labels, sure, part.votes.tolist(), strict=True)


def _workers(outcome: ShardedOutcome) -> Iterator[Sequence[Any]]:
    from crowdbroker.reports.aggregated.figures import worker_record

    answers, estimated = outcome.workers()
    seen, right = outcome.votes.gold_record()
    columns = answers.astype(int).tolist(), seen.tolist(), right.tolist(), estimated.tolist()
    everybody = zip(outcome.votes.workers, *columns, strict=True)
    return worker_rows(worker_record(*row, agreement=float("nan")) for row in everybody)


def _say(outcome: ShardedOutcome, tally: _Tally) -> None:
    from crowdbroker.reports.aggregated.facts import warnings_by

    votes = outcome.votes
    sizes = votes.items, len(votes.workers), len(votes.labels), votes.votes
    say(_summary(outcome, tally), warnings_by(*sizes, tally.ties))


def _summary(outcome: ShardedOutcome, tally: _Tally) -> Summary:
    from crowdbroker.reports.aggregated.document import Summary

    votes, way = outcome.votes, outcome.way
    return Summary(
        method=outcome.method,
        why=outcome.why,
        items=votes.items,
        workers=len(votes.workers),
        labels=len(votes.labels),
        answers=votes.votes,
        repeats=votes.repeats,
        skipped=votes.skipped,
        ties=tally.ties,
        iterations=len(way.losses) if way else None,
        converged=way.converged if way else None,
        gold=outcome.gold,
        gold_unanswered=votes.gold_unanswered,
        gold_right=None if outcome.model.keeps_gold or not outcome.gold else tally.gold_right,
        confidence_basis=outcome.calibration.basis,
        mean_confidence=round(tally.sure / tally.guessed, 6) if tally.guessed else None,
        expected_wrong=round(tally.guessed - tally.sure, 2),
    )
