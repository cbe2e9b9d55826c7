"""Where the events of a HIT type go, and the events that wait for their delivery or had it."""

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class NotificationRow(Base, table=True):
    """The notification specification of one HIT type; `event_types` are names with commas between them."""

    __tablename__ = "notification"

    hit_type_id: str = Field(primary_key=True, foreign_key="hit_type.id")
    transport: str
    destination: str = Field(sa_column=Column(Text, nullable=False))
    version: str
    event_types: str
    active: bool = True


class EventRow(Base, table=True):
    """One event on its way to where its HIT type's specification pointed when it happened.

    `due_ms` is when delivery may next be tried, by the clock of the deliverer; None when there is nothing left to do
    (`outcome` says what became of it: Delivered, Failed or Dropped). `claim` names who is trying right now.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("event_due", "due_ms", "seq"),
        Index("event_ended", "ended_ms"),
        Index("event_outcome", "outcome"),
    )

    seq: int | None = Field(default=None, primary_key=True)
    requester_id: str
    hit_type_id: str
    hit_id: str = Field(index=True)
    assignment_id: str | None = None
    worker_id: str | None = None
    event_type: str
    at_ms: int = Field(sa_type=BigInteger)
    transport: str
    destination: str = Field(sa_column=Column(Text, nullable=False))
    version: str
    due_ms: int | None = Field(default=0, sa_type=BigInteger)
    claim: str | None = None
    tries: int = 0
    outcome: str | None = None
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    problem: str | None = None
