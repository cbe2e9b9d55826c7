from __future__ import annotations

import re
from datetime import timedelta

import pytest


def test_a_new_hit_is_shown_with_all_that_was_asked(desk):
    hit = desk.hit(MaxAssignments=3, RequesterAnnotation="batch 7", UniqueRequestToken="t1")
    assert re.fullmatch("3[A-Z0-9]{29}", hit["HITId"])
    assert re.fullmatch("3[A-Z0-9]{29}", hit["HITTypeId"])
    assert hit["HITStatus"] == "Assignable"
    assert (hit["Reward"], hit["RequesterAnnotation"], hit["HITReviewStatus"]) == ("0.05", "batch 7", "NotReviewed")
    assert hit["CreationTime"] == desk.clock.now
    assert hit["Expiration"] == desk.clock.now + timedelta(hours=1)
    counters = [hit[f"NumberOfAssignments{name}"] for name in ("Available", "Pending", "Completed")]
    assert counters == [3, 0, 0]
    assert desk.look(hit) == hit


def test_creation_holds_every_place_with_its_fee(desk):
    desk.hit(MaxAssignments=10, Reward="1.00")
    assert desk.balance() == ("9986.00", "14.00")
    assert desk.problems() == []


def test_a_hit_that_the_balance_does_not_cover_is_not_created(desk):
    refused = desk.refusal(desk.hit, Reward="1000.00", MaxAssignments=9)
    assert (refused.kind, refused.code) == ("RequestError", "InsufficientFunds")
    assert "This Requester has insufficient funds" in refused.text
    assert desk.client.list_hits()["NumResults"] == 0
    assert desk.balance() == ("10000.00", "0.00")
    absurd = desk.refusal(desk.hit, Reward="10000000.00", MaxAssignments=1_000_000_000)
    assert absurd.code == "InsufficientFunds"


def test_equal_properties_are_one_hit_type(desk):
    first, second = desk.hit(), desk.hit(RequesterAnnotation="other", MaxAssignments=5, LifetimeInSeconds=60)
    assert first["HITTypeId"] == second["HITTypeId"]
    asked = {
        "Title": first["Title"],
        "Description": first["Description"],
        "Keywords": first["Keywords"],
        "Reward": ".05".rjust(4, "0"),
        "AssignmentDurationInSeconds": 600,
        "AutoApprovalDelayInSeconds": 86_400,
    }
    assert desk.client.create_hit_type(**asked)["HITTypeId"] == first["HITTypeId"]
    for change in ({"Reward": "0.06"}, {"Keywords": "other"}, {"AutoApprovalDelayInSeconds": 0}):
        assert desk.client.create_hit_type(**(asked | change))["HITTypeId"] != first["HITTypeId"]


def test_a_hit_of_a_registered_type_has_its_properties(desk):
    like = desk.hit()
    asked = {"HITTypeId": like["HITTypeId"], "LifetimeInSeconds": 60, "Question": like["Question"]}
    made = desk.client.create_hit_with_hit_type(**asked)["HIT"]
    assert (made["Title"], made["Reward"], made["MaxAssignments"]) == (like["Title"], "0.05", 1)
    asked["HITTypeId"] = "3NOSUCH"
    assert desk.refusal(desk.client.create_hit_with_hit_type, **asked).code == "HITTypeDoesNotExist"


def test_a_repeated_token_names_the_hit_it_made_for_exactly_24_hours(desk):
    made = desk.hit(UniqueRequestToken="once", LifetimeInSeconds=100_000)
    desk.clock.move(hours=23, minutes=59)
    refused = desk.refusal(desk.hit, UniqueRequestToken="once")
    assert refused.code.lower() == "hitalreadyexists"
    assert re.findall(r"\b\w{30}\b", refused.text) == [made["HITId"]]
    assert desk.client.list_hits()["NumResults"] == 1
    desk.clock.move(minutes=1)
    again = desk.hit(UniqueRequestToken="once")
    assert again["HITId"] != made["HITId"]
    desk.clock.move(minutes=1)
    assert again["HITId"] in desk.refusal(desk.hit, UniqueRequestToken="once").text


def test_both_ways_of_creating_share_their_tokens(desk):
    made = desk.hit(UniqueRequestToken="once")
    asked = {"HITTypeId": made["HITTypeId"], "LifetimeInSeconds": 60, "Question": made["Question"]}
    refused = desk.refusal(desk.client.create_hit_with_hit_type, UniqueRequestToken="once", **asked)
    assert made["HITId"] in refused.text


def test_a_refused_creation_leaves_its_token_free(desk):
    desk.refusal(desk.hit, Reward="9000.00", MaxAssignments=2, UniqueRequestToken="t")
    assert desk.hit(UniqueRequestToken="t")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Question": None}, "ParameterValidationError"),
        ({"HITLayoutParameters": [{"Name": "a", "Value": "b"}]}, "ParameterValidationError"),
        ({"HITLayoutId": "3LAYOUT"}, "ParameterValidationError"),
        ({"Question": None, "HITLayoutId": "3LAYOUT"}, "HITLayoutDoesNotExist"),
        ({"Question": "<p>hello"}, "XMLParseError"),
        ({"Reward": "$5"}, "ParameterValidationError"),
        ({"Reward": "0.005"}, "ParameterValidationError"),
        ({"Reward": "9" * 40}, "ParameterValidationError"),
        ({"Title": ""}, "ParameterValidationError"),
        ({"Title": "x" * 129}, "ParameterValidationError"),
        ({"Description": "x" * 2001}, "ParameterValidationError"),
        ({"LifetimeInSeconds": 29}, "ParameterValidationError"),
        ({"AssignmentDurationInSeconds": 31_536_001}, "ParameterValidationError"),
        ({"AutoApprovalDelayInSeconds": 2_592_001}, "ParameterValidationError"),
        ({"MaxAssignments": 0}, "ParameterValidationError"),
        ({"RequesterAnnotation": "x" * 256}, "ParameterValidationError"),
        ({"UniqueRequestToken": "x" * 65}, "ParameterValidationError"),
    ],
)
def test_what_a_hit_cannot_have_is_refused(desk, changes, code):
    refused = desk.refusal(desk.hit, **changes)
    assert code in (refused.kind, refused.code)
    assert desk.balance() == ("10000.00", "0.00")


def test_a_free_reward_still_costs_the_least_fee(desk):
    desk.hit(Reward="0.00", MaxAssignments=3)
    assert desk.balance() == ("9999.97", "0.03")


def test_an_unknown_hit_does_not_exist(desk):
    refused = desk.refusal(desk.client.get_hit, HITId="3NOSUCH")
    assert (refused.code, "Hit 3NOSUCH does not exist." in refused.text) == ("HITDoesNotExist", True)


@pytest.mark.parametrize("amount", ["9" * 21, "9" * 5000])
def test_a_reward_beyond_all_measure_is_refused_by_its_name(desk, amount):
    refused = desk.refusal(desk.hit, Reward=amount)
    assert refused.kind == "ParameterValidationError"
    assert "'reward'" in refused.text
