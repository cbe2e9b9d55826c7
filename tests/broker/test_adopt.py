"""A database is lost, the HITs are not: a Batch that is loaded again takes them over."""

from __future__ import annotations

from typing import Any

import pytest
from databases import migrated, rewrite
from factories import wrong
from faulty import Fault

from crowdbroker.broker.adopt import Adopted, adopt
from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.doctor import Examined, examine
from crowdbroker.broker.top_up import top_up
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError, OverBudget
from crowdbroker.marketplace import worker
from crowdbroker.store.audit import acts_on
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import AnswerRow


def _lose_the_database(desk: Any) -> None:
    rewrite(desk.store.engine, migrated())


def _adopt(desk: Any) -> Adopted:
    return adopt(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own", tariff=Tariff(), actor="a test")


def _look(desk: Any) -> Examined:
    return examine(desk.store, desk.market, [desk.batch()], desk.clock, marketplace="own")


def _pay_a_bonus(desk: Any, worker_id: str) -> Any:
    return compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker=worker_id,
        cents=25,
        reason="Thank you.",
        tariff=Tariff(),
        marketplace="own",
    )


@pytest.fixture
def lost(desk: Any) -> Any:
    """Two HITs: one paid with a bonus, work that waits, and a database that is gone; then loaded again."""
    desk.load()
    desk.publish()
    first, second = desk.workers(2)
    desk.work(first)
    desk.collect()
    for row in desk.assignments():
        desk.market.approve(row.assignment_id)
    desk.collect()
    _pay_a_bonus(desk, first)
    desk.work(second, most=1)
    desk.before = desk.batch().uid, desk.money()
    _lose_the_database(desk)
    desk.load()
    return desk


def test_hits_work_bonuses_and_money_are_taken_over(lost: Any) -> None:
    uid, money = lost.before
    assert [one.check for one in _look(lost).findings] == ["orphans"]
    adopted = _adopt(lost)
    assert (adopted.uid, adopted.hits, adopted.siblings, adopted.missing) == (uid, 2, 0, 0)
    assert (adopted.bonuses, adopted.collected.assignments, adopted.strange) == (1, 3, [])
    assert sorted(lost.states()) == ["approved", "approved", "submitted"]
    assert lost.money() == money | {
        Account.RESERVED: money[Account.RESERVED] - 6,
        Account.OWED: money[Account.OWED] + 6,
    }
    assert _look(lost).findings == []
    lost.check_books()
    with lost.store.read() as session:
        [act] = acts_on(session, uid)
    assert (act.actor, act.action, act.evidence["hits"]) == ("a test", "adopt", 2)


def test_what_was_done_before_is_not_done_again(lost: Any) -> None:
    _adopt(lost)
    hits, paid = len(list(lost.market.list_hits())), lost.paid()
    lost.publish()
    assert _pay_a_bonus(lost, "AW0").done == 0
    assert len(list(lost.market.list_hits())) == hits
    assert lost.paid() == paid
    # The rest of the Batch goes on as if nothing had happened.
    for worker_id in ("AW1", *(worker.enrol(lost.marketplace, name, worker_id=name) for name in ("AX", "AY"))):
        lost.work(worker_id)
    lost.collect()
    lost.judge()
    lost.settle()
    assert set(lost.states()) == {"approved"}
    assert lost.count(AnswerRow) == 30
    assert _look(lost).findings == []
    lost.check_books()


def test_a_worker_who_was_excluded_can_be_excluded_again(desk: Any) -> None:
    desk.load(items=20, gold=10, settings={"gold": {"per_hit": 3}})
    desk.publish()
    [spammer] = desk.workers(1)
    desk.work(spammer, answer=wrong)
    _lose_the_database(desk)
    desk.load(items=20, gold=10, settings={"gold": {"per_hit": 3}})
    _adopt(desk)
    desk.judge()
    assert desk.settle().failed == 0
    assert [one.state for one in desk.effects("exclude")] == ["done"]


def test_a_bonus_whose_second_try_was_paid_is_not_paid_again(desk: Any) -> None:
    """The first try was refused, which nothing at the marketplace shows after the database is lost."""
    desk.load()
    desk.publish()
    [worker_id] = desk.workers(1)
    desk.work(worker_id)
    desk.collect()
    for row in desk.assignments():
        desk.market.approve(row.assignment_id)
    desk.collect()
    desk.wire.next("SendBonus", Fault.REFUSED)
    assert _pay_a_bonus(desk, worker_id).failed == 1
    assert _pay_a_bonus(desk, worker_id).done == 1
    paid = desk.paid()
    _lose_the_database(desk)
    desk.load()
    assert _adopt(desk).bonuses == 1
    assert _pay_a_bonus(desk, worker_id).done == 0
    assert desk.paid() == paid
    desk.check_books()


def test_siblings_of_a_top_up_are_adopted_with_their_first(desk: Any) -> None:
    desk.load(items=3, gold=1, lifetime="1h", overlap=9)
    desk.publish()
    for worker_id in desk.workers(9):
        desk.work(worker_id)
    desk.collect()
    for row in desk.assignments()[:2]:
        desk.market.reject(row.assignment_id, feedback="By hand.")
    desk.collect()
    top_up(desk.store, desk.batch(), Tariff(), desk.clock())
    desk.publish()
    assert len(list(desk.market.list_hits())) == 2
    _lose_the_database(desk)
    desk.load(items=3, gold=1, lifetime="1h", overlap=9)
    adopted = _adopt(desk)
    assert (adopted.hits, adopted.siblings, adopted.missing) == (1, 1, 0)
    assert _look(desk).findings == []
    desk.check_books()


def test_a_hit_that_was_deleted_since_is_said_to_be_missing(lost: Any) -> None:
    hits = list(lost.market.list_hits())
    lost.pass_time(hours=1)
    lost.market.expire(hits[0].hit_id, lost.clock())
    for one in lost.market.list_assignments(hits[0].hit_id):
        if one.status == "Submitted":
            lost.market.approve(one.assignment_id)
    lost.market._client.delete_hit(HITId=hits[0].hit_id)
    adopted = _adopt(lost)
    assert (adopted.hits, adopted.missing) == (1, 1)


@pytest.mark.parametrize("changes", [{"seed": 2}, {"items": 7}, {"title": "Another page"}])
def test_only_the_batch_that_was_lost_is_adopted(desk: Any, changes: dict[str, Any]) -> None:
    desk.load(items=8)
    desk.publish()
    _lose_the_database(desk)
    loaded = {"items": 8} | changes
    desk.load(**loaded)
    if "title" in changes:
        # A title stands on no page of these tests' template, so the HITs are the same.
        assert _adopt(desk).hits == 2
        return
    with pytest.raises(InputError) as caught:
        _adopt(desk)
    assert caught.value.field == "--adopt"
    assert desk.effects() == []


def test_a_batch_that_was_published_adopts_nothing(desk: Any) -> None:
    desk.load()
    desk.publish()
    with pytest.raises(InputError, match="published already"):
        _adopt(desk)


def test_a_budget_that_does_not_cover_what_was_published_adopts_nothing(desk: Any) -> None:
    desk.load()
    desk.publish()
    _lose_the_database(desk)
    desk.load(budget="0.10")
    with pytest.raises(OverBudget):
        _adopt(desk)
    assert desk.effects() == []
    assert desk.batch().row.endpoint is None
