"""What a requester should know about a HIT's page although the HIT could be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from crowdbroker.marketplace.layout_tables import HitWarningRow
from crowdbroker.marketplace.tables import HitRow
from crowdbroker.marketplace.times import from_ms
from crowdbroker.marketplace.unknown_elements import unknown_elements


@dataclass(frozen=True)
class HitWarning:
    """One warning; `hit_id` is the first HIT of the type that it is about."""

    hit_type_id: str
    hit_id: str
    text: str
    warned_at: datetime


def warnings_about(html: str) -> list[str]:
    """Return what is doubtful about a page, a sentence each."""
    return [
        f"The element <{name}> is not one that this marketplace has: workers will not see it."
        for name in unknown_elements(html)
    ]


def store_warnings(session: Session, hit: HitRow, texts: list[str], now_ms: int) -> None:
    """Keep warnings about a HIT, each once a HIT type: the pages of a type seldom differ in what they lack."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for text in texts:
        row = {
            "requester_id": hit.requester_id,
            "hit_type_id": hit.hit_type_id,
            "hit_id": hit.id,
            "text": text,
            "warned_ms": now_ms,
        }
        session.execute(insert(HitWarningRow).values(row).on_conflict_do_nothing())


def warnings_of(session: Session, requester_id: str | None = None, *, limit: int = 100) -> list[HitWarning]:
    """Return the latest warnings first; of one requester, or of all."""
    rows = select(HitWarningRow).order_by(col(HitWarningRow.seq).desc()).limit(limit)
    if requester_id is not None:
        rows = rows.where(HitWarningRow.requester_id == requester_id)
    return [
        HitWarning(row.hit_type_id, row.hit_id, row.text, from_ms(row.warned_ms)) for row in session.exec(rows).all()
    ]
