"""The few things that the admin page can do: shut a worker out or let one in, and end a worker's sessions."""

from __future__ import annotations

from sqlalchemy import CursorResult, delete
from sqlmodel import col

from crowdbroker.marketplace.account_tables import SessionRow
from crowdbroker.marketplace.disabled_workers import DisabledWorkerRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.workers import known


def disable(market: Marketplace, worker_id: str) -> None:
    """Keep a worker from signing in, and end the sessions there are. Raises UnknownWorker."""
    with market.write() as session:
        known(session, worker_id)
        session.merge(DisabledWorkerRow(worker_id=worker_id, disabled_ms=market.now_ms()))
        session.execute(delete(SessionRow).where(col(SessionRow.worker_id) == worker_id))


def enable(market: Marketplace, worker_id: str) -> None:
    """Let a worker sign in again; one who was not shut out stays so. Raises UnknownWorker."""
    with market.write() as session:
        known(session, worker_id)
        session.execute(delete(DisabledWorkerRow).where(col(DisabledWorkerRow.worker_id) == worker_id))


def end_sessions(market: Marketplace, worker_id: str) -> int:
    """End a worker's sessions on all browsers and return how many there were. Raises UnknownWorker."""
    with market.write() as session:
        known(session, worker_id)
        done = session.execute(delete(SessionRow).where(col(SessionRow.worker_id) == worker_id))
        return done.rowcount if isinstance(done, CursorResult) else 0
