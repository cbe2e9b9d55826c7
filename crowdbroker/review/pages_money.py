"""Money: where a Batch's deposits went and where it is heading, and all Batches beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from crowdbroker.review.money_facts import Day, burn_down, money_of
from crowdbroker.review.pages import Page, Review, Tab, show
from crowdbroker.review.sessions import Person
from crowdbroker.store.ledger import Account, balances
from crowdbroker.store.reads import view
from crowdbroker.store.review_reads import batch_rows

SAID: Mapping[str, str] = {}
TABS: Sequence[Tab] = (Tab("money", "Money", "/money"),)
_DAYS, _WORKERS = 31, 25
_SPENT = (Account.REWARDS, Account.FEES, Account.BONUSES)


def _one(review: Review, request: Request, person: Person) -> Response:
    with review.store.read() as session:
        batch = review.batch_of(session, request)
    kept = review.facts.keep("money", lambda batch_id: money_of(review.store, batch_id, review.clock()))
    money = kept.get_if_there(batch.id)
    if money is None:
        return show(review, request, "wait.html", person=person, batch=batch, tab="money", title="Money")
    days, workers = list(money.days), list(money.workers)
    return show(
        review,
        request,
        "money.html",
        person=person,
        batch=batch,
        tab="money",
        money=money,
        days=days[-_DAYS:][::-1],
        earlier=_summed(days[:-_DAYS]),
        workers=workers[:_WORKERS],
        others=len(workers[_WORKERS:]),
        rest={name: sum(row[name] for row in workers[_WORKERS:]) for name in ("rewards", "bonuses", "fees")},
        picture=burn_down(money),
    )


def _summed(days: Sequence[Day]) -> Day | None:
    """The days before those that are shown, in one."""
    if not days:
        return None
    sums = (sum(getattr(day, name) for day in days) for name in ("deposited", "rewards", "fees", "bonuses"))
    deposited, rewards, fees, bonuses = sums
    return Day(days[-1].on, deposited, rewards, fees, bonuses, days[-1].left)


def _all(review: Review, request: Request, person: Person) -> Response:
    with review.store.read() as session:
        batches = [view(row) for row in batch_rows(session, review.only)]
        found = [(one, balances(session, one.id)) for one in batches]
    rows = [(one, cents, sum(cents[account] for account in _SPENT)) for one, cents in found]
    totals = {account: sum(cents[account] for _, cents, _ in rows) for account in Account}
    spent = sum(spent for _, _, spent in rows)
    return show(review, request, "money_all.html", person=person, rows=rows, totals=totals, spent=spent)


PAGES: Sequence[Page] = (
    Page("/money", _all),
    Page("/batches/{batch_id:int}/money", _one),
)
