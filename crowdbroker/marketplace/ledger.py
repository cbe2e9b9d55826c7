"""Accounts and the movements between them.

    bank (money from outside) -> available:<requester> -> held:<requester> -> owed:<worker> -> paid:<worker>
                                                                           -> fees

Creating a HIT holds what it can cost at most. An approval turns the hold into a reward and a fee, a refusal or an
expired place gives it back. A bonus is paid from what is available. A payout run moves what a worker is owed to what
was paid; a reversal moves it back.
"""

from __future__ import annotations

from sqlalchemy import insert, text
from sqlmodel import Session, select

from crowdbroker.marketplace.faults import insufficient_funds
from crowdbroker.marketplace.money import wire_from_cents
from crowdbroker.marketplace.tables import AccountRow, Base

BANK = "bank"
FEES = "fees"

# Guarded, and plain SQL: every paid call runs it twice or more.
_CHANGE = text(
    "UPDATE account SET balance_cents = balance_cents + :cents"
    " WHERE id = :name AND (balance_cents + :cents >= 0 OR id = :bank)"
)
_ENTER = insert(Base.metadata.tables["entry"])


def available(requester_id: str) -> str:
    """Name the account of what a requester may spend."""
    return f"available:{requester_id}"


def held(requester_id: str) -> str:
    """Name the account of what is set aside for a requester's open places and undecided work."""
    return f"held:{requester_id}"


def owed(worker_id: str) -> str:
    """Name the account of what a worker has earned."""
    return f"owed:{worker_id}"


def paid_out(worker_id: str) -> str:
    """Name the account of what a worker was paid by payout runs."""
    return f"paid:{worker_id}"


def open_accounts(session: Session, *names: str) -> None:
    """Make accounts, empty."""
    session.add_all(AccountRow(id=name) for name in names)
    session.flush()


def balance_cents(session: Session, name: str) -> int:
    """Return an account's balance."""
    return session.exec(select(AccountRow.balance_cents).where(AccountRow.id == name)).one()


def move(
    session: Session,
    source: str,
    target: str,
    cents: int,
    reason: str,
    at_ms: int,
    *,
    hit_id: str | None = None,
    assignment_id: str | None = None,
) -> None:
    """Move money and write its Entry; nothing happens for 0 cents.

    Raises:
        Fault: InsufficientFunds, when the source has less than that.
    """
    if cents == 0:
        return
    _take(session, source, cents)
    _change(session, target, cents)
    about = {"hit_id": hit_id, "assignment_id": assignment_id}
    entry = {"source": source, "target": target, "cents": cents, "reason": reason, "at_ms": at_ms}
    session.connection().execute(_ENTER, entry | about)


def _take(session: Session, source: str, cents: int) -> None:
    # A sum that no column can hold is certainly more than anybody has.
    if cents >= 2**62 or not _change(session, source, -cents):
        there = balance_cents(session, source)
        raise insufficient_funds(wire_from_cents(cents), wire_from_cents(there))


def _change(session: Session, name: str, cents: int) -> bool:
    """Change a balance; False when it would fall below zero."""
    return session.connection().execute(_CHANGE, {"name": name, "cents": cents, "bank": BANK}).rowcount == 1
