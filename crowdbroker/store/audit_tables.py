"""Who decided what, when, on what evidence; and what reports remember from one time to the next."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field

from crowdbroker.store.tables import Base


class AuditRow(Base, table=True):
    """One act of a person or a program: never changed, never deleted. `subject` is what it was about, by its id."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)
    at: datetime
    actor: str = Field(index=True)
    action: str
    subject: str = Field(index=True)
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ReportMarkRow(Base, table=True):
    """The figures that a report gave last, so that the next one can tell what changed since."""

    __tablename__ = "report_mark"

    report: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    at: datetime
    figures: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
