"""The marketplace's tables, on a registry of their own so that they never meet another SQLModel metadata.

Times are whole epoch milliseconds (`_ms`): the wire speaks epoch seconds with fractions, SQLite drops time zones, and
deadlines are sums. Money is whole cents. Rows that a list shows carry `seq`, the order in which they were made.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Base(SQLModel, registry=registry()):
    """The base of every table that lives in a marketplace's database."""


class MetaRow(Base, table=True):
    """One number about the database itself: `schema`, its version, and `opened`, how often it was opened."""

    __tablename__ = "marketplace_meta"

    name: str = Field(primary_key=True)
    value: int


class RequesterRow(Base, table=True):
    """One requester. `access_key` is None for the default requester, who answers until another one has a key.

    `secret_key` is sealed (`sealing`); `disabled_ms` says since when the key opens nothing. `webhook_rotations` counts
    how often its webhook secret was replaced.
    """

    __tablename__ = "requester"

    id: str = Field(primary_key=True)
    name: str
    access_key: str | None = Field(default=None, unique=True)
    secret_key: str | None = None
    created_ms: int = Field(sa_type=BigInteger)
    disabled_ms: int | None = Field(default=None, sa_type=BigInteger)
    webhook_rotations: int = 0


class WorkerRow(Base, table=True):
    """One worker, with what the system qualifications look at; the counters are over all requesters."""

    __tablename__ = "worker"

    id: str = Field(primary_key=True)
    name: str
    country: str | None = None
    subdivision: str | None = None
    adult: bool = True
    submitted: int = 0
    approved: int = 0
    rejected: int = 0
    created_ms: int = Field(sa_type=BigInteger)


class HitTypeRow(Base, table=True):
    """One HIT type; `fingerprint` is a digest of its properties, so that equal ones are one type.

    `requirements` is JSON as the wire shows it. `assignable_hits` counts its HITs that are Assignable, so that the
    worker's list need not.
    """

    __tablename__ = "hit_type"
    __table_args__ = (UniqueConstraint("requester_id", "fingerprint"),)

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    requester_id: str = Field(foreign_key="requester.id")
    fingerprint: str
    title: str
    description: str
    keywords: str
    reward_cents: int = Field(sa_type=BigInteger)
    duration_s: int
    auto_approval_s: int
    requirements: str
    masters: bool
    assignable_hits: int = 0
    created_ms: int = Field(sa_type=BigInteger)


# A change of a HIT names the version it starts from, so that two writers can never both make it.
_hit_version = Column("version", Integer, nullable=False)


class HitRow(Base, table=True):
    """One HIT and its counters; `available` places carry held money, places of an expired HIT are not available.

    `place_cents` is what one available place holds (reward and fee). `due_ms` is when the clock must look again: the
    expiration of a live HIT, the disposal of a finished one, None when nothing is due. `ended` says that its owner
    ended it by hand, so that no policy reopens it.
    """

    __tablename__ = "hit"
    __table_args__ = (
        CheckConstraint("available >= 0 AND pending >= 0 AND submitted >= 0 AND completed >= 0"),
        CheckConstraint("available + pending + submitted + completed <= max_assignments"),
        Index("hit_by_requester", "requester_id", "listed", "seq"),
        Index("hit_by_status", "requester_id", "status", "seq"),
        Index("hit_by_type", "hit_type_id", "status", "seq"),
        Index("hit_by_expiration", "hit_type_id", "status", "expires_ms"),
        Index("hit_due", "due_ms"),
    )
    __mapper_args__ = {"version_id_col": _hit_version}

    seq: int | None = Field(default=None, primary_key=True)
    version: int = Field(default=0, sa_column=_hit_version)
    id: str = Field(unique=True)
    requester_id: str = Field(foreign_key="requester.id")
    hit_type_id: str = Field(foreign_key="hit_type.id")
    status: str
    listed: bool = True
    annotation: str | None = None
    max_assignments: int
    available: int
    pending: int = 0
    submitted: int = 0
    completed: int = 0
    place_cents: int = Field(sa_type=BigInteger)
    created_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    due_ms: int | None = Field(default=None, sa_type=BigInteger)
    ended: bool = False


class QuestionRow(Base, table=True):
    """The Question of one HIT, apart from it because a HIT's row is rewritten with every move."""

    __tablename__ = "question"

    hit_id: str = Field(primary_key=True, foreign_key="hit.id")
    question: str


