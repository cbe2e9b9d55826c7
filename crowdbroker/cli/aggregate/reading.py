"""Answers and gold from files to votes, with the place of whatever is wrong."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    declared = _typed(request.labels, columns["label"])
    try:
        votes = votes_of(columns, label_set=declared or None, skip=_typed(request.skip, columns["label"]))
    except UnknownLabel as error:
        path, row = _place_of(request, files, error.label)
        remedy = "Correct it, add it to --labels, or leave such rows out by --skip."
        message = f"{error.label!r} is none of --labels"
        raise InputError(message, file=path, row=row, field="label", remedy=remedy) from error
    if not declared:
        refuse_missing(votes.labels, lambda label: _place_of(request, files, label))
    return votes


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
        gold[_as(type(task), name)] = by_text[as_text(label)]
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


def as_text(value: Any) -> str:
    """Return a value as a table would hold it: true, 3, 0.5 and not True or 3.0."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as(kind: type, value: Any) -> Hashable:
    """Return a task's name in the type of the answers' tasks; as text where it has no such form."""
    text = as_text(value)
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (int, float):
        try:
            number = float(text)
        except ValueError:
            return text
        whole: Hashable = int(text) if text.lstrip("-").isdigit() else number
        return number if kind is float else whole
    return text


def _typed(texts: Sequence[str], column: Any) -> list[Hashable]:
    """Return labels of the command line in the type of the answers' labels."""
    kind = type(column[0])
    return [_as(kind, text) for text in texts]


def _place_of(request: Request, files: Sequence[Path], label: Any) -> tuple[Path, int | None]:
    """Return the file and row where a label stands first."""
    for path in files:
        row = row_of_label(path, label, encoding=request.encoding, delimiter=request.delimiter)
        if row is not None:
            return path, row
    return files[0], None
