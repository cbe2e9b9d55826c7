"""What goes wrong on the wire ends in exactly one effect, and in books that agree."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from driving import REFUSING, drive, restarted, summary
from faulty import Crash, Fault
from sqlmodel import col, select, update

from crowdbroker.broker.relay import relay
from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.errors import CrowdbrokerError, WrongKeys
from crowdbroker.store.effects import claim
from crowdbroker.store.tables import EffectRow

OPERATIONS = {
    "CreateQualificationType": "create_qualification_type",
    "CreateHITWithHITType": "create_hit",
    "ApproveAssignment": "approve",
    "RejectAssignment": "reject",
    "AssociateQualificationWithWorker": "exclude",
}
FAULTS: dict[str, list[Fault]] = {
    "the reply is lost twice": [Fault.LOST_REPLY, Fault.LOST_REPLY],
    "the request is lost": [Fault.LOST_REQUEST],
    "the server fails after": [Fault.ERROR_500_AFTER],
    "throttled for long": [Fault.THROTTLED] * 8,
    "nobody is there for long": [Fault.UNREACHABLE] * 8,
    "all of it": [Fault.THROTTLED, Fault.LOST_REQUEST, Fault.UNREACHABLE, Fault.LOST_REPLY, Fault.ERROR_500_AFTER],
}
MORE_FAULTS: dict[str, list[Fault]] = {
    "the reply is lost": [Fault.LOST_REPLY],
    "the reply comes too late": [Fault.TIMED_OUT_AFTER],
    "the server fails before": [Fault.ERROR_500],
    "throttled for a while": [Fault.THROTTLED] * 3,
    "keys that are not accepted for a while": [Fault.WRONG_KEYS],
    "the reply is lost, then the keys are not accepted": [Fault.LOST_REPLY, Fault.WRONG_KEYS],
}


@pytest.fixture(scope="module")
def expected(desks: Any) -> dict[str, Any]:
    """What a run without faults comes to."""
    desk = desks.take()
    desk.load(**REFUSING)
    drive(desk)
    found = summary(desk)
    desks.give_back(desk)
    assert found["states"] == ["approved", "approved", "rejected", "rejected"]
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_one_effect_whatever_happens(desk: Any, expected: dict[str, Any], operation: str, faults: list[Fault]) -> None:
    desk.load(**REFUSING)
    desk.wire.next(operation, *faults)
    drive(desk)
    assert summary(desk) == expected
    assert {effect.state for effect in desk.effects()} == {"done"}
    desk.check_books()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_effect_is_called_again_only_after_a_look(desk: Any, operation: str) -> None:
    """Without a fault each call is made once; the payment calls of a lost reply are not repeated at all."""
    desk.load(**REFUSING)
    desk.wire.next(operation, Fault.LOST_REPLY)
    drive(desk)
    kind = OPERATIONS[operation]
    wanted = len(desk.effects(kind))
    repeats = {"create_hit": 1, "exclude": 1}.get(kind, 0)  # one by its token, one because it changes nothing
    assert desk.wire.counted()[operation] == wanted + repeats


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("faults", MORE_FAULTS.values(), ids=MORE_FAULTS)
def test_one_effect_whatever_else_happens(
    desk: Any, expected: dict[str, Any], operation: str, faults: list[Fault]
) -> None:
    test_one_effect_whatever_happens(desk, expected, operation, faults)


def test_a_lost_reply_is_looked_up_at_once(desk: Any) -> None:
    desk.load(**REFUSING)
    desk.publish()
    for worker_id in desk.workers(1):
        desk.work(worker_id)
    desk.collect()
    desk.judge()
    desk.wire.next("ApproveAssignment", Fault.LOST_REPLY)
    report = desk.settle()
    assert (report.done, report.later) == (2, 0)
    assert desk.wire.counted()["GetAssignment"] == 1


def test_a_look_up_that_fails_leaves_it_sent_and_doubtful(desk: Any) -> None:
    desk.load(**REFUSING)
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.collect()
    desk.judge()
    desk.wire.next("ApproveAssignment", Fault.LOST_REPLY)
    desk.wire.next("GetAssignment", *[Fault.LOST_REPLY] * 8)
    report = desk.settle()
    assert report.later == 1
    [sent] = [effect for effect in desk.effects("approve") if effect.state == "sent"]
    assert "reply" in sent.problem
    desk.pass_time(seconds=5)
    desk.settle()
    assert {effect.state for effect in desk.effects("approve")} == {"done"}
    assert desk.wire.counted()["ApproveAssignment"] == 2
    desk.check_books()


def test_keys_that_stop_being_accepted_after_a_lost_reply_leave_doubt(desk: Any) -> None:
    desk.load(**REFUSING)
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.collect()
    desk.judge()
    desk.wire.next("ApproveAssignment", Fault.LOST_REPLY)
    desk.wire.next("GetAssignment", Fault.WRONG_KEYS)
    with suppress(WrongKeys):
        desk.settle()
    first = desk.effects("approve")[0]
    assert first.state == "sent"


def test_wrong_keys_stop_the_relay_and_the_next_one_goes_on(desk: Any) -> None:
    desk.load(items=20)
    desk.wire.next("CreateHITWithHITType", Fault.WRONG_KEYS)
    with pytest.raises(WrongKeys):
        desk.publish()
    assert desk.wire.counted()["CreateHITWithHITType"] == 1
    assert {effect.state for effect in desk.effects("create_hit")} == {"ready"}
    desk.pass_time(minutes=1)
    desk.publish()
    assert len(list(desk.market.list_hits())) == 5
    desk.check_books()


def test_a_reply_that_was_lost_a_day_ago_is_found_by_its_annotation(desk: Any) -> None:
    """MTurk has forgotten the token by then: a second call would publish a second HIT."""
    desk.load(**REFUSING)
    desk.wire.next("CreateHITWithHITType", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        desk.publish()
    desk.pass_time(hours=25)
    assert desk.publish().in_doubt == 1  # the other one of its group, of which nobody can tell
    assert len(list(desk.market.list_hits())) == 1
    assert sorted(effect.state for effect in desk.effects("create_hit")) == ["done", "in_doubt"]


def test_a_refusal_after_a_lost_reply_does_not_publish_a_second_hit(desk: Any) -> None:
    desk.load(items=4)
    desk.wire.next("CreateHITWithHITType", Fault.LOST_REPLY, Fault.REFUSED)
    desk.publish()
    for _ in range(3):
        desk.pass_time(minutes=11)
        desk.publish()
    assert len(list(desk.market.list_hits())) == 1
    assert [effect.state for effect in desk.effects("create_hit")] == ["done"]
    desk.check_books()


def test_a_refusal_after_a_lost_request_is_a_refusal_and_is_tried_again(desk: Any) -> None:
    desk.load(items=4)
    desk.wire.next("CreateHITWithHITType", Fault.LOST_REQUEST, Fault.REFUSED)
    desk.publish()
    desk.pass_time(minutes=11)
    assert desk.publish().failed == 1
    desk.publish()
    assert len(list(desk.market.list_hits())) == 1
    desk.check_books()


def test_an_exclusion_type_that_was_refused_is_tried_again(desk: Any) -> None:
    desk.load(items=4)
    desk.wire.next("CreateQualificationType", Fault.REFUSED, Fault.REFUSED)
    for _ in range(2):
        with pytest.raises(CrowdbrokerError, match="could not be made"):
            desk.publish()
    desk.publish()
    assert len(list(desk.market.list_hits())) == 1
    assert [effect.state for effect in desk.effects("create_qualification_type")] == ["failed", "failed", "done"]


def test_what_was_sent_a_day_ago_and_is_nowhere_waits_for_a_person(desk: Any) -> None:
    desk.load(**REFUSING)
    desk.wire.next("CreateHITWithHITType", Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        desk.publish()
    desk.pass_time(hours=25)
    report = desk.publish()
    assert report.in_doubt >= 1
    assert "more than 23 hours ago" in report.problem
    calls = desk.wire.counted()["CreateHITWithHITType"]
    desk.pass_time(hours=25)
    desk.publish()
    assert desk.wire.counted()["CreateHITWithHITType"] == calls


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "CreateHITWithHITType"])
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_day_between_a_crash_and_the_restart_is_no_obstacle(
    desk: Any, expected: dict[str, Any], operation: str, fault: Fault
) -> None:
    desk.load(**REFUSING)
    desk.wire.next(operation, fault)
    with pytest.raises(Crash):
        drive(desk)
    restarted(desk)
    desk.pass_time(hours=25)
    drive(desk)
    assert summary(desk) == expected
    desk.check_books()


def test_an_assignment_that_was_rejected_elsewhere_is_not_paid_silently(desk: Any) -> None:
    desk.load(**REFUSING)
    desk.publish()
    desk.work(desk.workers(1)[0], most=1)
    desk.collect()
    desk.pass_time(days=1)
    desk.judge()
    [row] = desk.assignments()
    desk.market.reject(row.assignment_id, feedback="by hand")
    report = desk.settle()
    assert (report.done, report.in_doubt) == (0, 1)
    assert "is Rejected at the marketplace" in report.problem
    desk.collect()
    assert desk.states() == ["rejected"]
    desk.check_books()


def test_two_relays_at_once_share_the_work(desk: Any) -> None:
    """The second claims what the first has not, and neither ends what the other holds."""
    desk.load(items=40, items_per_hit=1)
    desk.wire.next("CreateHITWithHITType", Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        desk.publish()
    with desk.store.write() as session:
        session.exec(update(EffectRow).where(col(EffectRow.kind) == "create_hit").values(state="ready"))
        group = claim(session, now=desk.clock(), owner="other", lease=timedelta(minutes=10), limit=10)
    report = relay(desk.store, desk.market, desk.clock)
    assert report.done == 30
    assert {effect.state for effect in desk.effects() if effect.id in {one.id for one in group}} == {"sent"}
    desk.pass_time(minutes=10)
    assert relay(desk.store, desk.market, desk.clock).done == 10
    assert len(list(desk.market.list_hits())) == 40
    desk.check_books()


def test_an_exclusion_type_that_could_not_be_made_is_told_and_made_the_next_time(desk: Any) -> None:
    desk.load()
    desk.wire.next("CreateQualificationType", Fault.LOST_REQUEST)
    with pytest.raises(CrowdbrokerError, match="the qualification that excludes Workers could not be made"):
        desk.publish()
    desk.pass_time(minutes=10)
    restarted(desk)
    desk.publish()
    assert len(list(desk.market.list_hits())) == 2


def test_every_intent_was_committed_before_its_call(desk: Any) -> None:
    """At the moment of each effecting call the store already shows it as sent, to a reader of its own."""
    seen: list[tuple[str, set[str]]] = []
    answer = desk.wire._answer

    def watching(request: Any) -> Any:
        target = request.headers["X-Amz-Target"]
        name = (target if isinstance(target, str) else target.decode()).rpartition(".")[2]
        if name in OPERATIONS:
            with desk.store.read() as session:
                rows = select(EffectRow.state).where(col(EffectRow.kind) == OPERATIONS[name])
                seen.append((name, set(session.exec(rows))))
        return answer(request)

    desk.wire._answer = watching
    desk.load(**REFUSING)
    drive(desk)
    assert {name for name, _ in seen} == set(OPERATIONS)
    assert all(EffectState.SENT in states and EffectState.READY not in states for _, states in seen)


def test_a_relay_that_was_held_up_calls_nothing_that_another_may_be_calling(desk: Any) -> None:
    """Nine minutes pass in the first of three calls; the lease of the others is nearly over then."""
    desk.load(items=3, items_per_hit=1)
    answer, held_up = desk.wire._answer, []

    def slow(request: Any, **extra: Any) -> Any:
        creating = request.headers["X-Amz-Target"].endswith(b"CreateHITWithHITType")
        reply = answer(request, **extra)
        if creating and not held_up:
            held_up.append(True)
            desk.pass_time(minutes=9)
        return reply

    desk.wire._answer = slow
    report = desk.publish()
    assert (report.done, report.later) == (1, 2)
    assert desk.wire.counted()["CreateHITWithHITType"] == 1
    assert desk.publish().done == 0  # still leased
    desk.pass_time(minutes=2)
    assert desk.publish().done == 2
    assert len(list(desk.market.list_hits())) == 3
    desk.check_books()
