from __future__ import annotations

from datetime import timedelta

import pytest

from crowdbroker.marketplace import worker


def test_more_places_are_held_and_open_a_finished_hit_again(desk):
    hit = desk.hit()
    desk.done(hit)
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    desk.client.create_additional_assignments_for_hit(HITId=hit["HITId"], NumberOfAdditionalAssignments=2)
    grown = desk.look(hit)
    assert (grown["HITStatus"], grown["MaxAssignments"], grown["NumberOfAssignmentsAvailable"]) == ("Assignable", 3, 2)
    assert desk.balance() == ("9999.82", "0.18")
    assert desk.problems() == []


def test_a_small_hit_never_grows_past_the_fee_step_and_a_large_one_may(desk):
    small, large = desk.hit(MaxAssignments=9), desk.hit(MaxAssignments=10)
    grow = desk.client.create_additional_assignments_for_hit
    refused = desk.refusal(grow, HITId=small["HITId"], NumberOfAdditionalAssignments=1)
    assert refused.code == "InvalidMaximumAssignmentsIncrease"
    grow(HITId=large["HITId"], NumberOfAdditionalAssignments=5)
    assert desk.look(large)["MaxAssignments"] == 15
    assert desk.refusal(grow, HITId=small["HITId"], NumberOfAdditionalAssignments=0).kind == "ParameterValidationError"


def test_an_extension_needs_funds_and_repeats_of_its_token_name_the_first_request(desk):
    hit = desk.hit(Reward="1000.00", MaxAssignments=2)
    grow = desk.client.create_additional_assignments_for_hit
    assert desk.refusal(grow, HITId=hit["HITId"], NumberOfAdditionalAssignments=7).code == "InsufficientFunds"
    asked = {"HITId": hit["HITId"], "NumberOfAdditionalAssignments": 1, "UniqueRequestToken": "x1"}
    first = grow(**asked)["ResponseMetadata"]["RequestId"]
    assert first in desk.refusal(grow, **asked).text
    assert desk.look(hit)["MaxAssignments"] == 3
    desk.clock.move(hours=24)
    assert desk.refusal(grow, **(asked | {"UniqueRequestToken": "x2", "HITId": "3NO"})).code == "HITDoesNotExist"


def test_an_expired_hit_opens_only_when_its_expiration_is_moved_too(desk):
    hit = desk.hit(MaxAssignments=2)
    desk.clock.move(hours=2)
    assert (desk.look(hit)["HITStatus"], desk.balance()) == ("Reviewable", ("10000.00", "0.00"))
    desk.client.create_additional_assignments_for_hit(HITId=hit["HITId"], NumberOfAdditionalAssignments=1)
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=desk.clock.now + timedelta(hours=1))
    reopened = desk.look(hit)
    assert (reopened["HITStatus"], reopened["NumberOfAssignmentsAvailable"]) == ("Assignable", 3)
    assert desk.balance() == ("9999.82", "0.18")
    assert desk.problems() == []


@pytest.mark.parametrize("moment", [0, 1_420_070_400])
def test_a_past_expiration_ends_a_hit_at_once_and_frees_its_money(desk, moment):
    hit = desk.hit(MaxAssignments=5)
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=moment)
    ended = desk.look(hit)
    assert (ended["HITStatus"], ended["NumberOfAssignmentsAvailable"]) == ("Reviewable", 0)
    assert desk.balance() == ("10000.00", "0.00")
    assert worker.groups(desk.market, desk.worker()) == []


def test_the_same_hit_and_time_is_refused_as_already_processed(desk):
    hit = desk.hit()
    end = {"HITId": hit["HITId"], "ExpireAt": desk.clock.now}
    desk.client.update_expiration_for_hit(**end)
    refused = desk.refusal(desk.client.update_expiration_for_hit, **end)
    assert refused.kind == "RequestError"
    assert f'The idempotency token "{hit["HITId"]}' in refused.text
    assert "has already been processed." in refused.text
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=desk.clock.now - timedelta(seconds=1))


def test_a_hit_that_was_opened_again_can_be_ended_again_by_the_same_call(desk):
    hit = desk.hit(MaxAssignments=5)
    end = {"HITId": hit["HITId"], "ExpireAt": 0}
    for _ in range(2):
        desk.client.update_expiration_for_hit(**end)
        assert desk.look(hit)["NumberOfAssignmentsAvailable"] == 0
        desk.clock.move(minutes=1)
        later = desk.clock.now + timedelta(hours=1)
        desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=later)
    desk.client.update_expiration_for_hit(**end)
    assert desk.balance() == ("10000.00", "0.00")
    assert desk.refusal(desk.client.update_expiration_for_hit, **end).code == "DuplicateRequest"


def test_an_expiration_more_than_a_year_ahead_is_refused(desk):
    hit = desk.hit()
    far = desk.clock.now + timedelta(days=400)
    refused = desk.refusal(desk.client.update_expiration_for_hit, HITId=hit["HITId"], ExpireAt=far)
    assert refused.kind == "ParameterValidationError"


def test_workers_keep_their_deadline_when_the_hit_is_ended(desk):
    hit, ann = desk.hit(MaxAssignments=3), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    assert desk.look(hit)["HITStatus"] == "Unassignable"
    desk.clock.move(minutes=9)
    worker.submit(desk.market, ann, held.assignment_id, [("a", "b")])
    assert desk.look(hit)["HITStatus"] == "Reviewable"
    assert desk.problems() == []


