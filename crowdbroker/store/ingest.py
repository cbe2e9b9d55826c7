"""Submissions come in: each Assignment and Answer once, with the money that is now owed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.store.bulk import insert_many, insert_new
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import AnswerRow, AssignmentRow, WorkerRow


@dataclass(frozen=True)
class Submission:
    """One submitted Assignment as collected.

    Attributes:
        place_cents: reward and fee of its place, which become owed.
        labels: (Item row, label) of each Answer that could be read.
    """

    batch_id: int
    hit_row: int
    place_cents: int
    assignment_id: str
    worker_id: str
    accepted_at: datetime
    submitted_at: datetime
    auto_approval_at: datetime
    answer_xml: str
    labels: Sequence[tuple[int, str]]


def ingest(session: Session, submissions: Sequence[Submission], now: datetime) -> int:
    """Store what is new and return how many Assignments were; repeats change nothing."""
    if not submissions:
        return 0
    workers = worker_rows(session, [one.worker_id for one in submissions])
    rows = [_assignment(one, workers[one.worker_id]) for one in submissions]
    made = insert_many(session, AssignmentRow, rows, ("id", "assignment_id", "worker_row"))
    written = {(name, worker): row for row, name, worker in made}
    new = [
        (written[one.assignment_id, workers[one.worker_id]], one)
        for one in submissions
        if (one.assignment_id, workers[one.worker_id]) in written
    ]
    answers = [
        {"assignment_row": row, "item_id": item, "worker_row": workers[one.worker_id], "label": label}
        for row, one in new
        for item, label in one.labels
    ]
    insert_many(session, AnswerRow, answers)
    owed = [
        Transfer(
            f"owe:{row}",
            one.batch_id,
            {Account.RESERVED: -one.place_cents, Account.OWED: one.place_cents},
        )
        for row, one in new
    ]
    post(session, owed, now)
    return len(written)


def worker_rows(session: Session, worker_ids: Sequence[str], names: dict[str, str] | None = None) -> dict[str, int]:
    """Row ids of Workers by WorkerId; unknown ones are made, with the name that reports show."""
    distinct = sorted(set(worker_ids))
    known = _known_workers(session, distinct)
    missing = [one for one in distinct if one not in known]
    if missing:
        made = [{"worker_id": one, "name": (names or {}).get(one, one)} for one in missing]
        session.connection().execute(insert_new(session, WorkerRow), made)
        known |= _known_workers(session, missing)
    return known


def _known_workers(session: Session, worker_ids: Sequence[str]) -> dict[str, int]:
    found = session.exec(select(WorkerRow.worker_id, WorkerRow.id).where(col(WorkerRow.worker_id).in_(worker_ids)))
    return {worker_id: row for worker_id, row in found if row is not None}


def _assignment(one: Submission, worker_row: int) -> dict[str, Any]:
    return {
        "batch_id": one.batch_id,
        "hit_row": one.hit_row,
        "worker_row": worker_row,
        "assignment_id": one.assignment_id,
        "state": AssignmentState.SUBMITTED.value,
        "accepted_at": one.accepted_at,
        "submitted_at": one.submitted_at,
        "auto_approval_at": one.auto_approval_at,
        "answer_xml": one.answer_xml,
        "answer_sha256": hashlib.sha256(one.answer_xml.encode()).hexdigest(),
        "reason": "",
        "evidence": {},
    }
