"""The review policies of HITs, and what carrying them out found and did."""

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class ReviewPolicyRow(Base, table=True):
    """One HIT's policy of one level, Assignment or HIT; `parameters` is JSON as CreateHIT brought them."""

    __tablename__ = "review_policy"

    hit_id: str = Field(primary_key=True, foreign_key="hit.id")
    level: str = Field(primary_key=True)
    name: str
    parameters: str = Field(sa_column=Column(Text, nullable=False))


class ReviewRow(Base, table=True):
    """One line of a HIT's review report, in the order in which they came about: an action, or a result of one.

    An action has `name`, `status`, `text` and perhaps `error_code`; its subject is its target. A result has `key`,
    `text` as its value, perhaps a `question_id`, and in `action_seq` the action that found it.
    """

    __tablename__ = "review"
    __table_args__ = (Index("review_of_hit", "hit_id", "seq"),)

    seq: int | None = Field(default=None, primary_key=True)
    hit_id: str = Field(foreign_key="hit.id")
    level: str
    subject_id: str = Field(index=True)
    subject_type: str
    at_ms: int = Field(sa_type=BigInteger)
    text: str = Field(sa_column=Column(Text, nullable=False))
    name: str | None = None
    status: str | None = None
    error_code: str | None = None
    action_seq: int | None = None
    key: str | None = None
    question_id: str | None = None
