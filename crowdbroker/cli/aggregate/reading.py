"""Answers and gold from files to votes, with the place of whatever is wrong."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowdbroker.cli.aggregate.kinds import as_kind, as_text, typed
from crowdbroker.cli.aggregate.request import Request
from crowdbroker.errors import InputError
from crowdbroker.formats.answer_files import read_answers, refuse_missing, row_of_label
from crowdbroker.formats.truth_files import Known, read_known

if TYPE_CHECKING:
    from crowdbroker.aggregation.votes import Votes

Gold = dict[Hashable, Hashable]


def read_votes(request: Request, files: Sequence[Path]) -> Votes:
    """Return the votes of all files.

    Raises:
        InputError: a file is wrong, a label is none of --labels, or every answer is skipped.
    """
    from crowdbroker.aggregation.errors import UnknownLabel
    from crowdbroker.aggregation.sources import votes_of

    columns = read_answers(files, encoding=request.encoding, delimiter=request.delimiter)
    declared = typed(request.labels, columns["label"])
    try:
        votes = votes_of(columns, label_set=declared or None, skip=typed(request.skip, columns["label"]))
    except UnknownLabel as error:
        raise undeclared(request, files, error.label) from error
    if not declared:
        refuse_no_labels(request, files, votes.labels)
    return votes


def undeclared(request: Request, files: Sequence[Path], label: object) -> InputError:
    """Return the error that a label of the answers is none of --labels, with its place."""
    path, row = _place_of(request, files, label)
    remedy = "Correct it, add it to --labels, or leave such rows out by --skip."
    return InputError(f"{label!r} is none of --labels", file=path, row=row, field="label", remedy=remedy)


def read_gold(request: Request, votes: Votes) -> Gold:
    """Return the known truth in the types of the votes; empty without --gold.

    Raises:
        InputError: the file is wrong, a label is one that nobody can have, or no task of it has an answer.
    """
    if request.gold is None:
        return {}
    known = read_known(request.gold, encoding=request.encoding, delimiter=request.delimiter)
    gold = matched(known, votes.items[0], votes.labels)
    if not any(task in votes.items for task in gold):
        raise unanswered(known, votes.items[0])
    return gold


def matched(known: Known, task: Hashable, labels: Sequence[Hashable]) -> Gold:
    """Return known truth in the types of the answers: a table holds text, Parquet may hold numbers.

    Args:
        known: as it was read.
        task: one task of the answers.
        labels: their labels.

    Raises:
        InputError: a known label is none of them.
    """
    by_text = {as_text(label): label for label in labels}
    gold: Gold = {}
    for name, label in known.labels.items():
        if as_text(label) not in by_text:
            shown = ", ".join(map(repr, by_text)) if len(by_text) < 8 else f"{len(by_text):,} others"
            raise InputError(
                f"{label!r} is a label that nobody gave",
                file=known.path,
                row=known.rows[name],
                field=known.field,
                remedy=f"The answers have {shown}. Correct it, leave the row out, or name all labels in --labels.",
            )
        gold[as_kind(type(task), name)] = by_text[as_text(label)]
    return gold


def unanswered(known: Known, task: Hashable) -> InputError:
    """Return the error that no known task has an answer, which most often is another way of writing ids."""
    first = next(iter(known.labels))
    return InputError(
        f"none of its {len(known.labels):,} tasks has an answer; the first is {first!r}",
        file=known.path,
        row=known.rows[first],
        field="task",
        remedy=f"Use the ids of the answers, such as {task!r}.",
    )


def refuse_no_labels(request: Request, files: Sequence[Path], labels: Sequence[Any]) -> None:
    """Raise where a label of some files is what programs write for a missing value; see `refuse_missing`."""
    refuse_missing(labels, lambda label: _place_of(request, files, label))


def _place_of(request: Request, files: Sequence[Path], label: Any) -> tuple[Path, int | None]:
    """Return the file and row where a label stands first."""
    for path in files:
        row = row_of_label(path, label, encoding=request.encoding, delimiter=request.delimiter)
        if row is not None:
            return path, row
    return files[0], None
