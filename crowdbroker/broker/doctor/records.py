"""What may never change has not changed: raw answers, requests; and every Answer belongs to an Item of its page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AnswerRow, AssignmentRow, EffectRow, HITItemRow, ItemRow

_AT_ONCE = 1000
_RESTORE = "The database was changed by something else: restore a backup, or collect from the marketplace anew."


def raw_answers_are_unchanged(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """The XML of every submission still has the hash that it came with."""
    rows = select(AssignmentRow.assignment_id, AssignmentRow.answer_xml, AssignmentRow.answer_sha256).where(
        col(AssignmentRow.batch_id) == batch.id
    )
    rows = rows.order_by(col(AssignmentRow.id))
    for assignment_id, xml, digest in session.exec(rows.execution_options(yield_per=_AT_ONCE)):
        if hashlib.sha256(xml.encode()).hexdigest() != digest:
            yield Finding(
                "answers",
                batch.name,
                assignment_id,
                f"the answer of Assignment {assignment_id} is not what was collected",
                _RESTORE,
                {"answer_sha256": digest},
            )


def requests_are_unchanged(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """An Effect's key, and so its token, means one request for ever."""
    rows = select(EffectRow.key, EffectRow.request, EffectRow.request_sha256).where(col(EffectRow.batch_id) == batch.id)
    rows = rows.order_by(col(EffectRow.id))
    for key, request, digest in session.exec(rows.execution_options(yield_per=_AT_ONCE)):
        if hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest() != digest:
            yield Finding(
                "tokens",
                batch.name,
                key,
                f"the request of the Effect {key} is not the one that its token stands for",
                _RESTORE,
                {"request_sha256": digest, "request": request},
            )


def answers_have_their_assignment(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """No Answer is left without the submission that it came with."""
    rows = (
        select(AnswerRow.assignment_row, ItemRow.key)
        .join(ItemRow, col(ItemRow.id) == col(AnswerRow.item_id))
        .join(AssignmentRow, col(AnswerRow.assignment_row) == col(AssignmentRow.id), isouter=True)
        .where(col(ItemRow.batch_id) == batch.id, col(AssignmentRow.id).is_(None))
    )
    for row, key in session.exec(rows.order_by(col(AnswerRow.assignment_row), col(AnswerRow.item_id))):
        yield Finding(
            "answers",
            batch.name,
            key,
            f"an Answer to {key} belongs to the Assignment of row {row}, which does not exist",
            _RESTORE,
            {"assignment_row": row},
        )


def answers_belong_to_their_page(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """Each Answer is to an Item of the HIT that its Worker did."""
    of_page = select(HITItemRow.item_id).where(
        col(HITItemRow.hit_id) == col(AssignmentRow.hit_row), col(HITItemRow.item_id) == col(AnswerRow.item_id)
    )
    other_worker = col(AnswerRow.worker_row) != col(AssignmentRow.worker_row)
    rows = (
        select(AssignmentRow.assignment_id, AnswerRow.item_id, ItemRow.key)
        .join(AssignmentRow, col(AnswerRow.assignment_row) == col(AssignmentRow.id))
        .join(ItemRow, col(ItemRow.id) == col(AnswerRow.item_id), isouter=True)
        .where(col(AssignmentRow.batch_id) == batch.id, ~of_page.exists() | other_worker)
        .order_by(col(AssignmentRow.id), col(AnswerRow.item_id))
    )
    for assignment_id, item, key in session.exec(rows):
        yield Finding(
            "answers",
            batch.name,
            assignment_id,
            f"Assignment {assignment_id} has an Answer to {key or f'Item {item}, which does not exist'}"
            f"{'; its page has no such Item, or another Worker did it' if key else ''}",
            _RESTORE,
            {"item": key or item},
        )
