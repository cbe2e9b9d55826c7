"""Tables of a worker's inbox beside the requesters' messages: what the marketplace tells, what was read, appeals."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class NoticeRow(Base, table=True):
    """One thing that the marketplace tells a worker; `link` is a page of the site, or empty."""

    __tablename__ = "notice"

    seq: int | None = Field(default=None, primary_key=True)
    worker_id: str = Field(foreign_key="worker.id", index=True)
    subject: str
    text: str
    link: str = ""
    sent_ms: int = Field(sa_type=BigInteger)


class InboxMarkRow(Base, table=True):
    """How far one worker has read: the newest message and the newest notice that were shown."""

    __tablename__ = "inbox_mark"

    worker_id: str = Field(primary_key=True, foreign_key="worker.id")
    message_seq: int = 0
    notice_seq: int = 0


class AppealRow(Base, table=True):
    """One worker's words against the refusal of one Assignment."""

    __tablename__ = "appeal"

    assignment_id: str = Field(primary_key=True, foreign_key="assignment.id")
    worker_id: str = Field(foreign_key="worker.id", index=True)
    text: str
    sent_ms: int = Field(sa_type=BigInteger)
