"""Money in the browser: its figures are the ledger's, to the cent."""

from __future__ import annotations

from datetime import date

from desks import Desk
from hired import hired
from reviewing import Office

from crowdbroker.broker.compensate import promise_bonus
from crowdbroker.domain.money import Tariff, dollars
from crowdbroker.review.money_facts import KINDS, burn_down, money_of
from crowdbroker.store.ledger import Account, folded


def _spent(desk: Desk) -> str:
    """A Batch that is paid over two days, with a bonus; returns a Worker's name."""
    careful, _ = hired(desk)
    desk.judge()
    desk.settle()
    desk.pass_time(days=2)
    with desk.store.write() as session:
        promise_bonus(
            session, desk.batch(), worker=careful, cents=33, reason="Thanks", tariff=Tariff(), now=desk.clock()
        )
    desk.settle()
    return careful


def test_the_figures_equal_the_ledgers_folding_to_the_cent(desk: Desk, office: Office) -> None:
    _spent(desk)
    money = money_of(desk.store, 1, desk.clock())
    with desk.store.read() as session:
        proof = folded(session, 1)
    assert dict(money.accounts) == {account.value: cents for account, cents in proof.items()}
    for kind in KINDS:
        assert sum(getattr(day, kind) for day in money.days) == proof[Account(kind)], kind
    for kind in ("rewards", "bonuses", "fees"):
        assert sum(row[kind] for row in money.workers) == proof[Account(kind)], kind
    assert money.days[-1].left == proof[Account.DEPOSITED] - money.spent
    page = office.browser("viewer").get("/batches/1/money").text
    for cents in (money.spent, *money.accounts.values(), money.outlook["spend"]["expected"], money.costs["gold"]):
        assert dollars(cents) in page


def test_the_burn_down_falls_from_the_deposits_to_what_is_left(desk: Desk) -> None:
    _spent(desk)
    money = money_of(desk.store, 1, desk.clock())
    picture = burn_down(money)
    assert picture is not None
    assert (picture.first, picture.last) == (date(2026, 3, 2), date(2026, 3, 4))
    places = [tuple(map(float, place.split(","))) for place in picture.line.split()]
    assert places[0] == (0.0, 0.0)
    assert places == sorted(places)
    left = money.days[-1].left / picture.most
    assert places[-1] == (600.0, round(160 * (1 - left), 1))


def test_a_batch_without_money_says_so(desk: Desk, office: Office) -> None:
    desk.load()
    page = office.browser("viewer").get("/batches/1/money")
    assert page.status == 200
    for words in ("Nobody has been paid yet", "nothing is published yet", "no Label yet"):
        assert words in page.text, words


def test_all_batches_are_beside_each_other_with_their_sum(desk: Desk, office: Office) -> None:
    _spent(desk)
    desk.load(name="second")
    page = office.browser("viewer").get("/money").text
    with desk.store.read() as session:
        proof = folded(session)
    assert page.count('/money"><bdi>') == 2
    assert dollars(proof[Account.FEES]) in page
    only = Office(desk, only=2).browser("viewer", "somebody").get("/money").text
    assert (">second<" in only, ">first<" in only) == (True, False)
