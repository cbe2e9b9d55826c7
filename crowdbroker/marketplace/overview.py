"""The marketplace at a glance: what it holds, what waits for somebody, and where the money is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.marketplace import ledger, lifecycle
from crowdbroker.marketplace.disabled_workers import DisabledWorkerRow
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.notifications import outbox
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AccountRow, AssignmentRow, HitRow, RequesterRow, WorkerRow
from crowdbroker.marketplace.times import maybe_from_ms


@dataclass(frozen=True)
class Overview:
    """One moment of a marketplace.

    Attributes:
        hits: how many HITs, by their status, disposed ones included while they are kept.
        held: places that workers hold right now.
        undecided: submitted Assignments that wait for their requester.
        next_approval: when the first of them is approved by itself.
        deliveries: events that wait to be delivered; `failed_deliveries` were given up.
        unpaid_workers: how many are owed something.
        available_cents, on_hold_cents: of all requesters together.
        owed_cents: earned by workers and not paid out; `paid_cents` was paid out.
        misbehaves: the fidelity switches that are on, by name.
    """

    now: datetime
    hits: Mapping[str, int]
    held: int
    undecided: int
    next_approval: datetime | None
    workers: int
    disabled_workers: int
    requesters: int
    keyed_requesters: int
    deliveries: int
    failed_deliveries: int
    unpaid_workers: int
    available_cents: int
    on_hold_cents: int
    owed_cents: int
    paid_cents: int
    fees_cents: int
    misbehaves: Mapping[str, Any]


def overview(market: Marketplace) -> Overview:
    """Return the marketplace at a glance."""
    catch_up(market, market.now_ms())
    with market.read() as session:
        status = select(HitRow.status, func.count()).group_by(HitRow.status).order_by(HitRow.status)
        undecided, next_ms = _undecided(session)
        deliveries = outbox.waiting(session)
        return Overview(
            now=market.clock(),
            hits=dict(session.exec(status).all()),
            held=_count(session, AssignmentRow, AssignmentRow.status == lifecycle.HELD),
            undecided=undecided,
            next_approval=maybe_from_ms(next_ms),
            workers=_count(session, WorkerRow),
            disabled_workers=_count(session, DisabledWorkerRow),
            requesters=_count(session, RequesterRow),
            keyed_requesters=_count(session, RequesterRow, col(RequesterRow.access_key).is_not(None)),
            deliveries=deliveries.waiting,
            failed_deliveries=deliveries.failed,
            unpaid_workers=_count(session, AccountRow, _named(ledger.owed("")), AccountRow.balance_cents > 0),
            available_cents=_sum(session, ledger.available("")),
            on_hold_cents=_sum(session, ledger.held("")),
            owed_cents=_sum(session, ledger.owed("")),
            paid_cents=_sum(session, ledger.paid_out("")),
            fees_cents=ledger.balance_cents(session, ledger.FEES),
            misbehaves=market.fidelity.on(),
        )


def _undecided(session: Session) -> tuple[int, int | None]:
    waiting = select(func.count(), func.min(AssignmentRow.due_ms)).where(AssignmentRow.status == lifecycle.SUBMITTED)
    count, due_ms = session.exec(waiting).one()
    return int(count), due_ms


def _count(session: Session, table: Any, *where: Any) -> int:
    return int(session.exec(select(func.count()).select_from(table).where(*where)).one())


def _sum(session: Session, prefix: str) -> int:
    return int(session.exec(select(func.sum(AccountRow.balance_cents)).where(_named(prefix))).one() or 0)


def _named(prefix: str) -> Any:
    return col(AccountRow.id).startswith(prefix)
