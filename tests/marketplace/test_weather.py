"""The fidelity switches as a boto3 client meets them."""

from __future__ import annotations

import itertools
import json
from collections import Counter

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from crowdbroker.marketplace import wire, worker
from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.fidelity import Fidelity
from crowdbroker.marketplace.injected_faults import FaultDraws

TARGET = "MTurkRequesterServiceV20170117."


def hits(desk):
    """Return how many HITs there are, whatever the weather."""
    desk.market.switches.reset()
    return desk.client.list_hits()["NumResults"]


@pytest.mark.parametrize(("switch", "made"), [("service_fault_before", 0), ("service_fault_after", 1)])
def test_a_service_fault_comes_before_the_effect_or_after_it(desk, switch, made):
    desk.market.switches.change(**{switch: 1})
    with pytest.raises(desk.client.exceptions.ServiceFault) as caught:
        desk.hit()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert hits(desk) == made
    assert desk.problems() == []


def test_a_505_has_no_body_and_no_effect(desk):
    desk.market.switches.change(http_505=1)
    with pytest.raises(ClientError) as caught:
        desk.hit()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 505
    assert hits(desk) == 0


@pytest.mark.parametrize(
    ("switch", "made", "error"),
    [
        ("reset_before", 0, ConnectionClosedError),
        ("reset_after", 1, ConnectionClosedError),
        ("reply_lost", 1, ReadTimeoutError),
    ],
)
def test_a_connection_breaks_without_or_with_the_effect(desk, switch, made, error):
    desk.market.switches.change(**{switch: 1})
    with pytest.raises(error):
        desk.hit()
    assert hits(desk) == made


def test_a_token_finds_the_hit_whose_reply_was_lost(desk):
    desk.market.switches.change(reset_after=1)
    with pytest.raises(ConnectionClosedError):
        desk.hit(UniqueRequestToken="t")
    desk.market.switches.change(reset_after=0)
    refused = desk.refusal(desk.hit, UniqueRequestToken="t")
    assert refused.code == "HitAlreadyExists"
    (hit,) = desk.client.list_hits()["HITs"]
    assert hit["HITId"] in refused.text


def test_the_same_seed_gives_the_same_faults_and_another_one_others():
    mixed = {"service_fault_before": 0.1, "http_505": 0.1, "reset_after": 0.2, "reply_lost": 0.1}

    def drawn(seed):
        draws = FaultDraws()
        return [draws.draw(Fidelity(seed=seed, **mixed)) for _ in range(2000)]

    first = drawn(1)
    assert first == drawn(1)
    assert first != drawn(2)
    counted = Counter(fault.value if fault else "none" for fault in first)
    assert counted.keys() == {*mixed, "none"}
    assert 300 < counted["reset_after"] < 500
    assert 900 < counted["none"] < 1100


def test_a_bucket_refuses_what_is_too_fast_and_fills_with_time(desk):
    desk.market.switches.change(throttle_per_s={"GetAccountBalance": 2, "*": 1000})
    assert [desk.balance() for _ in range(2)]
    refused = desk.refusal(desk.client.get_account_balance)
    assert (refused.kind, refused.code, refused.text) == ("ThrottlingException", "", "Rate exceeded")
    assert desk.client.list_hits()["NumResults"] == 0
    desk.clock.move(milliseconds=400)
    assert desk.refusal(desk.client.get_account_balance).kind == "ThrottlingException"
    desk.clock.move(milliseconds=100)
    assert desk.balance()
    assert desk.refusal(desk.client.get_account_balance).kind == "ThrottlingException"


def test_a_frozen_marketplace_does_not_starve_its_callers(desk):
    desk.market.switches.change(throttle_per_s={"*": 0.5})
    desk.market.switches.freeze()
    assert desk.balance()
    assert desk.refusal(desk.client.get_account_balance).kind == "ThrottlingException"
    desk.clock.move(seconds=2)
    assert desk.balance()


def test_new_hits_are_missing_from_lists_for_a_while_and_nowhere_else(desk):
    old = desk.hit()
    desk.clock.move(seconds=10)
    new = desk.hit()
    desk.market.switches.change(list_lag_s=5)
    assert [hit["HITId"] for hit in desk.client.list_hits()["HITs"]] == [old["HITId"]]
    assert desk.client.list_hits()["NumResults"] == 1
    assert desk.look(new)["HITStatus"] == "Assignable"
    desk.clock.move(seconds=5)
    assert desk.client.list_hits()["NumResults"] == 2


def test_a_page_with_nothing_to_show_yet_still_leads_on(desk):
    old = [desk.hit()["HITId"] for _ in range(2)]
    desk.clock.move(seconds=10)
    for _ in range(3):
        desk.hit()
    desk.market.switches.change(list_lag_s=5)
    pages = desk.client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 2})
    assert sorted(hit["HITId"] for page in pages for hit in page["HITs"]) == sorted(old)


def test_a_submission_arrives_late(desk):
    hit = desk.hit(MaxAssignments=2)
    first = desk.done(hit)
    desk.clock.move(seconds=20)
    second = desk.done(hit)
    desk.market.switches.change(submission_lag_s=15)
    listed = desk.client.list_assignments_for_hit(HITId=hit["HITId"], MaxResults=2)
    assert [one["AssignmentId"] for one in listed["Assignments"]] == [first]
    assert (listed["NumResults"], "NextToken" in listed) == (1, False)
    approve = desk.client.approve_assignment
    assert desk.refusal(desk.client.get_assignment, AssignmentId=second).text.startswith(
        "This operation can be called with a status of: Reviewable,Approved,Rejected"
    )
    assert "status of: null" in desk.refusal(approve, AssignmentId=second).text
    assert "null" in desk.refusal(desk.client.reject_assignment, AssignmentId=second, RequesterFeedback="no").text
    approve(AssignmentId=first)
    desk.clock.move(seconds=15)
    approve(AssignmentId=second)
    assert desk.problems() == []


