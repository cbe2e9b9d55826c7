"""Where the deposits are: by Batch, day and Worker, what Labels cost, and where it is heading."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.reports.costs import costs
from crowdbroker.reports.marks import change
from crowdbroker.reports.outlook import outlook
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.spending import ACCOUNTS, amounts, by_day, by_worker
from crowdbroker.store.tables import BalanceRow

SCHEMA = "crowdbroker/budget/1"
SPENT = ("rewards", "fees", "bonuses")


def budget_document(session: Session, scope: Scope) -> dict[str, Any]:
    """The budget report; amounts in integer cents, costs a Label in cents with a fraction.

    `totals` and each row of `batches` hold an amount for every account, of which all but `deposited` sum to
    `deposited`, and `spent`, the sum of rewards, fees and bonuses. Each row of `days` holds what changed on a UTC day:
    without `since`, a Batch's days sum to its row. `since` sums the days from that day on. The rows of `workers` sum
    to rewards, bonuses and fees. `committed_share` is the share of the deposits that is no longer available; 0 where
    nothing was deposited. `delta` is what changed since the mark that `--mark` set last.
    """
    rows = _balances(session, scope)
    totals = {name: sum(row[name] for row in rows) for name in (*ACCOUNTS, "spent")}
    deposited = totals["deposited"]
    days = by_day(session, scope)
    return {
        **scope.head(SCHEMA),
        "currency": "USD",
        "unit": "cents",
        "totals": totals,
        "committed_share": (deposited - totals["available"]) / deposited if deposited else 0.0,
        "batches": rows,
        "days": days,
        "workers": by_worker(session, scope),
        "costs": [costs(session, one, row["spent"]) for one, row in zip(scope.batches, rows, strict=True)],
        "forecasts": [outlook(session, one, row, scope.at) for one, row in zip(scope.batches, rows, strict=True)],
        "since": {name: sum(day[name] for day in days) for name in ACCOUNTS} if scope.since else None,
        "delta": change(session, "budget", scope.name, totals),
    }


def _balances(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """A row for every Batch, oldest first."""
    found: dict[int, list[tuple[str, int]]] = {batch_id: [] for batch_id in scope.ids}
    rows = select(BalanceRow.batch_id, BalanceRow.account, func.sum(BalanceRow.cents)).group_by(
        col(BalanceRow.batch_id), col(BalanceRow.account)
    )
    for batch_id, account, cents in session.exec(rows.where(col(BalanceRow.batch_id).in_(scope.ids))):
        found[batch_id].append((account, cents))
    names = scope.names
    return [_row(names[batch_id], amounts(cents)) for batch_id, cents in found.items()]


def _row(name: str, money: dict[str, int]) -> dict[str, Any]:
    return {"batch": name, **money, "spent": sum(money[account] for account in SPENT)}
