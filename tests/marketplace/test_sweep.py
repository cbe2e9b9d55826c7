from __future__ import annotations

from datetime import timedelta

import pytest

from crowdbroker.marketplace import worker


def test_submitted_work_is_approved_by_itself_at_its_time(desk):
    hit, ann = desk.hit(), desk.worker()
    done = desk.done(hit, ann)
    decides = desk.clock.now + timedelta(days=1)
    desk.clock.move(hours=23, minutes=59)
    assert desk.status(done) == "Submitted"
    desk.clock.move(days=2)
    shown = desk.client.get_assignment(AssignmentId=done)["Assignment"]
    assert (shown["AssignmentStatus"], shown["ApprovalTime"]) == ("Approved", decides)
    assert worker.earnings(desk.market, ann).approved_cents == 5
    refused = desk.refusal(desk.client.reject_assignment, AssignmentId=done, RequesterFeedback="late")
    assert refused.code == "InvalidAssignmentState"
    assert desk.problems() == []


def test_a_delay_of_zero_approves_at_once(desk):
    done = desk.done(desk.hit(AutoApprovalDelayInSeconds=0))
    assert desk.status(done) == "Approved"
    assert desk.problems() == []


def test_abandoned_work_frees_its_place_for_others(desk):
    hit, ann, bob = desk.hit(), desk.worker(), desk.worker()
    first = worker.accept(desk.market, ann, hit["HITId"])
    assert worker.groups(desk.market, bob) == []
    desk.clock.move(minutes=10)
    assert worker.groups(desk.market, bob)[0].available == 1
    assert worker.accept(desk.market, bob, hit["HITId"]).assignment_id == first.assignment_id
    assert worker.held(desk.market, ann) == []
    assert desk.problems() == []


def test_expiry_gives_back_the_money_of_unused_places_only(desk):
    hit, ann = desk.hit(MaxAssignments=3), desk.worker()
    worker.accept(desk.market, ann, hit["HITId"])
    desk.clock.move(minutes=55)
    held = worker.accept(desk.market, desk.worker(), hit["HITId"])
    desk.clock.move(minutes=5)
    shown = desk.look(hit)
    assert (shown["HITStatus"], shown["NumberOfAssignmentsPending"], shown["NumberOfAssignmentsAvailable"]) == (
        "Unassignable",
        1,
        0,
    )
    assert desk.balance() == ("9999.94", "0.06")
    worker.give_back(desk.market, held.worker_id, held.assignment_id)
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    assert desk.balance() == ("10000.00", "0.00")
    assert desk.problems() == []


def test_work_abandoned_after_expiry_is_not_offered_again(desk):
    hit = desk.hit()
    desk.clock.move(minutes=55)
    worker.accept(desk.market, desk.worker(), hit["HITId"])
    desk.clock.move(hours=3)
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    assert worker.groups(desk.market, desk.worker()) == []
    assert desk.balance() == ("10000.00", "0.00")


def test_a_finished_hit_is_disposed_of_after_120_days(desk):
    hit = desk.hit()
    done = desk.done(hit)
    desk.clock.move(days=119)
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    desk.clock.move(days=1)
    assert desk.look(hit)["HITStatus"] == "Disposed"
    assert desk.refusal(desk.client.get_assignment, AssignmentId=done).code == "InvalidHITState"


@pytest.mark.parametrize("batch", [1, 2, 5, 200])
def test_everything_that_is_due_is_done_by_the_next_call(desk, batch, monkeypatch):
    monkeypatch.setattr("crowdbroker.marketplace.sweep.BATCH", batch)
    for _ in range(4):
        desk.done(desk.hit(MaxAssignments=2))
    desk.clock.move(days=40)
    assert desk.balance() == ("9999.76", "0.00")
    assert desk.problems() == []