@pytest.mark.parametrize("always", [True, False])
def test_a_full_last_page_has_a_token_or_has_none(desk, always):
    for _ in range(4):
        desk.hit()
    desk.market.switches.change(last_page_token=always)
    first = desk.client.list_hits(MaxResults=2)
    last = desk.client.list_hits(MaxResults=2, NextToken=first["NextToken"])
    assert (last["NumResults"], "NextToken" in last) == (2, always)


def test_the_sandbox_always_has_ten_thousand(open_desk):
    desk = open_desk(starting_balance_cents=0)
    assert desk.refusal(desk.hit).code == "InsufficientFunds"
    desk.market.switches.change(sandbox_balance=True)
    for _ in range(2):
        desk.hit(Reward="900.00", MaxAssignments=5)
        assert desk.balance()[0] == "10000.00"
    assert desk.refusal(desk.hit, Reward="9000.00").code == "InsufficientFunds"
    assert desk.problems() == []


def test_repeated_calls_are_errors_and_succeed_when_the_switch_says_so(desk):
    hit = desk.hit(MaxAssignments=2)
    good, bad = desk.done(hit), desk.done(hit)
    repeatable = [
        (desk.client.approve_assignment, {"AssignmentId": good}),
        (desk.client.reject_assignment, {"AssignmentId": bad, "RequesterFeedback": "no"}),
        (desk.client.update_expiration_for_hit, {"HITId": hit["HITId"], "ExpireAt": 0}),
        (desk.client.delete_hit, {"HITId": hit["HITId"]}),
    ]
    for call, asked in repeatable:
        call(**asked)
    before = desk.balance()
    desk.market.switches.change(strict=False)
    for call, asked in repeatable[:2] + repeatable[3:]:
        call(**asked)
    # A HIT that is gone cannot be expired again; the token of its time is looked at after it.
    desk.market.switches.change(strict=True)
    for call, asked in repeatable:
        assert desk.refusal(call, **asked).kind == "RequestError"
    assert desk.balance() == before
    assert desk.problems() == []


def test_an_expiry_repeated_is_refused_or_not(desk):
    asked = {"HITId": desk.hit()["HITId"], "ExpireAt": 0}
    desk.client.update_expiration_for_hit(**asked)
    assert "already been processed" in desk.refusal(desk.client.update_expiration_for_hit, **asked).text
    desk.market.switches.change(strict=False)
    desk.client.update_expiration_for_hit(**asked)


def test_lenience_covers_repetition_alone(desk):
    hit = desk.hit(MaxAssignments=2)
    place = desk.done(hit)
    held = worker.accept(desk.market, desk.worker(), hit["HITId"])
    desk.market.switches.change(strict=False)
    desk.client.approve_assignment(AssignmentId=place)
    refused = desk.refusal(desk.client.reject_assignment, AssignmentId=place, RequesterFeedback="no")
    assert refused.code == "InvalidAssignmentState"
    assert (
        desk.refusal(desk.client.approve_assignment, AssignmentId=held.assignment_id).code == "InvalidAssignmentState"
    )
    assert desk.refusal(desk.client.delete_hit, HITId=hit["HITId"]).code == "InvalidHITState"
    assert desk.refusal(desk.client.delete_hit, HITId="3NOSUCH").code == "HITDoesNotExist"


@pytest.mark.parametrize(
    ("style", "ending"), [("milliseconds", " (1772366400000)"), ("seconds", " (1772366400000 s)"), ("none", "exist.")]
)
def test_an_errors_text_ends_as_the_switch_says(desk, style, ending):
    desk.market.switches.change(message_suffix=style)
    assert desk.refusal(desk.client.get_hit, HITId="3NOSUCH").text.endswith(ending)


def test_every_call_meets_the_weather_once_and_tells_which(desk):
    desk.market.switches.change(seed=5, service_fault_before=0.3, reset_after=0.3)
    met = Counter()
    for number in itertools.count():
        body = json.dumps({"HITId": f"3{number}"}).encode()
        reply = wire.answer(desk.market, {"X-Amz-Target": TARGET + "GetHIT"}, body, origin=Origin.THIS_MACHINE)
        met[reply.told.fault, reply.told.outcome] += 1
        if number == 40:
            break
    assert met.keys() == {
        (None, "HITDoesNotExist"),
        ("service_fault_before", "ServiceUnavailable"),
        ("reset_after", "HITDoesNotExist"),
    }


def test_a_fresh_qualification_does_not_count_yet_so_that_an_excluded_worker_slips_through(desk):
    kind = desk.client.create_qualification_type(Name="Excluded", Description="d", QualificationTypeStatus="Active")
    excluded = {"QualificationTypeId": kind["QualificationType"]["QualificationTypeId"]}
    hit, again = (desk.hit(QualificationRequirements=[excluded | {"Comparator": "DoesNotExist"}]) for _ in range(2))
    name = desk.worker()
    desk.market.switches.change(qualification_lag_s=60)
    desk.client.associate_qualification_with_worker(WorkerId=name, **excluded)
    worker.accept(desk.market, name, hit["HITId"])
    desk.clock.move(seconds=60)
    with pytest.raises(worker.NotQualified):
        worker.accept(desk.market, name, again["HITId"])
