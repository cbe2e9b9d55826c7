"""A requester's row and its accounts, inside somebody else's transaction."""

from __future__ import annotations

from sqlmodel import Session

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.tables import RequesterRow

DEFAULT_REQUESTER = "A0DEFAULTOWNER"
DEFAULT_NAME = "Requester"


def insert_requester(
    session: Session, requester_id: str, name: str, *, at_ms: int, deposit_cents: int = 0
) -> RequesterRow:
    """Return a new requester, without a key, with its accounts and its first deposit."""
    row = RequesterRow(id=requester_id, name=name, created_ms=at_ms)
    session.add(row)
    ledger.open_accounts(session, ledger.available(requester_id), ledger.held(requester_id))
    deposit(session, requester_id, deposit_cents, at_ms=at_ms)
    return row


def deposit(session: Session, requester_id: str, cents: int, *, at_ms: int) -> None:
    """Give a requester money from outside."""
    ledger.move(session, ledger.BANK, ledger.available(requester_id), cents, "deposit", at_ms)
