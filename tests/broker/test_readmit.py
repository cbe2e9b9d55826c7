"""Who was excluded gets work again when nothing stands against them any more."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from driving import worked
from factories import wrong
from faulty import Crash, Fault

from crowdbroker.broker.judge import decide_by_hand
from crowdbroker.broker.readmit import BY_HAND
from crowdbroker.domain.quality import Decision
from crowdbroker.store.audit import acts_on
from crowdbroker.store.tables import ExclusionRow


def _approve(desk: Any, rows: list[Any], decision: Decision = Decision.APPROVE) -> None:
    for row in rows:
        decide_by_hand(desk.store, desk.batch(), row.assignment_id, decision, reason="I looked.", now=desk.clock())


def _offered(desk: Any, worker_id: str) -> bool:
    """Whether the marketplace would let the Worker see HITs of the Batch."""
    return not desk.market.has_qualification(desk.batch("first").row.exclusion_type_id, worker_id)


@pytest.fixture
def held(desk: Any) -> tuple[Any, str]:
    """A careless Worker whose ten Assignments are all held, and who is excluded at the marketplace too."""
    _, spammer = worked(desk, honest=1)
    desk.judge()
    desk.settle()
    assert {row.verdict for row in desk.of(spammer)} == {"hold"}
    assert not _offered(desk, spammer)
    return desk, spammer


def test_a_worker_whose_held_work_was_all_approved_by_hand_gets_work_again(held: tuple[Any, str]) -> None:
    desk, spammer = held
    *most, last = desk.of(spammer)
    _approve(desk, most)
    assert desk.count(ExclusionRow) == 1
    _approve(desk, [last])
    assert desk.count(ExclusionRow) == 0
    assert desk.settle().failed == 0
    assert [one.state for one in desk.effects("readmit")] == ["done"]
    assert _offered(desk, spammer)
    with desk.store.read() as session:
        [act] = acts_on(session, f"worker:{spammer}")
    assert (act.action, act.actor) == ("readmit", "crowdbroker judge")


def test_what_was_refused_by_hand_keeps_the_worker_out(held: tuple[Any, str]) -> None:
    desk, spammer = held
    first, *others = desk.of(spammer)
    _approve(desk, [first], Decision.REJECT)
    _approve(desk, others)
    desk.settle()
    assert desk.count(ExclusionRow) == 1
    assert desk.effects("readmit") == []
    assert not _offered(desk, spammer)


def test_who_does_poor_work_again_is_excluded_again(held: tuple[Any, str]) -> None:
    desk, spammer = held
    _approve(desk, desk.of(spammer))
    desk.settle()
    desk.load(items=4, gold=10, name="second")
    desk.publish("second")
    desk.work(spammer, answer=wrong)
    for row in desk.of(spammer):
        assert row.state == "approved" or row.batch_id == 2
    with desk.store.write() as session:
        from crowdbroker.broker.readmit import readmissions

        assert readmissions(session, 1) == {spammer: 1}
        session.add(
            ExclusionRow(
                batch_id=1, worker_row=desk.of(spammer)[0].worker_row, reason="Again.", evidence={}, at=desk.clock()
            )
        )
    from crowdbroker.broker.settle import settle

    settle(desk.store, desk.market, desk.batch("first"), desk.clock, marketplace="own")
    excludes = desk.effects("exclude")
    assert [(one.key.count(":"), one.state) for one in excludes] == [(2, "done"), (3, "done")]
    assert not _offered(desk, spammer)


def test_an_exclusion_that_a_person_decided_is_lifted_by_a_person_alone(held: tuple[Any, str]) -> None:
    desk, spammer = held
    with desk.store.write() as session:
        session.get_one(ExclusionRow, (1, desk.of(spammer)[0].worker_row)).evidence = {BY_HAND: "ann"}
    _approve(desk, desk.of(spammer))
    desk.settle()
    assert desk.count(ExclusionRow) == 1
    assert desk.effects("readmit") == []


def test_an_exclusion_that_was_never_sent_needs_no_effect(desk: Any) -> None:
    _, spammer = worked(desk, honest=1)
    desk.judge()
    _approve(desk, desk.of(spammer))
    desk.settle()
    assert (desk.effects("exclude"), desk.effects("readmit")) == ([], [])
    assert _offered(desk, spammer)


def test_refusals_go_before_approvals_and_the_most_urgent_first(desk: Any) -> None:
    worked(desk, honest=2, payment={"rejection": "automatic", "reject_cap": 0.5})
    desk.judge()
    desk.settle()
    kinds = [one.kind for one in desk.effects() if one.kind in ("approve", "reject")]
    assert kinds == sorted(kinds, reverse=True)
    assert "reject" in kinds
    rows = {row.id: row.auto_approval_at for row in desk.assignments()}
    for kind in ("reject", "approve"):
        ends = [rows[one.assignment_row] for one in desk.effects(kind)]
        assert ends == sorted(ends)


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.LOST_REQUEST, Fault.CRASH_AFTER, Fault.CRASH_BEFORE])
def test_a_readmission_is_carried_out_whatever_happens_to_its_call(held: tuple[Any, str], fault: Fault) -> None:
    desk, spammer = held
    _approve(desk, desk.of(spammer))
    desk.wire.next("DisassociateQualificationFromWorker", fault)
    with suppress(Crash):
        desk.settle()
    desk.pass_time(minutes=11)
    desk.settle()
    assert [one.state for one in desk.effects("readmit")] == ["done"]
    assert _offered(desk, spammer)
    assert set(desk.states()) == {"approved"}
    desk.check_books()
