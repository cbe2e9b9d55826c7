"""Where the deposits are: by Batch, and what changed day by day; figures are the ledger's."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.store.ledger import Account, balances
from crowdbroker.store.reads import BatchView, all_batches
from crowdbroker.store.tables import EntryRow

ACCOUNTS = tuple(account.value for account in Account)
SCHEMA = "crowdbroker/budget/1"


def budget_document(session: Session, batch: BatchView | None = None) -> dict[str, Any]:
    """The budget report of one Batch or of all; amounts in integer cents.

    `totals` and each row of `batches` hold an amount for every account, of which all but `deposited` sum to
    `deposited`. Each row of `days` holds what changed on a UTC day, so that a Batch's days sum to its row.
    `committed_share` is the share of the deposits that is no longer available.
    """
    chosen = [batch] if batch else all_batches(session)
    rows = [{"batch": one.name} | _amounts(balances(session, one.id)) for one in chosen]
    totals = {account: sum(row[account] for row in rows) for account in ACCOUNTS}
    deposited = totals["deposited"]
    return {
        "schema": SCHEMA,
        "currency": "USD",
        "unit": "cents",
        "totals": totals,
        "committed_share": (deposited - totals["available"]) / deposited if deposited else 0.0,
        "batches": rows,
        "days": [row for one in chosen for row in _days(session, one)],
    }


def _amounts(found: dict[Account, int]) -> dict[str, Any]:
    return {account.value: found[account] for account in Account}


def _days(session: Session, batch: BatchView) -> list[dict[str, Any]]:
    changes: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ACCOUNTS, 0))
    entries = select(EntryRow.at, EntryRow.account, EntryRow.cents).where(col(EntryRow.batch_id) == batch.id)
    for at, account, cents in session.exec(entries):
        changes[at.date().isoformat()][account] += -cents if account == Account.DEPOSITED else cents
    return [{"batch": batch.name, "day": day, **changes[day]} for day in sorted(changes)]
