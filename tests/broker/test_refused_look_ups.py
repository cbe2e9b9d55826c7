"""A look-up that the marketplace refuses says nothing about the call: nothing is made or paid a second time."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from driving import worked
from faulty import Crash, Fault

from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.doctor import examine, repair
from crowdbroker.broker.evidence import Evidence
from crowdbroker.broker.payers import Payer
from crowdbroker.broker.relay import relay
from crowdbroker.broker.resolve import inspect, resolve
from crowdbroker.broker.reverse import reverse
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import CrowdbrokerError
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import EffectRow


def pay(desk: Any, worker: str) -> Any:
    return compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker=worker,
        cents=25,
        reason="Thank you.",
        tariff=Tariff(),
        marketplace="own",
    )


def only(desk: Any, kind: str) -> EffectRow:
    [effect] = desk.effects(kind)
    return effect


def seen(desk: Any, effect: EffectRow) -> Evidence:
    return inspect(desk.store, desk.market, effect, desk.clock(), marketplace="own")


@pytest.fixture
def promised(desk: Any) -> Any:
    """A desk whose bonus was paid, and the reply is lost; its list of payments is refused when it is asked for."""
    good, _ = worked(desk)
    desk.judge()
    desk.settle()
    desk.wire.next("SendBonus", Fault.LOST_REPLY)
    desk.wire.next("ListBonusPayments", *[Fault.UNREACHABLE] * 8, Fault.REFUSED)
    with suppress(CrowdbrokerError):
        pay(desk, good[0])
    desk.pass_time(minutes=11)
    relay(desk.store, desk.market, desk.clock)
    return desk


def test_a_bonus_whose_list_is_refused_is_neither_given_up_nor_paid_again(promised: Any) -> None:
    effect = only(promised, "bonus")
    assert (effect.state, promised.money()[Account.RESERVED]) == ("in_doubt", 25 + 5)
    assert "cannot be looked up" in effect.problem
    pay(promised, effect.request["worker_id"])
    assert promised.wire.counted()["SendBonus"] == 1
    assert only(promised, "bonus").state == "in_doubt"


def test_a_doctor_whose_look_is_refused_goes_on(promised: Any) -> None:
    batch = promised.batch()
    found = examine(promised.store, promised.market, [batch], promised.clock, marketplace="own")
    promised.wire.next("ListBonusPayments", Fault.REFUSED)
    assert repair(promised.store, promised.market, batch, found.findings, promised.clock, marketplace="own").done == []
    promised.wire.next("ListBonusPayments", Fault.REFUSED)
    evidence = seen(promised, only(promised, "bonus"))
    assert (evidence.receipt, evidence.done_with, evidence.may_fail) == (None, {"paid": True}, True)
    repair(promised.store, promised.market, batch, found.findings, promised.clock, marketplace="own")
    assert only(promised, "bonus").state == "done"
    promised.check_books()


def test_a_reversal_whose_hit_was_deleted_meanwhile_waits_for_a_person(desk: Any) -> None:
    desk.load(items=2, gold=10, items_per_hit=1, overlap=1, settings={"gold": {"per_hit": 1}})
    desk.publish()
    [worker_id] = desk.workers(1)
    desk.work(worker_id, most=1)
    desk.collect()
    [row] = desk.assignments()
    desk.market.reject(row.assignment_id, feedback="By hand.")
    desk.collect()
    reverse(desk.store, desk.batch(), row.id, reason="", payer=Payer("ann"), now=desk.clock())
    desk.wire.next("ApproveAssignment", Fault.LOST_REPLY)
    desk.wire.next("GetAssignment", *[Fault.UNREACHABLE] * 8)
    with suppress(CrowdbrokerError):
        desk.settle()
    [hit_id] = [one.hit_id for one in desk.market.list_hits() if one.completed]
    desk.market.expire(hit_id, desk.clock())
    desk.market._client.delete_hit(HITId=hit_id)
    desk.pass_time(minutes=11)
    desk.settle()
    effect = only(desk, "reverse")
    assert effect.state == "in_doubt"
    evidence = seen(desk, effect)
    assert (evidence.receipt, evidence.done_with, evidence.may_fail) == (None, {"status": "Approved"}, True)
    resolve(desk.store, effect, evidence, desk.clock, happened=True, actor="ann", reason="The Worker has it.")
    assert desk.states() == ["approved"]
    assert desk.money()[Account.REWARDS] == desk.paid()[worker_id] == 5


@pytest.mark.parametrize("hours", [1, 25])
def test_a_hit_is_not_made_twice_where_the_list_of_hits_is_refused(desk: Any, hours: int) -> None:
    """Within the life of its token it is called again, which is refused for the used token; later, looked for."""
    desk.load(items=4)
    desk.wire.next("CreateHITWithHITType", Fault.CRASH_AFTER, Fault.REFUSED)
    with pytest.raises(Crash):
        desk.publish()
    desk.pass_time(hours=hours)
    desk.wire.next("ListHITs", Fault.REFUSED)
    desk.publish()
    effect = only(desk, "create_hit")
    assert effect.state == "in_doubt"
    desk.wire.next("ListHITs", Fault.REFUSED)
    assert not seen(desk, effect).may_fail
    desk.publish()
    assert len(list(desk.market.list_hits())) == 1
    assert seen(desk, effect).receipt is not None


def test_an_end_of_life_in_doubt_is_settled_by_the_hit(desk: Any) -> None:
    desk.load(items=4)
    desk.publish()
    [hit] = desk.market.list_hits()
    effect = EffectRow(
        batch_id=1,
        key="expire:x:0:1",
        kind="expire",
        request={"hit_id": hit.hit_id, "expire_at": hit.expires_at.isoformat(), "until": None, "reopen": False},
        state="in_doubt",
    )
    assert seen(desk, effect).receipt == {"expires_at": hit.expires_at.isoformat()}
    desk.market.expire(hit.hit_id, hit.expires_at + timedelta(hours=1))
    evidence = seen(desk, effect)
    assert (evidence.receipt, evidence.may_fail) == (None, True)
    desk.wire.next("GetHIT", Fault.REFUSED)
    assert "does not show the HIT" in seen(desk, effect).seen[0]
