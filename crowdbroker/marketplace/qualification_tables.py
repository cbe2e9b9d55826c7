"""What qualifications need beside their types and grants: requests with their tests, and the names of deleted types."""

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base

# The statuses of a qualification type; requesters see only the first two.
ACTIVE = "Active"
INACTIVE = "Inactive"
DELETED = "Deleted"

# The states of a request. Only `Submitted` ones are shown to requesters.
TESTING = "Testing"
SUBMITTED = "Submitted"
GRANTED = "Granted"
REJECTED = "Rejected"
EXPIRED = "Expired"
WITHDRAWN = "Withdrawn"

OPEN = (TESTING, SUBMITTED)
_IS_OPEN = text(f"state IN ('{TESTING}', '{SUBMITTED}')")


class QualificationRequestRow(Base, table=True):
    """One worker's request for one qualification type, with the test as it was when the worker began.

    Attributes:
        test: the QuestionForm, and `answer_key` its key; both None for a type without a test.
        deadline_ms: the end of the test; None without one.
        submitted_ms: when the answers, or without a test the request itself, came in.
        value: what was granted. `reason` is what a worker who was refused is told.
    """

    __tablename__ = "qualification_request"
    __table_args__ = (
        # Two requests at once cannot both be open, whatever the code does.
        Index(
            "one_open_qualification_request",
            "type_id",
            "worker_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("qualification_request_of_worker", "worker_id", "seq"),
        Index("qualification_request_of_type", "type_id", "state", "submitted_ms"),
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    type_id: str = Field(foreign_key="qualification_type.id")
    worker_id: str = Field(foreign_key="worker.id")
    state: str
    test: str | None = None
    answer_key: str | None = None
    answer: str | None = None
    requested_ms: int = Field(sa_type=BigInteger)
    deadline_ms: int | None = Field(default=None, sa_type=BigInteger)
    submitted_ms: int | None = Field(default=None, sa_type=BigInteger)
    decided_ms: int | None = Field(default=None, sa_type=BigInteger)
    value: int | None = None
    reason: str | None = None


class DeletedQualificationTypeRow(Base, table=True):
    """The name that a deleted qualification type had; its own row gave the name up, so that it can be used again."""

    __tablename__ = "deleted_qualification_type"

    type_id: str = Field(primary_key=True, foreign_key="qualification_type.id")
    name: str
    deleted_ms: int = Field(sa_type=BigInteger)
