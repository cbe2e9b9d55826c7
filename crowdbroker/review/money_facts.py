"""What the money pages tell of a Batch: the reports' figures, kept beside the requests, and the burn-down's picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from crowdbroker.reports.costs import costs
from crowdbroker.reports.outlook import REASONS, outlook
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.spending import by_day, by_worker
from crowdbroker.store.ledger import balances
from crowdbroker.store.reads import view
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow

SPENT = ("rewards", "fees", "bonuses")
KINDS = ("deposited", *SPENT)
WIDTH, HEIGHT = 600, 160
"""Of the burn-down, in its own units."""


@dataclass(frozen=True)
class Day:
    """What one UTC day changed, and what was left of the deposits at its end; cents."""

    on: date
    deposited: int
    rewards: int
    fees: int
    bonuses: int
    left: int

    @property
    def spent(self) -> int:
        """Rewards, fees and bonuses of the day."""
        return self.rewards + self.fees + self.bonuses


@dataclass(frozen=True)
class Money:
    """The money of a Batch; cents.

    Attributes:
        accounts: by account, `deposited` as a positive amount.
        workers: a row a Worker: worker, assignments, rewards, bonuses, fees.
        costs: as the budget report gives them.
        outlook: the forecast, as the budget report gives it.
    """

    at: datetime
    accounts: Mapping[str, int]
    days: Sequence[Day]
    workers: Sequence[Mapping[str, Any]]
    costs: Mapping[str, Any]
    outlook: Mapping[str, Any]

    @property
    def spent(self) -> int:
        """Rewards, fees and bonuses."""
        return sum(self.accounts[name] for name in SPENT)

    @property
    def why_no_end(self) -> str:
        """Why nobody can tell when the last answer comes; empty where it can be told."""
        reason = self.outlook["why_no_completion"]
        return REASONS[reason] if reason else ""

    @property
    def ends(self) -> tuple[datetime, datetime, datetime] | None:
        """When the last answer comes: expected, early, late."""
        end = self.outlook["completion"]
        if end is None:
            return None
        expected, low, high = (datetime.fromisoformat(end[name]) for name in ("expected", "low", "high"))
        return expected, low, high


def money_of(store: Store, batch_id: int, now: datetime) -> Money:
    """Find out all of it: a second on half a million Answers."""
    with store.read() as session:
        batch = view(session.get_one(BatchRow, batch_id))
        scope = Scope(batch.name, [batch], None, now)
        accounts = {account.value: cents for account, cents in balances(session, batch_id).items()}
        spent = sum(accounts[name] for name in SPENT)
        return Money(
            now,
            accounts,
            _days(by_day(session, scope)),
            by_worker(session, scope),
            costs(session, batch, spent),
            outlook(session, batch, accounts, now),
        )


def _days(rows: Sequence[Mapping[str, Any]]) -> list[Day]:
    left, days = 0, []
    for row in rows:
        left += row["deposited"] - sum(row[name] for name in SPENT)
        kinds = {name: row[name] for name in KINDS}
        days.append(Day(on=date.fromisoformat(row["day"]), left=left, **kinds))
    return days


@dataclass(frozen=True)
class BurnDown:
    """What is left of the deposits over the days, in a picture of WIDTH by HEIGHT.

    Attributes:
        line: points of what was left, day by day.
        ahead: points from today to the expected end; empty without a forecast.
        most: cents at the top.
    """

    line: str
    ahead: str
    most: int
    first: date
    last: date


def burn_down(money: Money) -> BurnDown | None:
    """The picture; None where no money has moved yet."""
    if not money.days:
        return None
    first, now = money.days[0].on, money.at.date()
    end = money.ends[0].date() if money.ends else now
    last = min(max(end, now, money.days[-1].on), first + timedelta(days=3660))
    span = max((last - first).days + 1, 1)
    most = max(money.days[0].deposited, *(day.left for day in money.days), 1)

    def point(on: date, left: int, add: int = 0) -> str:
        return f"{((on - first).days + add) / span * WIDTH:.1f},{HEIGHT * (1 - max(left, 0) / most):.1f}"

    places, before = [], money.days[0].deposited
    for day in money.days:
        # Nothing moves between two days with Entries, so the line is level up to the next one.
        places += [point(day.on, before), point(day.on, day.left, 1)]
        before = day.left
    today = point(now, money.days[-1].left, 1)
    ending = money.accounts["deposited"] - money.outlook["spend"]["expected"]
    ahead = f"{today} {point(last, ending, 1)}" if last > now and ending < money.days[-1].left else ""
    return BurnDown(" ".join([*places, today]), ahead, most, first, last)
