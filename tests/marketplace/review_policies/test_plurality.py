from __future__ import annotations

from datetime import timedelta

from crowdbroker.marketplace import worker


def test_the_documentations_example_over_the_wire(reviews):
    """API reference, HIT Review Policies: three workers, four questions."""
    hit = reviews.hit(plural={"QuestionIds": "A,B,C,D", "QuestionAgreementThreshold": 50}, MaxAssignments=3)
    one = reviews.answer(hit, A="coat", B="blue", C="large", D="Furry")
    two = reviews.answer(hit, A="sweater", B="blue", C="large", D="fur")
    assert reviews.report(hit, "HIT") == ([], [])
    three = reviews.answer(hit, A="coat", B="green", C="large", D="furr")
    results, actions = reviews.report(hit, "HIT")
    whole = hit["HITId"]
    assert results == [
        (whole, "A", "AgreedAnswerFound", "true"),
        (whole, "A", "AgreedAnswer", "coat"),
        (whole, "A", "AnswerAgreementScore", "66"),
        (whole, "B", "AgreedAnswerFound", "true"),
        (whole, "B", "AgreedAnswer", "blue"),
        (whole, "B", "AnswerAgreementScore", "66"),
        (whole, "C", "AgreedAnswerFound", "true"),
        (whole, "C", "AgreedAnswer", "large"),
        (whole, "C", "AnswerAgreementScore", "100"),
        (whole, "D", "AgreedAnswerFound", "false"),
        (whole, None, "HitAgreementScore", "75"),
        (one, None, "WorkerAgreementScore", "100"),
        (one, None, "PluralityAnswersCorrect", "3"),
        (one, None, "PluralityAnswersIncorrect", "0"),
        (two, None, "WorkerAgreementScore", "66"),
        (two, None, "PluralityAnswersCorrect", "2"),
        (two, None, "PluralityAnswersIncorrect", "1"),
        (three, None, "WorkerAgreementScore", "66"),
        (three, None, "PluralityAnswersCorrect", "2"),
        (three, None, "PluralityAnswersIncorrect", "1"),
    ]
    assert actions == [("review", whole, "Succeeded", "")]


DECIDING = {
    "ApproveIfWorkerAgreementScoreIsAtLeast": 100,
    "RejectIfWorkerAgreementScoreIsLessThan": 100,
    "RejectReason": "You were alone with this",
}


def test_who_agrees_is_paid_and_who_does_not_is_told_why(reviews):
    hit = reviews.hit(plural=DECIDING, MaxAssignments=3)
    done = [reviews.answer(hit, animal=said) for said in ("cat", "cat", "dog")]
    assert [reviews.status(one) for one in done] == ["Approved", "Approved", "Rejected"]
    shown = reviews.client.get_assignment(AssignmentId=done[2])["Assignment"]
    assert shown["RequesterFeedback"] == "You were alone with this"
    assert reviews.look(hit)["HITStatus"] == "Reviewable"
    assert reviews.balance() == ("9999.88", "0.00")
    assert reviews.problems() == []


def test_work_that_was_decided_before_is_left_as_it_is(reviews):
    hit = reviews.hit(plural=DECIDING, MaxAssignments=4)
    paid, refused, _ = (reviews.answer(hit, animal=said) for said in ("dog", "cat", "cat"))
    reviews.client.approve_assignment(AssignmentId=paid)
    reviews.client.reject_assignment(AssignmentId=refused, RequesterFeedback="no")
    reviews.answer(hit, animal="cat")
    _, actions = reviews.report(hit, "HIT")
    assert actions[1:3] == [
        ("reject", paid, "Failed", "InvalidAssignmentState"),
        ("approve", refused, "Failed", "InvalidAssignmentState"),
    ]
    assert (reviews.status(paid), reviews.status(refused)) == ("Approved", "Rejected")


def test_a_decision_that_was_taken_already_counts_as_done(reviews):
    hit = reviews.hit(plural=DECIDING, MaxAssignments=4)
    paid, refused, _ = (reviews.answer(hit, animal=said) for said in ("cat", "dog", "cat"))
    reviews.client.approve_assignment(AssignmentId=paid)
    reviews.client.reject_assignment(AssignmentId=refused, RequesterFeedback="no")
    reviews.answer(hit, animal="cat")
    _, actions = reviews.report(hit, "HIT")
    assert actions[1:3] == [("approve", paid, "Succeeded", ""), ("reject", refused, "Succeeded", "")]
    assert reviews.problems() == []


def test_rejected_work_may_be_left_out(reviews):
    for disregard, score in (("T", "100"), ("F", "0")):
        policy = {"DisregardAssignmentIfRejected": disregard, "ApproveIfWorkerAgreementScoreIsAtLeast": 101}
        hit = reviews.hit(plural=policy, MaxAssignments=2)
        refused = reviews.answer(hit, animal="dog")
        reviews.client.reject_assignment(AssignmentId=refused, RequesterFeedback="no")
        reviews.answer(hit, animal="cat")
        results, _ = reviews.report(hit, "HIT")
        assert [one[3] for one in results if one[2] == "HitAgreementScore"] == [score]


