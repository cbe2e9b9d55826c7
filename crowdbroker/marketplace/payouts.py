"""Paying out what workers have earned: a run takes every balance that is large enough, once.

The marketplace keeps the books and moves no real money. A run says in one transaction that balances are paid out and
to whom; its file goes to whoever pays. The same run id again gives the same lines, so a run that was cut short between
the books and the file is simply asked for again; a line that was reversed since says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, func, update
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from crowdbroker.marketplace import ledger, notices
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.payout_tables import PayoutLineRow, PayoutRunRow
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AccountRow, WorkerRow
from crowdbroker.marketplace.times import from_ms, maybe_from_ms

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LONGEST_REASON = 1000


class PayoutRefused(Exception):
    """A payout that cannot be made or reversed; one sentence for the operator."""


@dataclass(frozen=True)
class Line:
    """What one run pays to one worker.

    Attributes:
        reversed_at: when the money came back to the worker's balance; None as long as it counts as paid.
    """

    run_id: str
    worker_id: str
    name: str
    cents: int
    since: datetime
    until: datetime
    reversed_at: datetime | None = None
    reversal_reason: str = ""


@dataclass(frozen=True)
class Run:
    """One run with its lines, by WorkerId; `is_new` tells whether this call posted it."""

    run_id: str
    made_at: datetime
    lines: list[Line]
    is_new: bool

    @property
    def cents(self) -> int:
        """What the lines come to, reversed ones included, as the run was posted."""
        return sum(line.cents for line in self.lines)

    @property
    def to_pay_cents(self) -> int:
        """What the lines come to that still count as paid."""
        return sum(line.cents for line in self.lines if line.reversed_at is None)


@dataclass(frozen=True)
class RunSum:
    """One run as the list of runs shows it."""

    run_id: str
    made_at: datetime
    workers: int
    cents: int
    reversed_lines: int


@dataclass(frozen=True)
class Payable:
    """What one worker has earned and not been paid."""

    worker_id: str
    name: str
    cents: int
    since_ms: int


def payable(session: Session, *, minimum_cents: int = 1) -> list[Payable]:
    """Return the workers who are owed at least that much, by WorkerId."""
    return _payable(session, minimum_cents, locked=False)


def pay_out(market: Marketplace, run_id: str, *, minimum_cents: int = 1) -> Run:
    """Return the run of this id; when there is none, post one for everybody who is owed the minimum.

    Args:
        run_id: letters, digits, `.`, `_` and `-`, up to 64.
        minimum_cents: who is owed less waits for a later run; at least 1. A run that exists keeps its own.

    Raises:
        PayoutRefused: the id is malformed.
    """
    _check_id(run_id)
    catch_up(market, market.now_ms())
    try:
        with market.write() as session:
            there = session.get(PayoutRunRow, run_id) is not None
            is_new = not there and _post(session, run_id, minimum_cents, market.now_ms())
    except IntegrityError:
        is_new = False  # another process posted it in the same moment
    with market.read() as session:
        found = find_run(session, run_id, is_new=is_new)
    return found or Run(run_id, market.clock(), [], is_new=False)


def plan_run(market: Marketplace, run_id: str, *, minimum_cents: int = 1) -> Run:
    """Return the run of this id where there is one, else what `pay_out` would post now; nothing is posted.

    Raises:
        PayoutRefused: the id is malformed.
    """
    _check_id(run_id)
    catch_up(market, market.now_ms())
    until = market.clock()
    with market.read() as session:
        found = find_run(session, run_id)
        due = payable(session, minimum_cents=max(minimum_cents, 1))
    lines = [Line(run_id, one.worker_id, one.name, one.cents, from_ms(one.since_ms), until) for one in due]
    return found or Run(run_id, until, lines, is_new=True)


def find_run(session: Session, run_id: str, *, is_new: bool = False) -> Run | None:
    """Return a run that was posted, or None."""
    row = session.get(PayoutRunRow, run_id)
    if row is None:
        return None
    lines = select(PayoutLineRow).where(PayoutLineRow.run_id == run_id).order_by(col(PayoutLineRow.worker_id))
    return Run(run_id, from_ms(row.made_ms), [_line(one) for one in session.exec(lines)], is_new)


def reverse(market: Marketplace, run_id: str, worker_id: str, reason: str) -> Line:
    """Put one line's money back on the worker's balance, for a transfer that came back; the next run pays it again.

    Raises:
        PayoutRefused: there is no such line, it was reversed before, or the reason is empty or too long.
    """
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise PayoutRefused(f"A reversal needs a reason of 1 to {LONGEST_REASON} characters.")
    now_ms = market.now_ms()
    with market.write() as session:
        line = session.get(PayoutLineRow, (run_id, worker_id))
        if line is None:
            raise PayoutRefused(f"Run {run_id} has no line for worker {worker_id}.")
        this = (col(PayoutLineRow.run_id) == run_id, col(PayoutLineRow.worker_id) == worker_id)
        open_line = update(PayoutLineRow).where(*this, col(PayoutLineRow.reversed_ms).is_(None))
        done = session.execute(open_line.values(reversed_ms=now_ms, reversal_reason=why))
        if not isinstance(done, CursorResult) or done.rowcount != 1:
            raise PayoutRefused(f"The line of worker {worker_id} in run {run_id} was reversed before.")
        reason_of_entry = f"payout {run_id} reversed"
        ledger.move(session, ledger.paid_out(worker_id), ledger.owed(worker_id), line.cents, reason_of_entry, now_ms)
        notices.payout_came_back(session, worker_id, line.cents, why, now_ms)
        session.refresh(line)
        return _line(line)


def payouts_of(session: Session, worker_id: str) -> list[Line]:
    """Return what was paid out to one worker, the latest first; reversed lines are among them."""
    made = col(PayoutRunRow.made_ms).desc()
    lines = (
        select(PayoutLineRow)
        .join(PayoutRunRow, col(PayoutRunRow.id) == col(PayoutLineRow.run_id))
        .where(PayoutLineRow.worker_id == worker_id)
        .order_by(made, col(PayoutLineRow.run_id))
    )
    return [_line(row) for row in session.exec(lines)]


def runs(session: Session, *, limit: int | None = None, offset: int = 0) -> list[RunSum]:
    """Return the runs, the latest first."""
    sums = (
        select_columns(
            col(PayoutRunRow.id),
            col(PayoutRunRow.made_ms),
            func.count(col(PayoutLineRow.worker_id)),
            func.coalesce(func.sum(PayoutLineRow.cents), 0),
            func.count(col(PayoutLineRow.reversed_ms)),
        )
        .join(PayoutLineRow, col(PayoutLineRow.run_id) == col(PayoutRunRow.id), isouter=True)
        .group_by(col(PayoutRunRow.id), col(PayoutRunRow.made_ms))
        .order_by(col(PayoutRunRow.made_ms).desc(), col(PayoutRunRow.id))
        .limit(limit)
        .offset(offset)
    )
    return [
        RunSum(name, from_ms(made), workers, int(cents), back)
        for name, made, workers, cents, back in session.execute(sums)
    ]


def _check_id(run_id: str) -> None:
    if not RUN_ID.fullmatch(run_id):
        raise PayoutRefused(
            "A run id is 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first."
        )


def _post(session: Session, run_id: str, minimum_cents: int, now_ms: int) -> bool:
    due = _payable(session, max(minimum_cents, 1), locked=True)
    if not due:
        return False  # a run without lines would use up its id
    session.add(PayoutRunRow(id=run_id, minimum_cents=minimum_cents, made_ms=now_ms))
    session.flush()
    _open_missing(session, [ledger.paid_out(one.worker_id) for one in due])
    for one in due:
        owed, paid = ledger.owed(one.worker_id), ledger.paid_out(one.worker_id)
        ledger.move(session, owed, paid, one.cents, f"payout {run_id}", now_ms)
        notices.paid_out(session, one.worker_id, one.cents, run_id, now_ms)
        session.add(
            PayoutLineRow(
                run_id=run_id,
                worker_id=one.worker_id,
                name=one.name,
                cents=one.cents,
                since_ms=one.since_ms,
                until_ms=now_ms,
            )
        )
    return True


def _payable(session: Session, minimum_cents: int, *, locked: bool) -> list[Payable]:
    last = (
        select(PayoutLineRow.worker_id, func.max(PayoutLineRow.until_ms).label("until_ms"))
        .where(col(PayoutLineRow.reversed_ms).is_(None))
        .group_by(PayoutLineRow.worker_id)
    )
    until = dict(session.exec(last).all())
    rows = (
        select(WorkerRow.id, WorkerRow.name, AccountRow.balance_cents, WorkerRow.created_ms)
        .join(AccountRow, col(AccountRow.id) == ledger.owed("") + col(WorkerRow.id))
        .where(AccountRow.balance_cents >= minimum_cents)
        .order_by(col(WorkerRow.id))
    )
    if locked:
        # Two runs at once would otherwise both want the same balances, and the later one would fail.
        rows = rows.with_for_update(of=AccountRow)
    return [Payable(who, name, cents, until.get(who, made_ms)) for who, name, cents, made_ms in session.exec(rows)]


def _open_missing(session: Session, names: Sequence[str]) -> None:
    there = set(session.exec(select(AccountRow.id).where(col(AccountRow.id).startswith(ledger.paid_out("")))))
    ledger.open_accounts(session, *(name for name in names if name not in there))


def _line(row: PayoutLineRow) -> Line:
    return Line(
        run_id=row.run_id,
        worker_id=row.worker_id,
        name=row.name,
        cents=row.cents,
        since=from_ms(row.since_ms),
        until=from_ms(row.until_ms),
        reversed_at=maybe_from_ms(row.reversed_ms),
        reversal_reason=row.reversal_reason or "",
    )
