"""What was held up does not undo what came after it."""

from __future__ import annotations

from typing import Any

from driving import worked
from faulty import Fault

from crowdbroker.broker.close import pause, resume
from crowdbroker.broker.judge import decide_by_hand
from crowdbroker.domain.quality import Decision


def test_a_pause_that_was_held_up_does_not_end_what_was_resumed(desk: Any) -> None:
    desk.load()
    desk.publish()
    at = (desk.store, desk.market, desk.batch(), desk.clock)
    hits = len(list(desk.market.list_hits()))
    desk.wire.next("UpdateExpirationForHIT", *[Fault.THROTTLED] * 8 * hits)
    pause(*at, marketplace="own")
    resume(*at, marketplace="own")
    desk.pass_time(minutes=2)
    desk.settle()
    assert {one.state for one in desk.effects("expire")} == {"done"}
    assert all(hit.available and hit.expires_at > desk.clock() for hit in desk.market.list_hits())


def test_an_exclusion_that_was_held_up_does_not_undo_a_readmission(desk: Any) -> None:
    _, spammer = worked(desk, honest=1)
    desk.judge()
    desk.wire.next("AssociateQualificationWithWorker", *[Fault.THROTTLED] * 8)
    desk.settle()
    for row in desk.of(spammer):
        decide_by_hand(
            desk.store, desk.batch(), row.assignment_id, Decision.APPROVE, reason="I looked.", now=desk.clock()
        )
    desk.settle()
    desk.pass_time(minutes=2)
    desk.settle()
    assert [one.state for one in desk.effects("exclude") + desk.effects("readmit")] == ["done", "done"]
    assert not desk.market.has_qualification(desk.batch().row.exclusion_type_id, spammer)


def test_a_pause_that_was_held_up_is_booked_as_of_when_it_happened(desk: Any) -> None:
    """An end that stands too early in the books would keep `doctor` from looking for a submission that comes late."""
    desk.load(items=4)
    desk.publish()
    desk.wire.next("UpdateExpirationForHIT", *[Fault.THROTTLED] * 8)
    pause(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")
    desk.pass_time(hours=3)
    desk.settle()
    assert [one.receipt["expires_at"] for one in desk.effects("expire")] == [desk.clock().isoformat()]


def test_a_pause_that_was_held_up_and_is_looked_up_is_booked_as_of_when_it_was_sent(desk: Any) -> None:
    desk.load(items=4)
    desk.publish()
    desk.wire.next("UpdateExpirationForHIT", *[Fault.THROTTLED] * 8, Fault.LOST_REPLY)
    pause(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")
    desk.pass_time(hours=3)
    sent = desk.clock()
    desk.settle()
    assert [one.receipt["expires_at"] for one in desk.effects("expire")] == [sent.isoformat()]
