"""Rows of a dataset become Items, or one error that names the row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from crowdbroker.domain.answer_kinds import AnswerKind, canonical
from crowdbroker.domain.model import Item
from crowdbroker.errors import InputError

ID_COLUMN = "id"
LABEL_COLUMN = "label"
ALTERNATIVES = "|"

Rows = Iterable[tuple[int, Mapping[str, str]]]
"""Rows as (1-based line of the file, cells by column)."""


def items_from_rows(rows: Rows, *, source: str) -> list[Item]:
    """Items of a dataset; rows without an `id` column get a key made from their content.

    Raises:
        InputError: an empty or repeated id, or, without an id column, a repeated row.
    """
    items: list[Item] = []
    first_line: dict[str, int] = {}
    for line, cells in rows:
        key = _key(line, cells, source)
        _refuse_repeat(key, line, first_line, source)
        items.append(Item(key, dict(cells)))
    return items


def gold_from_rows(
    rows: Rows, *, labels: Sequence[str], source: str, kind: AnswerKind = AnswerKind.CHOICE
) -> list[Item]:
    """Gold Items: rows with a `label` column.

    In it, `|` separates labels or texts of which each is right; for the kind `choices`, the labels that are right
    together.

    Raises:
        InputError: an empty or repeated id, a missing label, a label outside the label set, or boxes as gold.
    """
    gold: list[Item] = []
    first_line: dict[str, int] = {}
    for line, cells in rows:
        data = {column: cell for column, cell in cells.items() if column != LABEL_COLUMN}
        key = _key(line, data, source)
        _refuse_repeat(key, line, first_line, source)
        gold.append(Item(key, data, _accepted(line, cells[LABEL_COLUMN], kind, labels, source)))
    return gold


def content_key(data: Mapping[str, str]) -> str:
    """A stable key for a row without an id: the first 16 hex digits of the SHA-256 of its cells."""
    return hashlib.sha256(json.dumps(dict(data), sort_keys=True).encode()).hexdigest()[:16]


def _key(line: int, cells: Mapping[str, str], source: str) -> str:
    if ID_COLUMN not in cells:
        return content_key(cells)
    key = cells[ID_COLUMN].strip()
    if not key:
        raise InputError(
            "the id is empty",
            file=source,
            row=line,
            field=ID_COLUMN,
            remedy="Give every row an id, or drop the column.",
        )
    return key


def _refuse_repeat(key: str, line: int, first_line: dict[str, int], source: str) -> None:
    if key in first_line:
        raise InputError(
            f"the id {key!r} stands already in row {first_line[key]}",
            file=source,
            row=line,
            field=ID_COLUMN,
            remedy="Give every row an id of its own; without an id column, remove the repeated row.",
        )
    first_line[key] = line


def _accepted(line: int, cell: str, kind: AnswerKind, labels: Sequence[str], source: str) -> tuple[str, ...]:
    # A label may itself contain the separator, so the whole cell is tried first.
    split = (part.strip() for part in cell.split(ALTERNATIVES))
    parts = (cell,) if cell in labels else tuple(part for part in split if part)
    wrong = "" if kind in (AnswerKind.TEXT, AnswerKind.BOXES) else next((one for one in parts if one not in labels), "")
    if wrong or not parts:
        raise InputError(
            f"{wrong!r} is none of the Project's labels ({', '.join(labels)})" if wrong else "the label is empty",
            file=source,
            row=line,
            field=LABEL_COLUMN,
            remedy="Correct the label, or add it to `labels` in the Project.",
        )
    if kind is AnswerKind.BOXES:
        raise InputError(
            "boxes cannot be gold: they are compared by no rule yet",
            file=source,
            row=line,
            field=LABEL_COLUMN,
            remedy="Do without --gold and set gold.per_hit = 0.",
        )
    if kind is AnswerKind.CHOICES:
        return (canonical(kind, ALTERNATIVES.join(parts), labels),)
    return parts
