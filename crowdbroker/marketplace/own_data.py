"""Everything that a marketplace knows of one worker, as one JSON document for that worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.account_tables import AccountRow, SessionRow
from crowdbroker.marketplace.consent_tables import ConsentRow, ConsentTextRow
from crowdbroker.marketplace.inbox_tables import AppealRow, NoticeRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.payout_tables import PayoutLineRow
from crowdbroker.marketplace.qualification_tables import QualificationRequestRow
from crowdbroker.marketplace.tables import (
    AssignmentRow,
    Base,
    BonusRow,
    EntryRow,
    HitRow,
    HitTypeRow,
    MessageRow,
    QualificationRow,
    QualificationTypeRow,
    RequesterRow,
    WorkerRow,
)
from crowdbroker.marketplace.times import from_ms

SCHEMA = "crowdbroker/worker-data/1"

# What is a secret of the site's or of others: digests of passwords and tokens, keys to tests, a requester's money.
_WITHHELD = frozenset(
    {"password_hash", "token_hash", "name_key", "answer_key", "held_cents", "fee_cents", "late_worker_id", "due_ms"}
)
# Who blocked a worker and why is the requester's own note, which the hosted service did not show either.
_TABLES: dict[str, type[Base]] = {
    "account": AccountRow,
    "sessions": SessionRow,
    "assignments": AssignmentRow,
    "bonuses": BonusRow,
    "payouts": PayoutLineRow,
    "qualifications": QualificationRow,
    "qualification_requests": QualificationRequestRow,
    "messages": MessageRow,
    "notices": NoticeRow,
    "appeals": AppealRow,
    "consents": ConsentRow,
}


def own_data(market: Marketplace, worker_id: str) -> dict[str, Any]:
    """Return a worker's data: rows as objects, times in ISO 8601, money in cents."""
    with market.read() as session:
        document: dict[str, Any] = {"schema": SCHEMA, "taken_at": market.clock().isoformat()}
        document["worker"] = _shown(session.get_one(WorkerRow, worker_id))
        for name, table in _TABLES.items():
            document[name] = _rows(session, table, worker_id)
        document["ledger"] = _entries(session, worker_id)
        _name(document, session)
    return document


def _rows(session: Session, table: type[Base], worker_id: str) -> list[dict[str, Any]]:
    columns = table.__table__.c  # type: ignore[attr-defined]
    keys = inspect(table).primary_key
    rows = select(table).where(columns.worker_id == worker_id).order_by(*keys)
    return [_shown(row) for row in session.exec(rows)]


def _entries(session: Session, worker_id: str) -> list[dict[str, Any]]:
    mine = (ledger.owed(worker_id), ledger.paid_out(worker_id))
    rows = select(EntryRow).where(col(EntryRow.source).in_(mine) | col(EntryRow.target).in_(mine))
    return [_shown(row) for row in session.exec(rows.order_by(col(EntryRow.seq)))]


def _shown(row: Base) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.model_dump().items():
        if name in _WITHHELD or name == "seq":
            continue
        if name.endswith("_ms"):
            shown[f"{name.removesuffix('_ms')}_at"] = None if value is None else from_ms(value).isoformat()
        else:
            shown[name] = value
    return shown


def _name(document: dict[str, Any], session: Session) -> None:
    """Put names beside the ids that mean nothing to a person."""
    requesters = dict(session.exec(select(RequesterRow.id, RequesterRow.name)).all())
    types = dict(session.exec(select(QualificationTypeRow.id, QualificationTypeRow.name)).all())
    texts = dict(session.exec(select(ConsentTextRow.seq, ConsentTextRow.markdown)).all())
    titles = _titles(session, [row["hit_id"] for row in document["assignments"]])
    fillers: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "requester_id": ("requester", requesters.get),
        "type_id": ("qualification", types.get),
        "text_seq": ("text", texts.get),
        "hit_id": ("title", titles.get),
    }
    for rows in (document[name] for name in _TABLES):
        for row in rows:
            for key, (name, lookup) in fillers.items():
                if key in row:
                    row[name] = lookup(row[key])


def _titles(session: Session, hit_ids: list[str]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for start in range(0, len(hit_ids), 1000):
        rows = select(HitRow.id, HitTypeRow.title).join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
        titles |= dict(session.exec(rows.where(col(HitRow.id).in_(hit_ids[start : start + 1000]))).all())
    return titles
