"""The store's tables. Rows are thin: rules live in `domain`, queries in `reads` and in the steps' own files."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Names are fixed, so that a migration can name a constraint on any database.
_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """The registry of the store; the marketplace has another one."""


class BatchRow(Base, table=True):
    """One dataset published under one Project, with an overlap and a budget cap.

    The Project and its page are kept as they were at loading: a later change of a file changes no running Batch. `uid`
    is random, so that the tokens of two stores at one marketplace never meet; `endpoint` is where it was published.
    """

    __tablename__ = "batch"

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: str = Field(unique=True)
    project: str = Field(index=True)
    project_json: str = Field(sa_column=Column(Text, nullable=False))
    page_source: str = Field(sa_column=Column(Text, nullable=False))
    seed: int
    cap_cents: int = Field(sa_type=BigInteger)
    endpoint: str | None = None
    hit_type_id: str | None = None
    exclusion_type_id: str | None = None
    created_at: datetime
    published_at: datetime | None = None
    paused_at: datetime | None = None
    closed_at: datetime | None = None


class ItemRow(Base, table=True):
    """One Item; `accepted` lists a gold Item's right labels and is empty otherwise.

    `mixed_in` marks gold that came beside the dataset: it is no row of the dataset and gets no Label.
    """

    __tablename__ = "item"
    __table_args__: ClassVar[Any] = (UniqueConstraint("batch_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    key: str
    data: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    accepted: list[str] = Field(sa_column=Column(JSON, nullable=False))
    mixed_in: bool = False


class HITRow(Base, table=True):
    """One page to publish or published; `reward_cents` and `fee_cents` are those of one place.

    `sibling_of` names the HIT whose missing Answers this one is for, where that one may not grow.
    """

    __tablename__ = "hit"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("batch_id", "position"),
        Index("ix_hit_batch_id_state", "batch_id", "state"),
        CheckConstraint("state IN ('planned', 'open', 'closed')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    position: int
    max_assignments: int
    reward_cents: int = Field(sa_type=BigInteger)
    fee_cents: int = Field(sa_type=BigInteger)
    state: str
    sibling_of: int | None = Field(default=None, foreign_key="hit.id")
    hit_id: str | None = Field(default=None, unique=True)
    expires_at: datetime | None = None


class HITItemRow(Base, table=True):
    """An Item on a page; its field is `item-<position>`."""

    __tablename__ = "hit_item"
    __table_args__: ClassVar[Any] = (UniqueConstraint("hit_id", "item_id"),)

    hit_id: int = Field(foreign_key="hit.id", primary_key=True)
    position: int = Field(primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)


class WorkerRow(Base, table=True):
    """A Worker by the marketplace's WorkerId; `name` is what reports show, where it differs."""

    __tablename__ = "worker"

    id: int | None = Field(default=None, primary_key=True)
    worker_id: str = Field(unique=True)
    name: str


class AssignmentRow(Base, table=True):
    """One Worker's submission of one HIT.

    An AssignmentId can pass to another Worker after a return, so the key is both. `verdict` is the decision that is
    being carried out or was; `state` says what the marketplace was seen to have done.
    """

    __tablename__ = "assignment"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("assignment_id", "worker_row"),
        Index("ix_assignment_batch_id_state", "batch_id", "state"),
        CheckConstraint("state IN ('submitted', 'held', 'approved', 'rejected')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    hit_row: int = Field(foreign_key="hit.id", index=True)
    worker_row: int = Field(foreign_key="worker.id", index=True)
    assignment_id: str
    state: str
    accepted_at: datetime
    submitted_at: datetime
    auto_approval_at: datetime
    answer_xml: str = Field(sa_column=Column(Text, nullable=False))
    answer_sha256: str
    verdict: str | None = None
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    judged_at: datetime | None = None
    decided_at: datetime | None = None


class AnswerRow(Base, table=True):
    """One Worker's label for one Item."""

    __tablename__ = "answer"
    __table_args__: ClassVar[Any] = (Index("ix_answer_item_id_worker_row", "item_id", "worker_row"),)

    assignment_row: int = Field(foreign_key="assignment.id", primary_key=True)
    item_id: int = Field(foreign_key="item.id", primary_key=True)
    worker_row: int = Field(foreign_key="worker.id")
    label: str = Field(sa_column=Column(Text, nullable=False))


class ExclusionRow(Base, table=True):
    """A Worker who gets no more work of a Batch, and why."""

    __tablename__ = "exclusion"

    batch_id: int = Field(foreign_key="batch.id", primary_key=True)
    worker_row: int = Field(foreign_key="worker.id", primary_key=True)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    evidence: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime


class EffectRow(Base, table=True):
    """One call that changes the marketplace, with its unique key and its state; the token is derived from the key.

    `doubtful` says that an earlier attempt was sent and its outcome never recorded: look it up before calling.
    """

    __tablename__ = "effect"
    __table_args__: ClassVar[Any] = (
        Index("ix_effect_batch_id_state_next_at", "batch_id", "state", "next_at"),
        CheckConstraint("state IN ('ready', 'sent', 'done', 'failed', 'in_doubt')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    key: str = Field(unique=True)
    kind: str
    request: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    request_sha256: str
    hit_row: int | None = Field(default=None, foreign_key="hit.id", index=True)
    assignment_row: int | None = Field(default=None, foreign_key="assignment.id", index=True)
    doubtful: bool = False
    state: str
    attempts: int = 0
    leased_by: str | None = None
    lease_until: datetime | None = None
    next_at: datetime
    first_sent_at: datetime | None = None
    ended_at: datetime | None = None
    receipt: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    problem: str = Field(default="", sa_column=Column(Text, nullable=False))


class EntryRow(Base, table=True):
    """One line of the double-entry ledger in integer cents; never changed, never deleted.

    Lines that share a `transfer` sum to zero; a transfer happens at most once.
    """

    __tablename__ = "entry"
    # It holds all that the sums by day read, so that a report on half a million lines opens no line.
    __table_args__: ClassVar[Any] = (Index("ix_entry_batch_id_account_at_cents", "batch_id", "account", "at", "cents"),)

    transfer: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    cents: int = Field(sa_type=BigInteger)
    at: datetime


class BalanceRow(Base, table=True):
    """The sum of an account's Entries, moved in their transaction."""

    __tablename__ = "balance"
    __table_args__: ClassVar[Any] = (CheckConstraint("account = 'deposited' OR cents >= 0", name="not_negative"),)

    batch_id: int = Field(foreign_key="batch.id", primary_key=True)
    account: str = Field(primary_key=True)
    cents: int = Field(sa_type=BigInteger)


class LabelRow(Base, table=True):
    """The final answer for an Item, with its confidence and the votes that it rests on.

    `crowd_label` and `crowd_confidence` are what the votes say, `method` and `basis` how that was found: they stay
    beside what a person decided. `review` is the kind of the decision that holds, and `decided_by` that person; both
    are empty where the Label waits for review.
    """

    __tablename__ = "label"
    __table_args__: ClassVar[Any] = (
        Index("ix_label_batch_id_review_confidence_item_id", "batch_id", "review", "confidence", "item_id"),
        Index("ix_label_batch_id_confidence_item_id", "batch_id", "confidence", "item_id"),
    )

    item_id: int = Field(foreign_key="item.id", primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    label: str = Field(sa_column=Column(Text, nullable=False))
    confidence: float
    votes: int
    method: str
    basis: str = "uncalibrated"
    decided_by: str = ""
    review: str = ""
    crowd_label: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    crowd_confidence: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    at: datetime
