from __future__ import annotations

from datetime import timedelta

import pytest

from crowdbroker.marketplace import worker


def test_a_submitted_assignment_is_shown_with_its_times(desk):
    hit, ann = desk.hit(), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    accepted = desk.clock.now
    desk.clock.move(minutes=5)
    worker.submit(desk.market, ann, held.assignment_id, [("animal", "cat")])
    found = desk.client.get_assignment(AssignmentId=held.assignment_id)
    assert found["HIT"]["HITId"] == hit["HITId"]
    shown = found["Assignment"]
    assert (shown["WorkerId"], shown["HITId"], shown["AssignmentStatus"]) == (ann, hit["HITId"], "Submitted")
    assert (shown["AcceptTime"], shown["SubmitTime"]) == (accepted, desk.clock.now)
    assert shown["Deadline"] == accepted + timedelta(minutes=10)
    assert shown["AutoApprovalTime"] == desk.clock.now + timedelta(days=1)
    assert "ApprovalTime" not in shown
    assert "<FreeText>cat</FreeText>" in shown["Answer"]
    assert desk.client.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"] == [shown]


def test_assignments_come_in_the_order_of_submission_in_pages(desk):
    hit = desk.hit(MaxAssignments=5)
    holders = [(name := desk.worker(), worker.accept(desk.market, name, hit["HITId"])) for _ in range(5)]
    for name, held in reversed(holders):
        desk.clock.move(seconds=1)
        worker.submit(desk.market, name, held.assignment_id, [("a", "b")])
    seen, token = [], {}
    while True:
        page = desk.client.list_assignments_for_hit(HITId=hit["HITId"], MaxResults=2, **token)
        seen += [one["AssignmentId"] for one in page["Assignments"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == [held.assignment_id for _, held in reversed(holders)]


def test_assignments_are_listed_by_status_and_held_ones_never(desk):
    hit = desk.hit(MaxAssignments=4)
    approved, rejected, waiting = (desk.done(hit) for _ in range(3))
    worker.accept(desk.market, desk.worker(), hit["HITId"])
    desk.client.approve_assignment(AssignmentId=approved)
    desk.client.reject_assignment(AssignmentId=rejected, RequesterFeedback="blank")

    def ids(*statuses):
        asked = {"AssignmentStatuses": list(statuses)} if statuses else {}
        found = desk.client.list_assignments_for_hit(HITId=hit["HITId"], **asked)["Assignments"]
        return {one["AssignmentId"] for one in found}

    assert ids() == {approved, rejected, waiting}
    assert ids("Submitted") == {waiting}
    assert ids("Approved", "Rejected") == {approved, rejected}


def test_approval_pays_reward_and_fee_out_of_the_hold(desk):
    hit, ann = desk.hit(Reward="1.00"), desk.worker()
    done = desk.done(hit, ann)
    desk.clock.move(minutes=1)
    desk.client.approve_assignment(AssignmentId=done, RequesterFeedback="Thank you")
    shown = desk.client.get_assignment(AssignmentId=done)["Assignment"]
    assert (shown["AssignmentStatus"], shown["RequesterFeedback"]) == ("Approved", "Thank you")
    assert shown["ApprovalTime"] == desk.clock.now
    assert "RejectionTime" not in shown
    assert desk.balance() == ("9998.80", "0.00")
    assert worker.earnings(desk.market, ann).approved_cents == 100
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    assert desk.look(hit)["NumberOfAssignmentsCompleted"] == 1
    assert desk.problems() == []


def test_refusal_gives_the_money_back_and_uses_the_place_up(desk):
    hit, ann = desk.hit(), desk.worker()
    done = desk.done(hit, ann)
    desk.client.reject_assignment(AssignmentId=done, RequesterFeedback="No answer")
    assert desk.status(done) == "Rejected"
    assert desk.balance() == ("10000.00", "0.00")
    refused = worker.earnings(desk.market, ann)
    assert (refused.approved_cents, refused.rejected) == (0, 1)
    shown = desk.look(hit)
    assert (shown["HITStatus"], shown["NumberOfAssignmentsAvailable"]) == ("Reviewable", 0)
    assert worker.history(desk.market, ann)[0].feedback == "No answer"


def test_decisions_start_from_submitted_only(desk):
    hit = desk.hit(MaxAssignments=2)
    approved, rejected = desk.done(hit), desk.done(hit)
    desk.client.approve_assignment(AssignmentId=approved)
    desk.client.reject_assignment(AssignmentId=rejected, RequesterFeedback="no")
    for done in (approved, rejected):
        for call, more in (
            (desk.client.approve_assignment, {}),
            (desk.client.reject_assignment, {"RequesterFeedback": "no"}),
        ):
            refused = desk.refusal(call, AssignmentId=done, **more)
            assert refused.code == "InvalidAssignmentState"
            assert "This operation can be called with a status of: Submitted" in refused.text
    assert desk.problems() == []


def test_a_place_that_was_never_submitted_cannot_be_read_or_decided(desk):
    held = worker.accept(desk.market, desk.worker(), desk.hit()["HITId"])
    refused = desk.refusal(desk.client.get_assignment, AssignmentId=held.assignment_id)
    assert (refused.code, "status of: Reviewable,Approved,Rejected" in refused.text) == ("InvalidAssignmentState", True)
    refused = desk.refusal(desk.client.approve_assignment, AssignmentId=held.assignment_id)
    assert (refused.code, "status of: null" in refused.text) == ("InvalidAssignmentState", True)


@pytest.mark.parametrize("name", ["get_assignment", "approve_assignment", "reject_assignment"])
def test_an_unknown_assignment_does_not_exist(desk, name):
    more = {"RequesterFeedback": "x"} if name == "reject_assignment" else {}
    refused = desk.refusal(getattr(desk.client, name), AssignmentId="3NOSUCH", **more)
    assert refused.code == "AssignmentDoesNotExist"
    assert "Assignment 3NOSUCH does not exist." in refused.text


def test_a_refusal_is_overridden_within_30_days(desk):
    hit, ann = desk.hit(), desk.worker()
    done = desk.done(hit, ann)
    desk.client.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    desk.clock.move(days=30)
    desk.client.approve_assignment(AssignmentId=done, OverrideRejection=True)
    assert desk.status(done) == "Approved"
    assert worker.earnings(desk.market, ann).approved_cents == 5
    assert desk.problems() == []


def test_a_refusal_stands_after_30_days_and_after_deletion(desk):
    late, deleted = desk.hit(), desk.hit()
    on_late, on_deleted = desk.done(late), desk.done(deleted)
    for done in (on_late, on_deleted):
        desk.client.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    desk.client.delete_hit(HITId=deleted["HITId"])
    override = {"OverrideRejection": True}
    assert desk.refusal(desk.client.approve_assignment, AssignmentId=on_deleted, **override).code.endswith("State")
    desk.clock.move(days=30, seconds=1)
    assert desk.refusal(desk.client.approve_assignment, AssignmentId=on_late, **override).code.endswith("State")


def test_an_override_needs_funds(open_desk):
    desk = open_desk(starting_balance_cents=6)
    done = desk.done(desk.hit())
    desk.client.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    desk.hit(Title="Another")
    refused = desk.refusal(desk.client.approve_assignment, AssignmentId=done, OverrideRejection=True)
    assert refused.code == "InsufficientFunds"
    assert desk.status(done) == "Rejected"
    assert desk.problems() == []


def test_an_override_flag_on_submitted_work_is_harmless(desk):
    done = desk.done(desk.hit())
    desk.client.approve_assignment(AssignmentId=done, OverrideRejection=True)
    assert desk.status(done) == "Approved"
