"""The ledger as beancount text, so that a program that is not ours can check our books.

The syntax is that of the Beancount Language Syntax, version 3. An amount that enters an account is positive, as in our
own ledger: what a Batch still has are assets, what it has spent are expenses, and the deposits are equity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from crowdbroker.domain.money import to_wire

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")
_TREES = {
    "deposited": "Equity",
    "available": "Assets",
    "reserved": "Assets",
    "owed": "Assets",
    "rewards": "Expenses",
    "fees": "Expenses",
    "bonuses": "Expenses",
}


@dataclass(frozen=True)
class LedgerLine:
    """One line of the ledger; lines of one `transfer` follow each other."""

    batch: int
    transfer: str
    account: str
    cents: int
    at: datetime


@dataclass(frozen=True)
class LedgerBatch:
    """A Batch whose lines are exported, with the balances that they must come to, in cents by account."""

    id: int
    name: str
    opened: date
    balances: Mapping[str, int]


def beancount_lines(batches: Sequence[LedgerBatch], lines: Iterable[LedgerLine]) -> Iterator[str]:
    """The file, line by line: accounts, transactions, and the balances as assertions on the day after the last one.

    The balances come from where the ledger keeps them and the transactions from its Entries, so beancount proves the
    one by the other.
    """
    names = {batch.id: _component(batch) for batch in batches}
    last = max((batch.opened for batch in batches), default=date(2000, 1, 1))
    yield 'option "title" "crowdbroker ledger"'
    yield 'option "operating_currency" "USD"'
    yield ""
    for batch in batches:
        yield from (f"{batch.opened} open {_account(names[batch.id], name)} USD" for name in _TREES)
    for transfer, group in groupby(lines, key=lambda line: line.transfer):
        moved = list(group)
        last = max(last, moved[0].at.date())
        yield ""
        yield from _transaction(transfer, moved, names)
    yield ""
    for batch in batches:
        for name in _TREES:
            amount = to_wire(batch.balances.get(name, 0))
            # Beancount would let a balance of cents be wrong by one.
            yield f"{last + timedelta(days=1)} balance {_account(names[batch.id], name)} {amount} ~ 0.00 USD"


def _transaction(transfer: str, moved: Sequence[LedgerLine], names: Mapping[int, str]) -> Iterator[str]:
    first = moved[0]
    yield f"{first.at.date()} * {_quoted(transfer)}"
    yield f"  time: {_quoted(first.at.isoformat())}"
    for line in moved:
        yield f"  {_account(names[line.batch], line.account)}  {to_wire(line.cents)} USD"


def _component(batch: LedgerBatch) -> str:
    """A part of an account's name: letters, digits and dashes; the number keeps two Batches apart."""
    words = _NOT_A_NAME.sub("-", batch.name).strip("-")
    return f"B{batch.id}-{words}" if words else f"B{batch.id}"


def _account(batch: str, account: str) -> str:
    return f"{_TREES[account]}:{batch}:{account.capitalize()}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