def test_work_below_a_known_answer_score_may_be_left_out(reviews):
    hit = reviews.hit(
        known={"key": {"check": ["yes"]}},
        plural={"DisregardAssignmentIfKnownAnswerScoreIsLessThan": 50} | DECIDING,
        MaxAssignments=4,
    )
    said = [("cat", "yes"), ("dog", "no"), ("dog", "no"), ("cat", "yes")]
    done = [reviews.answer(hit, animal=animal, check=check) for animal, check in said]
    assert [reviews.status(one) for one in done] == ["Approved", "Submitted", "Submitted", "Approved"]


def test_disagreement_asks_one_more_worker_and_is_reviewed_again(reviews):
    extending = {
        "ExtendIfHITAgreementScoreIsLessThan": 100,
        "ExtendMaximumAssignments": 3,
        "ExtendMinimumTimeInSeconds": 3600,
    }
    hit = reviews.hit(plural=extending, MaxAssignments=2, LifetimeInSeconds=1800)
    for said in ("cat", "dog"):
        reviews.answer(hit, animal=said)
    shown = reviews.look(hit)
    assert (shown["HITStatus"], shown["MaxAssignments"]) == ("Assignable", 3)
    assert shown["Expiration"] == reviews.clock.now + timedelta(hours=1)
    reviews.answer(hit, animal="bat")
    assert reviews.look(hit)["HITStatus"] == "Reviewable"
    results, actions = reviews.report(hit, "HIT")
    assert [one[3] for one in results if one[2] == "HitAgreementScore"] == ["0", "0"]
    assert [one[0] for one in actions] == ["review", "extend", "review", "extend"]
    assert reviews.look(hit)["MaxAssignments"] == 3
    assert reviews.problems() == []


EXTENDING = {
    "ExtendIfHITAgreementScoreIsLessThan": 100,
    "ExtendMaximumAssignments": 9,
    "ExtendMinimumTimeInSeconds": 3600,
}


def test_a_hit_that_expires_half_done_is_extended_and_its_money_held_again(reviews):
    hit = reviews.hit(plural=EXTENDING, MaxAssignments=3)
    for said in ("cat", "dog"):
        reviews.answer(hit, animal=said)
    reviews.clock.move(minutes=61)
    shown = reviews.look(hit)
    assert (shown["HITStatus"], shown["MaxAssignments"], shown["NumberOfAssignmentsAvailable"]) == ("Assignable", 4, 2)
    assert reviews.problems() == []


def test_a_policy_does_not_reopen_what_the_requester_has_ended(reviews):
    hit = reviews.hit(plural=EXTENDING, MaxAssignments=3)
    for said in ("cat", "dog"):
        reviews.answer(hit, animal=said)
    reviews.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    assert reviews.look(hit)["HITStatus"] == "Reviewable"
    assert reviews.report(hit, "HIT")[1][-1] == ("extend", hit["HITId"], "Cancelled", "")


def test_a_hit_that_nobody_did_is_not_reviewed(reviews):
    hit = reviews.hit(plural=EXTENDING)
    reviews.clock.move(minutes=61)
    assert reviews.look(hit)["HITStatus"] == "Reviewable"
    assert reviews.report(hit, "HIT") == ([], [])


def test_the_last_return_after_the_end_is_a_moment_of_review_too(reviews):
    hit = reviews.hit(plural=DECIDING, MaxAssignments=2, AssignmentDurationInSeconds=7200)
    done, who = reviews.answer(hit, animal="cat"), reviews.worker()
    held = worker.accept(reviews.market, who, hit["HITId"])
    reviews.clock.move(minutes=61)
    assert reviews.status(done) == "Submitted"
    worker.give_back(reviews.market, who, held.assignment_id)
    assert reviews.status(done) == "Approved"


def test_a_policy_does_not_reopen_it_when_the_last_place_is_settled_later_either(reviews):
    def submitted(who, place):
        worker.submit(reviews.market, who, place, [("animal", "bat")])

    def given_back(who, place):
        worker.give_back(reviews.market, who, place)

    def out_of_time(_who, _place):
        reviews.clock.move(minutes=30)

    for settle in (submitted, given_back, out_of_time):
        hit = reviews.hit(plural=EXTENDING, MaxAssignments=4)
        for said in ("cat", "dog"):
            reviews.answer(hit, animal=said)
        who = reviews.worker()
        place = worker.accept(reviews.market, who, hit["HITId"]).assignment_id
        reviews.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
        settle(who, place)
        shown = reviews.look(hit)
        assert (shown["HITStatus"], shown["MaxAssignments"]) == ("Reviewable", 4)
        assert reviews.report(hit, "HIT")[1][-1] == ("extend", hit["HITId"], "Cancelled", "")
    assert reviews.problems() == []