class AssignmentRow(Base, table=True):
    """One place of a HIT that has been taken at least once; a place given back keeps its id and loses its worker.

    Reward, fee and delay are those of the moment of acceptance. `held_cents` is the requester's money set aside for
    it; 0 when free or decided. `due_ms` is the deadline while held, the automatic approval while submitted.
    `late_worker_id` is the last worker whose time ran out here.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("hit_id", "worker_id"),
        Index("assignment_of_hit", "hit_id", "submitted_ms", "id"),
        Index("assignment_of_worker", "worker_id", "status"),
        Index("assignment_due", "due_ms"),
    )

    id: str = Field(primary_key=True)
    hit_id: str = Field(foreign_key="hit.id")
    requester_id: str = Field(foreign_key="requester.id")
    worker_id: str | None = Field(default=None, foreign_key="worker.id")
    status: str
    reward_cents: int = Field(sa_type=BigInteger)
    fee_cents: int = Field(sa_type=BigInteger)
    held_cents: int = Field(sa_type=BigInteger)
    auto_approval_s: int
    accepted_ms: int = Field(sa_type=BigInteger)
    deadline_ms: int = Field(sa_type=BigInteger)
    submitted_ms: int | None = Field(default=None, sa_type=BigInteger)
    decided_ms: int | None = Field(default=None, sa_type=BigInteger)
    due_ms: int | None = Field(default=None, sa_type=BigInteger)
    answer: str | None = None
    feedback: str | None = None
    late_worker_id: str | None = None


class BonusRow(Base, table=True):
    """One bonus paid."""

    __tablename__ = "bonus"

    seq: int | None = Field(default=None, primary_key=True)
    requester_id: str = Field(foreign_key="requester.id")
    worker_id: str = Field(foreign_key="worker.id", index=True)
    hit_id: str = Field(foreign_key="hit.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id", index=True)
    amount_cents: int = Field(sa_type=BigInteger)
    fee_cents: int = Field(sa_type=BigInteger)
    reason: str
    granted_ms: int = Field(sa_type=BigInteger)


class TokenRow(Base, table=True):
    """One UniqueRequestToken in its scope, and what the call that brought it made."""

    __tablename__ = "request_token"
    __table_args__ = (Index("request_token_by_age", "requester_id", "used_ms"),)

    requester_id: str = Field(primary_key=True, foreign_key="requester.id")
    scope: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    made: str
    used_ms: int = Field(sa_type=BigInteger)


class QualificationTypeRow(Base, table=True):
    """One qualification type that a requester has made."""

    __tablename__ = "qualification_type"
    __table_args__ = (UniqueConstraint("requester_id", "name"),)

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    requester_id: str = Field(foreign_key="requester.id")
    name: str
    keywords: str | None = None
    description: str
    status: str
    test: str | None = None
    answer_key: str | None = None
    test_duration_s: int | None = None
    retry_delay_s: int | None = None
    auto_granted: bool = False
    auto_granted_value: int | None = None
    created_ms: int = Field(sa_type=BigInteger)


class QualificationRow(Base, table=True):
    """One worker's value of one qualification type, Granted or Revoked."""

    __tablename__ = "qualification"

    type_id: str = Field(primary_key=True, foreign_key="qualification_type.id")
    worker_id: str = Field(primary_key=True, foreign_key="worker.id", index=True)
    value: int
    status: str
    reason: str | None = None
    granted_ms: int = Field(sa_type=BigInteger)


class BlockRow(Base, table=True):
    """One worker whom one requester does not want; the worker never sees the reason."""

    __tablename__ = "worker_block"

    requester_id: str = Field(primary_key=True, foreign_key="requester.id")
    worker_id: str = Field(primary_key=True, foreign_key="worker.id", index=True)
    reason: str
    blocked_ms: int = Field(sa_type=BigInteger)


class MessageRow(Base, table=True):
    """One message in a worker's inbox."""

    __tablename__ = "message"

    seq: int | None = Field(default=None, primary_key=True)
    worker_id: str = Field(foreign_key="worker.id", index=True)
    requester_id: str = Field(foreign_key="requester.id")
    subject: str
    text: str
    sent_ms: int = Field(sa_type=BigInteger)


class AccountRow(Base, table=True):
    """One account and its balance; only the bank, the money from outside, may be below zero."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("balance_cents >= 0 OR id = 'bank'"),)

    id: str = Field(primary_key=True)
    balance_cents: int = Field(default=0, sa_type=BigInteger)


class EntryRow(Base, table=True):
    """One movement between two accounts: debit and credit in one row, so that they cannot differ. Never changed."""

    __tablename__ = "entry"

    seq: int | None = Field(default=None, primary_key=True)
    source: str = Field(foreign_key="account.id")
    target: str = Field(foreign_key="account.id")
    cents: int = Field(sa_type=BigInteger)
    reason: str
    hit_id: str | None = Field(default=None, index=True)
    assignment_id: str | None = None
    at_ms: int = Field(sa_type=BigInteger)
