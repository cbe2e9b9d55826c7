"""What several processes share: who does which work, and what the marketplace has hinted at."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from crowdbroker.store.tables import Base


class LeaseRow(Base, table=True):
    """One piece of work that one process at a time may do, until its lease runs out."""

    __tablename__ = "lease"

    work: str = Field(primary_key=True)
    holder: str
    until: datetime


class InboxRow(Base, table=True):
    """One event of the marketplace: a hint that something changed. `key` is what makes a repeat the same event."""

    __tablename__ = "inbox"
    __table_args__: ClassVar[Any] = (Index("ix_inbox_done_at_received_at", "done_at", "received_at"),)

    key: str = Field(primary_key=True)
    kind: str
    hit_id: str | None = None
    assignment_id: str | None = None
    happened_at: datetime
    received_at: datetime
    done_at: datetime | None = None


class CallRateRow(Base, table=True):
    """How fast an operation of a marketplace may be called; `operation` is the endpoint and its name."""

    __tablename__ = "call_rate"

    operation: str = Field(primary_key=True)
    per_s: float
    next_at: datetime
    changed_at: datetime
    slowed_at: datetime
