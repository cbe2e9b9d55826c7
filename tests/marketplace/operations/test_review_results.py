from __future__ import annotations

import pytest

from crowdbroker.marketplace import worker

KNOWN = {
    "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
    "Parameters": [{"Key": "AnswerKey", "MapEntries": [{"Key": "animal", "Values": ["cat"]}]}],
}
PLURAL = {
    "PolicyName": "SimplePlurality/2011-09-01",
    "Parameters": [
        {"Key": "QuestionIds", "Values": ["animal"]},
        {"Key": "QuestionAgreementThreshold", "Values": ["50"]},
    ],
}


@pytest.fixture
def reviewed(desk):
    """A HIT with both policies, done twice: 3 lines for each submission, 11 for the HIT."""
    hit = desk.hit(AssignmentReviewPolicy=KNOWN, HITReviewPolicy=PLURAL, MaxAssignments=2)
    for text in ("cat", "cat"):
        desk.done(hit, text=text)
    return hit


def lines(shown, level):
    report = shown.get(f"{level}ReviewReport", {"ReviewResults": [], "ReviewActions": []})
    return report["ReviewResults"] + report["ReviewActions"]


def test_both_levels_and_both_kinds_are_shown_unless_less_is_asked_for(desk, reviewed):
    call, about = desk.client.list_review_policy_results_for_hit, {"HITId": reviewed["HITId"], "MaxResults": 100}
    shown = call(**about)
    assert shown["AssignmentReviewPolicy"] == {"PolicyName": KNOWN["PolicyName"]}
    assert shown["HITReviewPolicy"] == {"PolicyName": PLURAL["PolicyName"]}
    assert (len(lines(shown, "Assignment")), len(lines(shown, "HIT"))) == (6, 11)
    assert "NumResults" not in shown
    only = call(**about, PolicyLevels=["HIT"])
    assert (len(lines(only, "Assignment")), len(lines(only, "HIT"))) == (0, 11)
    no_results = call(**about, RetrieveResults=False)["AssignmentReviewReport"]
    assert (len(no_results["ReviewResults"]), len(no_results["ReviewActions"])) == (0, 2)
    no_actions = call(**about, RetrieveActions=False)["AssignmentReviewReport"]
    assert (len(no_actions["ReviewResults"]), len(no_actions["ReviewActions"])) == (4, 0)
    neither = call(**about, RetrieveActions=False, RetrieveResults=False)
    assert lines(neither, "HIT") == []


def test_results_name_the_action_that_found_them(desk, reviewed):
    report = desk.client.list_review_policy_results_for_hit(HITId=reviewed["HITId"], MaxResults=100)
    actions = {one["ActionId"] for one in lines(report, "HIT") if "ActionName" in one}
    assert {one["ActionId"] for one in report["HITReviewReport"]["ReviewResults"]} == actions
    assert all(len(name) == 30 and name.startswith("3") for name in actions)


@pytest.mark.parametrize("size", [1, 4, 17, 18])
def test_pages_show_every_line_once(desk, reviewed, size):
    seen, token = [], {}
    for _ in range(20):
        shown = desk.client.list_review_policy_results_for_hit(HITId=reviewed["HITId"], MaxResults=size, **token)
        found = lines(shown, "Assignment") + lines(shown, "HIT")
        assert len(found) <= size
        seen += [repr(one) for one in found]
        if "NextToken" not in shown:
            break
        token = {"NextToken": shown["NextToken"]}
    assert (len(seen), len(set(seen))) == (17, 17)


def test_a_page_of_one_level_is_filled_by_that_level(desk, reviewed):
    asked = {"HITId": reviewed["HITId"], "PolicyLevels": ["HIT"], "MaxResults": 10}
    assert len(lines(desk.client.list_review_policy_results_for_hit(**asked), "HIT")) == 10
    asked |= {"RetrieveActions": False}
    assert len(lines(desk.client.list_review_policy_results_for_hit(**asked), "HIT")) == 10


def test_a_hit_without_policies_has_no_report(desk):
    shown = desk.client.list_review_policy_results_for_hit(HITId=desk.hit()["HITId"])
    assert set(shown) - {"ResponseMetadata"} == {"HITId"}


def test_an_unknown_or_disposed_hit_is_refused(desk, reviewed):
    call = desk.client.list_review_policy_results_for_hit
    assert desk.refusal(call, HITId="3NOBODYS").code == "HITDoesNotExist"
    for place in desk.client.list_assignments_for_hit(HITId=reviewed["HITId"])["Assignments"]:
        desk.client.approve_assignment(AssignmentId=place["AssignmentId"])
    desk.client.delete_hit(HITId=reviewed["HITId"])
    assert desk.refusal(call, HITId=reviewed["HITId"]).code == "InvalidHITState"


def test_a_wrong_policy_makes_no_hit_and_holds_no_money(desk):
    wrong = KNOWN | {"PolicyName": "ScoreYourKnownAnswers/2011-09-01"}
    assert desk.refusal(desk.hit, AssignmentReviewPolicy=wrong).kind == "ParameterValidationError"
    assert desk.refusal(desk.hit, HITReviewPolicy=KNOWN).kind == "ParameterValidationError"
    assert desk.client.list_hits()["NumResults"] == 0
    assert desk.balance() == ("10000.00", "0.00")
    assert desk.problems() == []


def test_policies_come_with_a_hit_of_a_registered_type_too(desk):
    kind = desk.hit()
    asked = {"HITTypeId": kind["HITTypeId"], "LifetimeInSeconds": 3600, "Question": kind["Question"]}
    hit = desk.client.create_hit_with_hit_type(**asked, AssignmentReviewPolicy=KNOWN)["HIT"]
    who = desk.worker()
    held = worker.accept(desk.market, who, hit["HITId"])
    worker.submit(desk.market, who, held.assignment_id, [("animal", "cat")])
    shown = desk.client.list_review_policy_results_for_hit(HITId=hit["HITId"])
    assert len(lines(shown, "Assignment")) == 3
