"""Workers whom the operator has shut out of the site: they cannot sign in; what they have earned stays theirs."""

from sqlalchemy import BigInteger
from sqlmodel import Field, Session

from crowdbroker.marketplace.tables import Base


class DisabledWorkerRow(Base, table=True):
    """One worker who may not sign in at present."""

    __tablename__ = "disabled_worker"

    worker_id: str = Field(primary_key=True, foreign_key="worker.id")
    disabled_ms: int = Field(sa_type=BigInteger)


def is_disabled(session: Session, worker_id: str) -> bool:
    """Tell whether the operator has shut a worker out."""
    return session.get(DisabledWorkerRow, worker_id) is not None
