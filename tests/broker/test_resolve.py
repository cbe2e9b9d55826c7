"""An Effect in doubt is settled by what the marketplace shows, or by a person within that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from driving import worked
from faulty import Fault
from sqlalchemy import text

from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.doctor import examine, repair
from crowdbroker.broker.evidence import Evidence
from crowdbroker.broker.resolve import inspect, look_again, resolve
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import InputError, StaleState
from crowdbroker.store.audit import acts_on
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import EffectRow


def _bonus_in_doubt(desk: Any, *faults: Fault) -> EffectRow:
    """A bonus whose reply was lost, and whose token is forgotten by now."""
    good, _ = worked(desk)
    desk.judge()
    desk.settle()
    desk.wire.next("SendBonus", *faults)
    desk.wire.next("ListBonusPayments", *[Fault.UNREACHABLE] * 8)
    compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker=good[0],
        cents=50,
        reason="Thank you.",
        tariff=Tariff(),
        marketplace="own",
    )
    desk.pass_time(hours=24)
    with desk.store.write() as session:
        session.connection().execute(
            text("UPDATE effect SET state = 'in_doubt', problem = 'lost', ended_at = next_at WHERE kind = 'bonus'")
        )
    [effect] = desk.effects("bonus")
    return effect


def _seen(desk: Any, effect: EffectRow) -> Evidence:
    return inspect(desk.store, desk.market, effect, desk.clock(), marketplace="own")


def _settle(desk: Any, effect: EffectRow, *, happened: bool, reason: str = "I asked.") -> None:
    resolve(desk.store, effect, _seen(desk, effect), desk.clock, happened=happened, actor="ann", reason=reason)


def test_what_the_marketplace_proves_is_settled_without_a_person(desk: Any) -> None:
    effect = _bonus_in_doubt(desk, Fault.LOST_REPLY)
    evidence = _seen(desk, effect)
    assert "$0.50" in evidence.seen[0]
    assert look_again(desk.store, effect, evidence, desk.clock, actor="ann")
    assert [one.state for one in desk.effects("bonus")] == ["done"]
    assert desk.money()[Account.BONUSES] == 50
    desk.check_books()


def test_what_the_marketplace_shows_cannot_be_said_to_have_failed(desk: Any) -> None:
    effect = _bonus_in_doubt(desk, Fault.LOST_REPLY)
    with pytest.raises(InputError, match="does not let this be failed"):
        _settle(desk, effect, happened=False)
    assert desk.money()[Account.RESERVED] == 60


def test_a_person_says_that_it_did_not_happen_and_the_money_comes_back(desk: Any) -> None:
    effect = _bonus_in_doubt(desk, Fault.LOST_REQUEST)
    evidence = _seen(desk, effect)
    assert not look_again(desk.store, effect, evidence, desk.clock, actor="ann")
    _settle(desk, effect, happened=False, reason="The Worker has nothing.")
    assert [one.state for one in desk.effects("bonus")] == ["failed"]
    assert (desk.money()[Account.RESERVED], desk.money()[Account.BONUSES]) == (0, 0)
    desk.check_books()
    with desk.store.read() as session:
        [act] = acts_on(session, effect.key)
    assert (act.actor, act.action, act.reason) == ("ann", "resolve", "The Worker has nothing.")
    assert act.evidence["state"] == "failed"
    assert act.evidence["problem"] == "lost"


def test_a_person_says_that_it_happened_and_it_is_booked(desk: Any) -> None:
    effect = _bonus_in_doubt(desk, Fault.LOST_REQUEST)
    _settle(desk, effect, happened=True)
    assert (desk.money()[Account.RESERVED], desk.money()[Account.BONUSES]) == (0, 50)


def test_an_effect_is_settled_once_and_with_a_reason(desk: Any) -> None:
    effect = _bonus_in_doubt(desk, Fault.LOST_REQUEST)
    with pytest.raises(InputError) as caught:
        _settle(desk, effect, happened=False, reason=" ")
    assert caught.value.field == "--reason"
    _settle(desk, effect, happened=False)
    with pytest.raises(StaleState, match="no longer in doubt"):  # a second person still has the first view of it
        _settle(desk, effect, happened=True)
    with pytest.raises(InputError, match="not in doubt"):
        _settle(desk, desk.effects("bonus")[0], happened=True)
    assert desk.money()[Account.BONUSES] == 0


def test_a_hit_that_carries_the_mark_is_the_effects_own(desk: Any) -> None:
    desk.load()
    desk.publish()
    with desk.store.write() as session:
        for statement in (
            "UPDATE effect SET state = 'in_doubt', receipt = '{}' WHERE kind = 'create_hit'",
            "UPDATE hit SET state = 'planned', hit_id = NULL",
        ):
            session.connection().execute(text(statement))
    batch = desk.batch()
    found = examine(desk.store, desk.market, [batch], desk.clock, marketplace="own")
    assert [one.check for one in found.wrong] == ["in doubt", "in doubt"]
    done = repair(desk.store, desk.market, batch, found.findings, desk.clock, marketplace="own")
    assert len(done.done) == 2
    assert examine(desk.store, desk.market, [batch], desk.clock, marketplace="own").findings == []


def _extension_in_doubt(desk: Any) -> EffectRow:
    from crowdbroker.broker.top_up import top_up

    desk.load(items=3, gold=1, lifetime="1h", overlap=1)
    desk.publish()
    [worker_id] = desk.workers(1)
    desk.work(worker_id)
    desk.collect()
    with desk.store.write() as session:
        # Its only work was refused, so that a place is missing.
        for statement in (
            "UPDATE assignment SET state = 'rejected'",
            "UPDATE hit SET state = 'closed'",
        ):
            session.connection().execute(text(statement))
    top_up(desk.store, desk.batch(), Tariff(), desk.clock())
    with desk.store.write() as session:
        session.connection().execute(text("UPDATE effect SET state = 'in_doubt' WHERE kind = 'extend'"))
    [effect] = desk.effects("extend")
    return effect


@pytest.mark.parametrize("added", [0, 1, 3])
def test_the_places_of_the_hit_decide_whether_it_was_extended(desk: Any, added: int) -> None:
    effect = _extension_in_doubt(desk)
    if added:
        desk.market.extend(effect.request["hit_id"], added, token="t" * 64)
    evidence = _seen(desk, effect)
    assert (evidence.receipt is not None, evidence.may_fail) == {
        0: (False, True),
        1: (True, False),
        3: (False, False),
    }[added]
    if added == 3:
        # Somebody else has added some or all of them: the books take those that were asked for, and no others.
        assert evidence.done_with == {"max_assignments": 2}
        with pytest.raises(InputError):
            _settle(desk, effect, happened=False)
        _settle(desk, effect, happened=True)
        assert [one.state for one in desk.effects("extend")] == ["done"]


def test_a_decision_in_doubt_follows_what_the_marketplace_decided(desk: Any) -> None:
    _, _ = worked(desk)
    desk.judge()
    row = next(row for row in desk.assignments() if row.verdict == "approve")
    desk.market.reject(row.assignment_id, feedback="By another program.")
    desk.settle()
    [effect] = [one for one in desk.effects("approve") if one.state == "in_doubt"]
    evidence = _seen(desk, effect)
    assert (evidence.receipt, evidence.done_with) == (None, {"status": "Rejected"})
    _settle(desk, effect, happened=True)
    assert next(one for one in desk.assignments() if one.id == row.id).state == "rejected"
    desk.check_books()


def test_kinds_that_are_never_in_doubt_have_nothing_to_look_up(desk: Any, any_effect: Callable[..., Any]) -> None:
    assert _seen(desk, any_effect(desk, "create_qualification_type")).receipt is None


@pytest.fixture
def any_effect() -> Callable[..., EffectRow]:
    """Return what publishes a Batch and gives one Effect of a kind."""

    def find(desk: Any, kind: str) -> EffectRow:
        desk.load()
        desk.publish()
        effect: EffectRow = desk.effects(kind)[0]
        return effect

    return find
