"""Tables of consent: the texts that requesters' work asks consent for, and which worker gave it to which version."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class ConsentTextRow(Base, table=True):
    """One version of a text, for all work of a requester or, with `hit_type_id`, for one HIT type's. Never changed.

    `ended_ms` is since when nobody is asked for it any more: a newer version took its place, or it was taken away.
    """

    __tablename__ = "consent_text"
    __table_args__ = (Index("consent_text_of_requester", "requester_id", "ended_ms"),)

    seq: int | None = Field(default=None, primary_key=True)
    requester_id: str = Field(foreign_key="requester.id")
    hit_type_id: str | None = Field(default=None, foreign_key="hit_type.id")
    version: int
    markdown: str
    made_ms: int = Field(sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)


class ConsentRow(Base, table=True):
    """One worker's consent to one version; kept after withdrawal, for it says under what earlier work was done."""

    __tablename__ = "consent"
    __table_args__ = (Index("consent_of_worker", "worker_id", "text_seq"),)

    seq: int | None = Field(default=None, primary_key=True)
    text_seq: int = Field(foreign_key="consent_text.seq")
    worker_id: str = Field(foreign_key="worker.id")
    given_ms: int = Field(sa_type=BigInteger)
    withdrawn_ms: int | None = Field(default=None, sa_type=BigInteger)
