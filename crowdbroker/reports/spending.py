"""The ledger by Batch and day, and by Batch and Worker; every figure is a sum of Entries or equals one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, func
from sqlmodel import Session, col, select

from crowdbroker.domain.lifecycle import AssignmentState, EffectState
from crowdbroker.reports.scope import Scope
from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import worker_names
from crowdbroker.store.tables import AssignmentRow, EffectRow, EntryRow, HITRow, WorkerRow

ACCOUNTS = tuple(account.value for account in Account)
FORGOTTEN = "(forgotten)"
"""What a Worker whose name was taken away is called."""


def shown_name(names: Mapping[int, str], worker: int) -> str:
    """The name of a Worker; those without one are told apart by their rows, for a name is a Worker in every report."""
    return names[worker] or f"{FORGOTTEN} {worker}"


def amounts(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Cents by account, with all accounts there and `deposited` as a positive amount."""
    every = dict.fromkeys(ACCOUNTS, 0)
    for account, cents in found:
        every[account] += -int(cents) if account == Account.DEPOSITED else int(cents)
    return every


def by_day(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """What changed on each UTC day of each Batch from `scope.since` on; without it the days sum to the balances."""
    day = _utc_day(session)
    rows = (
        select(EntryRow.batch_id, EntryRow.account, day, func.sum(EntryRow.cents))
        .where(col(EntryRow.batch_id).in_(scope.ids))
        .group_by(col(EntryRow.batch_id), col(EntryRow.account), day)
    )
    if scope.since_at is not None:
        rows = rows.where(col(EntryRow.at) >= scope.since_at)
    found: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    for batch_id, account, on, cents in session.exec(rows):
        found[batch_id, on].append((account, cents))
    names = scope.names
    return [{"batch": names[batch_id], "day": on, **amounts(found[batch_id, on])} for batch_id, on in sorted(found)]


def _utc_day(session: Session) -> ColumnElement[str]:
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", EntryRow.at), "YYYY-MM-DD", type_=String)
    # SQLite keeps times as text in UTC, so its day is how the text begins; taking the date apart is twice as slow.
    return func.substr(EntryRow.at, 1, 10, type_=String)


def by_worker(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """What each Worker was paid in each Batch, with the fees on it; the rows sum to rewards, bonuses and fees."""
    paid: dict[tuple[int, int], dict[str, int]] = defaultdict(
        lambda: {"assignments": 0, "rewards": 0, "bonuses": 0, "fees": 0}
    )
    for batch_id, worker, count, rewards, fees in session.exec(_rewards(scope.ids)):
        row = paid[batch_id, worker]
        row["assignments"] += count
        row["rewards"] += int(rewards)
        row["fees"] += int(fees)
    for batch_id, worker, cents, fees in session.exec(_bonuses(scope.ids)):
        row = paid[batch_id, worker]
        row["bonuses"] += int(cents)
        row["fees"] += int(fees)
    names, batches = worker_names(session), scope.names
    rows = [
        {"batch": batches[batch_id], "worker": shown_name(names, worker), **row}
        for (batch_id, worker), row in paid.items()
    ]
    order = {name: place for place, name in enumerate(batches.values())}
    return sorted(rows, key=lambda row: (order[row["batch"]], -row["rewards"] - row["bonuses"], row["worker"]))


def _rewards(ids: Sequence[int]) -> Any:
    paid: Any = (func.count(), func.sum(HITRow.reward_cents), func.sum(HITRow.fee_cents))
    return (
        select(AssignmentRow.batch_id, AssignmentRow.worker_row, *paid)
        .where(
            col(AssignmentRow.hit_row) == col(HITRow.id),
            col(AssignmentRow.batch_id).in_(ids),
            col(AssignmentRow.state) == AssignmentState.APPROVED,
        )
        .group_by(col(AssignmentRow.batch_id), col(AssignmentRow.worker_row))
    )


def _bonuses(ids: Sequence[int]) -> Any:
    cents, fee = (func.sum(col(EffectRow.request)[name].as_integer(), type_=Integer) for name in ("cents", "fee_cents"))
    return (
        select(EffectRow.batch_id, col(WorkerRow.id), cents, fee)
        .where(
            col(EffectRow.batch_id).in_(ids),
            col(EffectRow.kind) == "bonus",
            col(EffectRow.state) == EffectState.DONE,
            col(WorkerRow.worker_id) == col(EffectRow.request)["worker_id"].as_string(),
        )
        .group_by(col(EffectRow.batch_id), col(WorkerRow.id))
    )