def test_another_type_changes_the_price_of_places_that_nobody_has_taken(desk):
    hit, ann = desk.hit(MaxAssignments=3), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    richer = desk.hit(Reward="1.00", LifetimeInSeconds=30)
    desk.client.update_hit_type_of_hit(HITId=hit["HITId"], HITTypeId=richer["HITTypeId"])
    assert desk.look(hit)["Reward"] == "1.00"
    assert desk.problems() == []
    worker.submit(desk.market, ann, held.assignment_id, [("a", "b")])
    desk.client.approve_assignment(AssignmentId=held.assignment_id)
    assert worker.earnings(desk.market, ann).approved_cents == 5
    bob = desk.worker()
    assert worker.accept(desk.market, bob, hit["HITId"]).reward_cents == 100
    assert desk.problems() == []


def test_a_place_given_back_after_a_change_to_a_dearer_type_is_still_covered(desk):
    hit, ann = desk.hit(), desk.worker()
    held = worker.accept(desk.market, ann, hit["HITId"])
    richer = desk.hit(Reward="1.00", LifetimeInSeconds=30)
    desk.client.update_hit_type_of_hit(HITId=hit["HITId"], HITTypeId=richer["HITTypeId"])
    worker.give_back(desk.market, ann, held.assignment_id)
    assert worker.accept(desk.market, ann, hit["HITId"]).reward_cents == 100
    assert desk.problems() == []


def test_the_review_status_moves_forth_and_back_and_nothing_else(desk):
    hit = desk.hit()
    move = desk.client.update_hit_review_status
    refused = desk.refusal(move, HITId=hit["HITId"])
    assert refused.code == "InvalidHITState"
    assert "currently in the state 'Assignable'" in refused.text
    desk.done(hit)
    assert desk.refusal(move, HITId=hit["HITId"], Revert=True).code == "InvalidHITState"
    move(HITId=hit["HITId"], Revert=False)
    assert desk.look(hit)["HITStatus"] == "Reviewing"
    move(HITId=hit["HITId"], Revert=True)
    assert desk.look(hit)["HITStatus"] == "Reviewable"


def test_only_a_finished_and_decided_hit_is_deleted(desk):
    hit = desk.hit()
    refused = desk.refusal(desk.client.delete_hit, HITId=hit["HITId"])
    assert refused.code == "InvalidHITState"
    assert "This HIT is currently in the state 'Assignable'" in refused.text
    assert "status of: Reviewing, Reviewable" in refused.text
    done = desk.done(hit)
    assert "'Reviewable'" in desk.refusal(desk.client.delete_hit, HITId=hit["HITId"]).text
    desk.client.approve_assignment(AssignmentId=done)
    desk.client.delete_hit(HITId=hit["HITId"])
    assert desk.look(hit)["HITStatus"] == "Disposed"
    assert desk.client.list_hits()["HITs"] == []
    assert "currently in the state 'Disposed'" in desk.refusal(desk.client.delete_hit, HITId=hit["HITId"]).text


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("create_additional_assignments_for_hit", {"NumberOfAdditionalAssignments": 1}),
        ("update_expiration_for_hit", {"ExpireAt": 0}),
        ("update_hit_review_status", {}),
        ("list_assignments_for_hit", {}),
    ],
)
def test_a_disposed_hit_is_not_changed_any_more(desk, name, more):
    hit = desk.hit()
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=1)
    desk.client.delete_hit(HITId=hit["HITId"])
    refused = desk.refusal(getattr(desk.client, name), HITId=hit["HITId"], **more)
    assert (refused.code, "'Disposed'" in refused.text) == ("InvalidHITState", True)


def test_a_hit_under_review_that_is_extended_is_assignable_and_ends_reviewable(desk):
    hit = desk.hit()
    desk.done(hit)
    desk.client.update_hit_review_status(HITId=hit["HITId"])
    desk.client.create_additional_assignments_for_hit(HITId=hit["HITId"], NumberOfAdditionalAssignments=1)
    assert desk.look(hit)["HITStatus"] == "Assignable"
    desk.done(hit)
    assert desk.look(hit)["HITStatus"] == "Reviewable"


def test_a_hit_under_review_stays_so_when_it_is_ended_or_decided(desk):
    hit = desk.hit(MaxAssignments=2)
    done = desk.done(hit)
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    desk.client.update_hit_review_status(HITId=hit["HITId"])
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=1)
    desk.client.approve_assignment(AssignmentId=done)
    assert desk.look(hit)["HITStatus"] == "Reviewing"
    desk.client.delete_hit(HITId=hit["HITId"])
    assert desk.look(hit)["HITStatus"] == "Disposed"


def test_a_disposed_hit_takes_no_other_type(desk):
    hit, other = desk.hit(), desk.hit(Title="Another")
    desk.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=1)
    desk.client.delete_hit(HITId=hit["HITId"])
    call = desk.client.update_hit_type_of_hit
    assert desk.refusal(call, HITId=hit["HITId"], HITTypeId=other["HITTypeId"]).code == "InvalidHITState"
