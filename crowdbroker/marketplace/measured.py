"""Keeping what the list of work shows: how long a group takes people, and how often a requester refuses.

Both are written in the transaction of the submission or the decision that they count.
"""

from __future__ import annotations

import json
from statistics import median

from sqlalchemy import text
from sqlmodel import Session, select

from crowdbroker.marketplace.measured_tables import PaceRow

# Of the latest submissions only: a group's pace changes while it runs.
LATEST = 200

# Written out, because SQLite and PostgreSQL share these words and SQLAlchemy's constructs for them differ.
_OPEN_PACE = text(
    "INSERT INTO hit_type_pace (hit_type_id, submissions, median_ms, latest) VALUES (:kind, 0, 0, '[]')"
    " ON CONFLICT DO NOTHING"
)
_COUNT_DECISION = text(
    "INSERT INTO requester_record (requester_id, approved, rejected) VALUES (:requester, :approved, :rejected)"
    " ON CONFLICT (requester_id) DO UPDATE SET approved = requester_record.approved + excluded.approved,"
    " rejected = requester_record.rejected + excluded.rejected"
)


def note_pace(session: Session, hit_type_id: str, took_ms: int) -> None:
    """Add a submission to its HIT type's pace."""
    row = _locked(session, hit_type_id)
    if row is None:
        session.execute(_OPEN_PACE, {"kind": hit_type_id})
        row = _locked(session, hit_type_id)
    assert row is not None, "it has just been made"
    latest = [*json.loads(row.latest), took_ms][-LATEST:]
    row.submissions = len(latest)
    row.median_ms = round(median(latest))
    row.latest = json.dumps(latest)
    session.flush()


def count_decision(session: Session, requester_id: str, *, approved: int = 0, rejected: int = 0) -> None:
    """Add to what a requester has approved and refused; a refusal that is taken back is one less."""
    session.execute(_COUNT_DECISION, {"requester": requester_id, "approved": approved, "rejected": rejected})


def _locked(session: Session, hit_type_id: str) -> PaceRow | None:
    found = select(PaceRow).where(PaceRow.hit_type_id == hit_type_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()
