"""The tables of payouts: one run that an operator asked for, and one line for each worker whom it pays."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from crowdbroker.marketplace.tables import Base


class PayoutRunRow(Base, table=True):
    """One payout run. Its id is the operator's own, so that asking for it twice can pay only once."""

    __tablename__ = "payout_run"

    id: str = Field(primary_key=True)
    minimum_cents: int = Field(sa_type=BigInteger)
    made_ms: int = Field(sa_type=BigInteger)


class PayoutLineRow(Base, table=True):
    """What one run pays to one worker for the time from `since_ms` to `until_ms`; the name is that of the moment.

    A line that was reversed keeps its amount: it is what the run posted.
    """

    __tablename__ = "payout_line"

    run_id: str = Field(primary_key=True, foreign_key="payout_run.id")
    worker_id: str = Field(primary_key=True, foreign_key="worker.id", index=True)
    name: str
    cents: int = Field(sa_type=BigInteger)
    since_ms: int = Field(sa_type=BigInteger)
    until_ms: int = Field(sa_type=BigInteger)
    reversed_ms: int | None = Field(default=None, sa_type=BigInteger)
    reversal_reason: str | None = None
