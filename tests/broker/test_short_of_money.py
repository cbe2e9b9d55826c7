"""Where the money for more work is lacking, those who have worked are judged and paid all the same."""

from __future__ import annotations

from typing import Any

import pytest
from driving import worked
from faulty import Fault
from topping import ended, prepare

from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.run import Round, run, run_round
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import EndpointUnreachable, InsufficientFunds, OverBudget
from crowdbroker.marketplace import ledger, worker
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER, deposit
from crowdbroker.store.ledger import Account

SOON = {"payment": {"rejection": "never", "decide_within": "1h"}}


def a_round(desk: Any) -> Round:
    return run_round(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")


def empty_the_account(desk: Any) -> None:
    purse = ledger.available(DEFAULT_REQUESTER)
    with desk.marketplace.write() as session:
        cents = ledger.balance_cents(session, purse)
        ledger.move(session, purse, ledger.BANK, cents, "withdrawn", desk.marketplace.now_ms())


@pytest.fixture
def emptied(desk: Any) -> Any:
    """A desk with a HIT that one worker has done, another that is still to be made, and an empty account."""
    desk.load(items=8, gold=5, **SOON)
    desk.wire.next("CreateHITWithHITType", *[Fault.THROTTLED] * 8)
    desk.publish()
    empty_the_account(desk)
    assert desk.work(desk.workers(1)[0]) == 1
    desk.collect()
    desk.pass_time(hours=2)
    return desk


def test_an_empty_account_keeps_nobody_from_being_paid(emptied: Any) -> None:
    with pytest.raises(InsufficientFunds):
        a_round(emptied)
    assert emptied.states() == ["approved"]
    assert sorted(one.state for one in emptied.effects("create_hit")) == ["done", "ready"]


def test_settling_pays_before_it_says_that_the_account_is_empty(emptied: Any) -> None:
    emptied.judge()
    with pytest.raises(InsufficientFunds):
        emptied.settle()
    assert emptied.states() == ["approved"]


def test_all_who_wait_are_paid_however_much_waits_for_money(desk: Any) -> None:
    """More HITs wait for money than one group holds, and they were due first; each costs no call of its own."""
    desk.load(items=60, items_per_hit=1, gold=5, overlap=1, **SOON)
    desk.wire.next("CreateHITWithHITType", *[Fault.THROTTLED] * 8 * 49)
    desk.publish()
    assert desk.publish().done == 10
    empty_the_account(desk)
    for worker_id in desk.workers(1):
        desk.work(worker_id)
    desk.collect()
    desk.pass_time(hours=2)
    desk.judge()
    desk.wire.calls.clear()
    with pytest.raises(InsufficientFunds):
        desk.settle()
    assert set(desk.states()) == {"approved"}
    assert desk.wire.counted()["CreateHITWithHITType"] == 1


def test_a_loop_goes_on_while_work_is_under_way_and_says_why_not_all_is_published(emptied: Any) -> None:
    told: list[str] = []
    for name in ("AX", "AY"):
        worker.enrol(emptied.marketplace, name, worker_id=name)

    def wait() -> None:
        emptied.pass_time(minutes=5)
        with emptied.marketplace.write() as session:
            deposit(session, DEFAULT_REQUESTER, 1000, at_ms=emptied.marketplace.now_ms())
        for worker_id in ("AW0", "AX", "AY"):
            emptied.work(worker_id)
        emptied.pass_time(days=8)

    run(
        emptied.store,
        emptied.market,
        emptied.batch(),
        emptied.clock,
        marketplace="own",
        wait=wait,
        tell=lambda this: told.append(this.published.problem or this.settled.problem),
    )
    assert "cannot cover" in told[0]
    assert set(told[1:]) == {""}
    assert set(emptied.states()) == {"approved"}
    emptied.check_books()


def test_a_loop_ends_with_the_reason_where_nothing_is_under_way(desk: Any) -> None:
    desk.load(items=8, gold=5, **SOON)
    empty_the_account(desk)
    told: list[Round] = []
    with pytest.raises(InsufficientFunds):
        run(
            desk.store,
            desk.market,
            desk.batch(),
            desk.clock,
            marketplace="own",
            wait=lambda: pytest.fail("nothing is under way"),
            tell=told.append,
        )
    assert [type(this.short) for this in told] == [InsufficientFunds]


def test_a_budget_that_covers_no_more_hits_keeps_nobody_from_being_paid(desk: Any) -> None:
    """A top-up has planned a HIT beside another one, and its money went to a bonus."""
    names = ended(desk, good=7, refused=2, overlap=9)
    prepare(desk)
    cents = int(desk.money()[Account.AVAILABLE] / 1.2) - 2
    compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker=names[-1],
        cents=cents,
        reason="Thank you.",
        tariff=Tariff(),
        marketplace="own",
    )
    desk.pass_time(days=30)
    with pytest.raises(OverBudget):
        a_round(desk)
    assert desk.states().count("approved") == 7


def test_wrong_keys_and_the_like_still_stop_at_once(desk: Any) -> None:
    good, _ = worked(desk)
    desk.judge()
    desk.wire.next("ApproveAssignment", Fault.UNREACHABLE, *[Fault.UNREACHABLE] * 8)
    with pytest.raises(EndpointUnreachable):
        desk.settle()
    assert "approved" not in {row.state for row in desk.of(good[0])}
