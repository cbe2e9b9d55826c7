"""Tables of what the list of work measures, kept ready so that a page reads one row a group and one a requester."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class PaceRow(Base, table=True):
    """How long people took for the latest submissions of one HIT type.

    `latest` is a JSON array of milliseconds, the newest last; `submissions` is its length and `median_ms` its median.
    """

    __tablename__ = "hit_type_pace"

    hit_type_id: str = Field(primary_key=True, foreign_key="hit_type.id")
    submissions: int = 0
    median_ms: int = Field(default=0, sa_type=BigInteger)
    latest: str = "[]"


class RequesterRecordRow(Base, table=True):
    """How many Assignments one requester has approved and refused, by hand or by the clock."""

    __tablename__ = "requester_record"

    requester_id: str = Field(primary_key=True, foreign_key="requester.id")
    approved: int = 0
    rejected: int = 0
