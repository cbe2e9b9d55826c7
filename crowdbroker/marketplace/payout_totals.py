"""What each worker was paid in a calendar year, for whoever must report payments to people.

The year of a payment is that of its run, in UTC. Whether and from which sum a payer must report is the law of the
payer's country; the threshold is a setting, and this is no legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.marketplace.payout_tables import PayoutLineRow, PayoutRunRow
from crowdbroker.marketplace.tables import WorkerRow
from crowdbroker.marketplace.times import epoch_ms


@dataclass(frozen=True)
class YearTotal:
    """What one worker was paid in one year, lines that were reversed not counted."""

    worker_id: str
    name: str
    payouts: int
    cents: int


def year_totals(session: Session, year: int) -> list[YearTotal]:
    """Return the totals of everybody who was paid in a year (UTC), the largest first."""
    began, ended = (epoch_ms(datetime(one, 1, 1, tzinfo=UTC)) for one in (year, year + 1))
    cents = func.sum(PayoutLineRow.cents)
    rows = (
        select(WorkerRow.id, WorkerRow.name, func.count(), cents)
        .join(PayoutLineRow, col(PayoutLineRow.worker_id) == col(WorkerRow.id))
        .join(PayoutRunRow, col(PayoutRunRow.id) == col(PayoutLineRow.run_id))
        .where(col(PayoutLineRow.reversed_ms).is_(None))
        .where(PayoutRunRow.made_ms >= began, PayoutRunRow.made_ms < ended)
        .group_by(col(WorkerRow.id), col(WorkerRow.name))
        .order_by(cents.desc(), col(WorkerRow.id))
    )
    return [YearTotal(who, name, payouts, int(total)) for who, name, payouts, total in session.exec(rows)]
