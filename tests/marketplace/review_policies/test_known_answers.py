from __future__ import annotations

from datetime import timedelta

from crowdbroker.marketplace import worker

KEY = {"animal": ["cat"], "colour": ["black", "white"]}


def test_each_submission_is_scored_against_the_key(reviews):
    hit = reviews.hit(known={"key": KEY}, MaxAssignments=2)
    half = reviews.answer(hit, animal=" cat ", colour="black", remark="x")
    full = reviews.answer(hit, animal="cat", colour="white|black")
    results, actions = reviews.report(hit, "Assignment")
    assert results == [
        (half, "animal", "KnownAnswerCorrect", "1"),
        (half, "colour", "KnownAnswerCorrect", "0"),
        (half, None, "KnownAnswerScore", "50"),
        (full, "animal", "KnownAnswerCorrect", "1"),
        (full, "colour", "KnownAnswerCorrect", "1"),
        (full, None, "KnownAnswerScore", "100"),
    ]
    assert actions == [("review", half, "Succeeded", ""), ("review", full, "Succeeded", "")]
    assert reviews.status(half) == reviews.status(full) == "Submitted"


def test_a_score_approves_or_rejects_and_moves_the_money(reviews):
    thresholds = {"ApproveIfKnownAnswerScoreIsAtLeast": 100, "ApproveReason": "Well done"}
    thresholds |= {"RejectIfKnownAnswerScoreIsLessThan": 50, "RejectReason": "It is a cat"}
    hit = reviews.hit(known={"key": KEY} | thresholds, MaxAssignments=3)
    good = reviews.answer(hit, animal="cat", colour="black|white")
    middling = reviews.answer(hit, animal="cat", colour="black")
    bad = reviews.answer(hit, animal="dog", colour="black")
    shown = {one: reviews.client.get_assignment(AssignmentId=one)["Assignment"] for one in (good, middling, bad)}
    assert [one["AssignmentStatus"] for one in shown.values()] == ["Approved", "Submitted", "Rejected"]
    assert (shown[good]["RequesterFeedback"], shown[bad]["RequesterFeedback"]) == ("Well done", "It is a cat")
    assert reviews.balance() == ("9999.88", "0.06")
    assert reviews.look(hit)["NumberOfAssignmentsCompleted"] == 2
    assert reviews.problems() == []


def test_a_low_score_asks_one_more_worker_up_to_the_policys_most(reviews):
    policy = {"ExtendIfKnownAnswerScoreIsLessThan": 100, "ExtendMaximumAssignments": 2}
    hit = reviews.hit(known=policy)
    reviews.answer(hit, animal="dog")
    shown = reviews.look(hit)
    assert (shown["HITStatus"], shown["MaxAssignments"]) == ("Assignable", 2)
    reviews.answer(hit, animal="dog")
    assert reviews.look(hit)["HITStatus"] == "Reviewable"
    _, actions = reviews.report(hit, "Assignment")
    assert [one for one in actions if one[0] == "extend"] == [("extend", hit["HITId"], "Succeeded", "")] * 2
    assert reviews.problems() == []


def test_an_extension_never_crosses_from_nine_to_ten(reviews):
    policy = {"ExtendIfKnownAnswerScoreIsLessThan": 101, "ExtendMaximumAssignments": 25}
    hit = reviews.hit(known=policy, MaxAssignments=9)
    reviews.answer(hit, animal="cat")
    assert reviews.look(hit)["MaxAssignments"] == 9
    assert reviews.report(hit, "Assignment")[1][-1] == (
        "extend",
        hit["HITId"],
        "Failed",
        "InvalidMaximumAssignmentsIncrease",
    )


def test_an_extension_without_money_fails_and_says_so(open_reviews):
    reviews = open_reviews(starting_balance_cents=6)
    hit = reviews.hit(known={"ExtendIfKnownAnswerScoreIsLessThan": 101})
    done = reviews.answer(hit, animal="cat")
    assert reviews.status(done) == "Submitted"
    assert reviews.look(hit)["MaxAssignments"] == 1
    assert reviews.report(hit, "Assignment")[1][-1][2:] == ("Failed", "InsufficientFunds")
    assert reviews.problems() == []


