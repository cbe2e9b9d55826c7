"""The double-entry ledger: transfers in integer cents that happen at most once, and never below zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from crowdbroker.errors import OverBudget, StaleState
from crowdbroker.store.bulk import insert_many
from crowdbroker.store.tables import BalanceRow, EntryRow


class Account(StrEnum):
    """Where a Batch's cents are; `deposited` is their source and holds the negative of what was put in."""

    DEPOSITED = "deposited"
    AVAILABLE = "available"
    RESERVED = "reserved"
    OWED = "owed"
    REWARDS = "rewards"
    FEES = "fees"
    BONUSES = "bonuses"


@dataclass(frozen=True)
class Transfer:
    """Cents that move between accounts of a Batch; `moves` sums to zero and `key` is unique for ever."""

    key: str
    batch_id: int
    moves: Mapping[Account, int]

    def __post_init__(self) -> None:
        if sum(self.moves.values()) != 0:
            raise ValueError(f"transfer {self.key} does not sum to zero: {dict(self.moves)}")


def open_accounts(session: Session, batch_id: int) -> None:
    """Give a new Batch its empty accounts."""
    session.add_all(BalanceRow(batch_id=batch_id, account=account.value, cents=0) for account in Account)
    session.flush()


def post(session: Session, transfers: Iterable[Transfer], at: datetime) -> None:
    """Write Entries and move balances; transfers that happened already change nothing.

    Raises:
        OverBudget: the Batch's available cents do not cover them.
        StaleState: another account would fall below zero, or a transfer happened already between other accounts.
    """
    lines = [
        {"transfer": one.key, "account": account.value, "batch_id": one.batch_id, "cents": cents, "at": at}
        for one in transfers
        for account, cents in one.moves.items()
        if cents
    ]
    if not lines:
        return
    written = insert_many(session, EntryRow, lines, ("transfer", "batch_id", "account", "cents"))
    _refuse_halves(lines, [(transfer, account) for transfer, _, account, _ in written])
    changes: dict[tuple[int, str], int] = {}
    for _, batch_id, account, cents in written:
        changes[batch_id, account] = changes.get((batch_id, account), 0) + cents
    # One order for all writers, so that two of them never wait for each other.
    for (batch_id, account), cents in sorted(changes.items()):
        _move(session, batch_id, account, cents)


def _refuse_halves(lines: Iterable[Mapping[str, Any]], written: Iterable[tuple[str, str]]) -> None:
    """Raise where only some lines of a transfer were new: the others are those of another one with its key."""
    wanted = Counter(key for key, _ in {(line["transfer"], line["account"]) for line in lines})
    new = Counter(key for key, _ in written)
    for key, count in new.items():
        if count != wanted[key]:
            raise StaleState(f"the transfer {key} happened already, between other accounts")


def _move(session: Session, batch_id: int, account: str, cents: int) -> None:
    guard = [col(BalanceRow.batch_id) == batch_id, col(BalanceRow.account) == account]
    if cents < 0 and account != Account.DEPOSITED:
        guard.append(col(BalanceRow.cents) >= -cents)
    moved = session.exec(update(BalanceRow).where(*guard).values(cents=BalanceRow.cents + cents))
    if moved.rowcount == 1:
        return
    has = balances(session, batch_id)[Account(account)]
    if account == Account.AVAILABLE:
        raise OverBudget(
            f"this needs {-cents} cents and the Batch has {has} left",
            needed_cents=-cents,
            available_cents=has,
            remedy="Raise the Project's budget or lower reward, overlap or the number of Items.",
        )
    raise StaleState(f"the account {account} of batch {batch_id} holds {has} cents, {-cents} were to leave it")


def balances(session: Session, batch_id: int | None = None) -> dict[Account, int]:
    """Cents by account, of one Batch or of all; `deposited` is given as a positive amount."""
    rows = select(col(BalanceRow.account), func.sum(BalanceRow.cents)).group_by(col(BalanceRow.account))
    if batch_id is not None:
        rows = rows.where(col(BalanceRow.batch_id) == batch_id)
    return _by_account(session.exec(rows).all())


def folded(session: Session, batch_id: int | None = None) -> dict[Account, int]:
    """The same as `balances`, from the Entries alone: the proof of the balances."""
    rows = select(col(EntryRow.account), func.sum(EntryRow.cents)).group_by(col(EntryRow.account))
    if batch_id is not None:
        rows = rows.where(col(EntryRow.batch_id) == batch_id)
    return _by_account(session.exec(rows).all())


def _by_account(rows: Iterable[Any]) -> dict[Account, int]:
    found = dict.fromkeys(Account, 0) | {Account(account): int(cents) for account, cents in rows}
    found[Account.DEPOSITED] = -found[Account.DEPOSITED]
    return found
