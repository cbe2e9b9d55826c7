"""Datasets and gold from CSV or TSV files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crowdbroker.domain.answer_kinds import AnswerKind
from crowdbroker.domain.dataset import LABEL_COLUMN, gold_from_rows, items_from_rows
from crowdbroker.domain.model import Item
from crowdbroker.formats.csv_table import read_table


def read_items(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> list[Item]:
    """The Items of a dataset.

    Raises:
        InputError: the file is no table, is empty, or repeats an id.
    """
    table = read_table(path, rows_required=True, encoding=encoding, delimiter=delimiter)
    return items_from_rows(((row.line, row.cells) for row in table.rows), source=str(path))


def read_gold(
    path: Path,
    labels: Sequence[str],
    kind: AnswerKind = AnswerKind.CHOICE,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> list[Item]:
    """The gold Items of a file with a `label` column.

    Raises:
        InputError: the file is no table, is empty, repeats an id, or has a label outside the label set.
    """
    table = read_table(path, required=[LABEL_COLUMN], rows_required=True, encoding=encoding, delimiter=delimiter)
    return gold_from_rows(((row.line, row.cells) for row in table.rows), labels=labels, source=str(path), kind=kind)