def test_a_least_time_moves_the_end_of_a_hit_that_is_nearly_over(reviews):
    policy = {"ExtendIfKnownAnswerScoreIsLessThan": 101, "ExtendMinimumTimeInSeconds": 7200}
    hit = reviews.hit(known=policy, LifetimeInSeconds=3600)
    reviews.answer(hit, animal="cat")
    assert reviews.look(hit)["Expiration"] == reviews.clock.now + timedelta(hours=2)
    later = reviews.hit(known=policy, LifetimeInSeconds=86_400)
    reviews.answer(later, animal="cat")
    assert reviews.look(later)["Expiration"] == later["Expiration"]


def test_a_least_time_reopens_a_hit_that_has_expired(reviews):
    policy = {"ExtendIfKnownAnswerScoreIsLessThan": 101, "ExtendMinimumTimeInSeconds": 7200}
    hit = reviews.hit(known=policy, AssignmentDurationInSeconds=7200)
    who = reviews.worker()
    held = worker.accept(reviews.market, who, hit["HITId"])
    reviews.clock.move(minutes=61)
    worker.submit(reviews.market, who, held.assignment_id, [("animal", "dog")])
    shown = reviews.look(hit)
    assert (shown["HITStatus"], shown["NumberOfAssignmentsAvailable"]) == ("Assignable", 1)
    assert reviews.problems() == []


def test_a_policy_decides_before_work_is_approved_at_once(reviews):
    policy = {"RejectIfKnownAnswerScoreIsLessThan": 50, "RejectReason": "wrong"}
    hit = reviews.hit(known=policy, MaxAssignments=2, AutoApprovalDelayInSeconds=0)
    assert reviews.status(reviews.answer(hit, animal="dog")) == "Rejected"
    assert reviews.status(reviews.answer(hit, animal="cat")) == "Approved"


def test_two_thresholds_that_both_hold_leave_the_first_decision(reviews):
    policy = {"ApproveIfKnownAnswerScoreIsAtLeast": 0, "RejectIfKnownAnswerScoreIsLessThan": 101}
    hit = reviews.hit(known=policy)
    done = reviews.answer(hit, animal="cat")
    assert reviews.status(done) == "Approved"
    assert reviews.report(hit, "Assignment")[1][1:] == [
        ("approve", done, "Succeeded", ""),
        ("reject", done, "Failed", "InvalidAssignmentState"),
    ]


REOPENING = {
    "ExtendIfKnownAnswerScoreIsLessThan": 100,
    "ExtendMaximumAssignments": 25,
    "ExtendMinimumTimeInSeconds": 31_536_000,
}


def held_places(reviews, hit, count):
    who = [reviews.worker() for _ in range(count)]
    return [(one, worker.accept(reviews.market, one, hit["HITId"]).assignment_id) for one in who]


def test_a_score_does_not_reopen_what_the_requester_has_ended(reviews):
    hit = reviews.hit(known=REOPENING, MaxAssignments=5)
    places = held_places(reviews, hit, 2)
    reviews.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    ended = reviews.look(hit)["Expiration"]
    reviews.clock.move(minutes=1)
    for who, place in places:
        worker.submit(reviews.market, who, place, [("animal", "dog")])
    shown = reviews.look(hit)
    assert (shown["HITStatus"], shown["MaxAssignments"], shown["Expiration"]) == ("Reviewable", 5, ended)
    assert reviews.report(hit, "Assignment")[1][-1] == ("extend", hit["HITId"], "Cancelled", "")
    assert reviews.balance()[1] == "0.12"
    assert reviews.problems() == []


def test_a_score_extends_again_what_the_requester_has_taken_up_again(reviews):
    hit = reviews.hit(known=REOPENING, MaxAssignments=5)
    ((who, place),) = held_places(reviews, hit, 1)
    reviews.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    later = reviews.clock.now + timedelta(hours=1)
    reviews.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=later)
    worker.submit(reviews.market, who, place, [("animal", "dog")])
    assert reviews.look(hit)["MaxAssignments"] == 6
