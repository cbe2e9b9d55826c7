"""What people decide about Labels and Workers, and who those people are."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field

from crowdbroker.store.tables import Base


class ReviewerRow(Base, table=True):
    """A person of the requester's side; `cap_cents` bounds what the person may spend a day (None: nothing does)."""

    __tablename__ = "reviewer"
    __table_args__: ClassVar[Any] = (CheckConstraint("role IN ('viewer', 'reviewer', 'payer', 'admin')", name="role"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    password_hash: str = Field(sa_column=Column(Text, nullable=False))
    role: str
    cap_cents: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime
    disabled_at: datetime | None = None


class ReviewSessionRow(Base, table=True):
    """One open browser; the cookie's secret is kept as its hash. `fresh_at` is when the password was last given."""

    __tablename__ = "review_session"

    token_sha256: str = Field(primary_key=True)
    reviewer_id: int = Field(foreign_key="reviewer.id", index=True)
    opened_at: datetime
    seen_at: datetime
    fresh_at: datetime


class ReviewLinkRow(Base, table=True):
    """A link that opens one door once: `kind` is `password` (choose a new one) or `sign_in`. Kept as its hash."""

    __tablename__ = "review_link"
    __table_args__: ClassVar[Any] = (CheckConstraint("kind IN ('password', 'sign_in')", name="kind"),)

    token_sha256: str = Field(primary_key=True)
    reviewer_id: int = Field(foreign_key="reviewer.id", index=True)
    kind: str
    expires_at: datetime


class ReviewDecisionRow(Base, table=True):
    """One decision about one Item's Label. The highest `version` holds; earlier ones stay for the audit trail.

    `kind` is accept, correct, more, ambiguous, gold or undo; `label` is what was decided, empty where none was. `seen`
    is the Label that the person saw.
    """

    __tablename__ = "review_decision"
    __table_args__: ClassVar[Any] = (UniqueConstraint("item_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    item_id: int = Field(foreign_key="item.id")
    version: int
    reviewer: str = Field(index=True)
    kind: str
    label: str = Field(default="", sa_column=Column(Text, nullable=False))
    seen: str = Field(default="", sa_column=Column(Text, nullable=False))
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: datetime


class WorkerNoteRow(Base, table=True):
    """What a person wrote about a Worker; never shown to the Worker."""

    __tablename__ = "worker_note"

    id: int | None = Field(default=None, primary_key=True)
    worker_row: int = Field(foreign_key="worker.id", index=True)
    author: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime
