"""What Workers said on gold in earlier Batches of the same Project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.store.reads import BatchView, view
from crowdbroker.store.tables import AnswerRow, AssignmentRow, BatchRow, ItemRow

Counts = dict[int, list[list[float]]]


def earlier_gold(session: Session, batch: BatchView) -> Counts:
    """Worker row -> answers to gold Items, shape (true labels, said labels), in the order of the label set.

    Of the Workers in the Batch, the first answer to each gold Item of every Batch before it that had the same Project,
    kind of Answer and labels. An Item that accepts several labels counts for each of them in equal parts. Answers of
    refused Assignments are not used.
    """
    place = {label: index for index, label in enumerate(batch.project.label_values)}
    found: Counts = {}
    seen: set[tuple[int, int]] = set()
    for worker, item, said, accepted in _answers(session, batch):
        if (worker, item) in seen or said not in place:
            continue
        seen.add((worker, item))
        counts = found.setdefault(worker, [[0.0] * len(place) for _ in place])
        for label in accepted:
            if label in place:
                counts[place[label]][place[said]] += 1 / len(accepted)
    return found


def _answers(session: Session, batch: BatchView) -> Iterator[tuple[int, int, str, Sequence[Any]]]:
    here = select(AssignmentRow.worker_row).where(col(AssignmentRow.batch_id) == batch.id)
    rows: Any = (
        select(AnswerRow.worker_row, AnswerRow.item_id, AnswerRow.label, ItemRow.accepted)
        .where(
            col(ItemRow.batch_id).in_(_earlier(session, batch)),
            func.json_array_length(ItemRow.accepted) > 0,
            col(AnswerRow.item_id) == col(ItemRow.id),
            col(AnswerRow.worker_row).in_(here),
            col(AssignmentRow.id) == col(AnswerRow.assignment_row),
            col(AssignmentRow.state) != AssignmentState.REJECTED,
        )
        .order_by(col(AssignmentRow.submitted_at), col(AssignmentRow.id), col(AnswerRow.item_id))
    )
    yield from session.exec(rows)


def _earlier(session: Session, batch: BatchView) -> list[int]:
    before = select(BatchRow).where(col(BatchRow.project) == batch.row.project, col(BatchRow.id) < batch.id)
    project = batch.project
    return [
        one.id
        for one in map(view, session.exec(before))
        if one.project.kind is project.kind and one.project.label_values == project.label_values
    ]
