from __future__ import annotations

import pytest

from crowdbroker.marketplace import worker


@pytest.fixture
def ann(desk):
    return desk.worker()


@pytest.fixture
def done(desk, ann):
    return desk.done(desk.hit(), ann)


def bonus(desk, ann, done, **changes):
    asked = {"WorkerId": ann, "AssignmentId": done, "BonusAmount": "0.50", "Reason": "Well done"}
    return desk.client.send_bonus(**(asked | changes))


def test_a_bonus_is_paid_with_its_fee_and_listed(desk, ann, done):
    bonus(desk, ann, done)
    assert desk.balance() == ("9999.34", "0.06")
    assert worker.earnings(desk.market, ann).bonus_cents == 50
    listed = desk.client.list_bonus_payments(AssignmentId=done)["BonusPayments"]
    assert listed == [
        {
            "WorkerId": ann,
            "BonusAmount": "0.50",
            "AssignmentId": done,
            "Reason": "Well done",
            "GrantTime": desk.clock.now,
        }
    ]
    assert desk.problems() == []


def test_refused_work_may_get_a_bonus(desk, ann, done):
    desk.client.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    bonus(desk, ann, done)
    assert desk.problems() == []


def test_a_repeated_token_pays_once_and_names_the_first_request(desk, ann, done):
    first = bonus(desk, ann, done, UniqueRequestToken="b1")["ResponseMetadata"]["RequestId"]
    desk.clock.move(hours=23, minutes=59)
    refused = desk.refusal(bonus, desk=desk, ann=ann, done=done, UniqueRequestToken="b1")
    assert refused.kind == "RequestError"
    assert first in refused.text
    assert desk.client.list_bonus_payments(AssignmentId=done)["NumResults"] == 1
    desk.clock.move(minutes=2)
    bonus(desk, ann, done, UniqueRequestToken="b1")
    assert worker.earnings(desk.market, ann).bonus_cents == 100


def test_a_bonus_goes_only_to_the_worker_who_did_the_work(desk, ann, done):
    refused = desk.refusal(bonus, desk=desk, ann=desk.worker(), done=done)
    assert (refused.kind, "WorkerId" in refused.text) == ("ParameterValidationError", True)


@pytest.mark.parametrize("amount", ["0.00", "$1", "9" * 30])
def test_an_amount_that_cannot_be_paid_is_refused(desk, ann, done, amount):
    refused = desk.refusal(bonus, desk=desk, ann=ann, done=done, BonusAmount=amount)
    assert refused.kind == "ParameterValidationError"


def test_a_bonus_needs_funds_for_its_fee_too(desk, ann, done):
    refused = desk.refusal(bonus, desk=desk, ann=ann, done=done, BonusAmount="9000.00")
    assert refused.code == "InsufficientFunds"
    assert desk.balance() == ("9999.94", "0.06")
    assert desk.client.list_bonus_payments(AssignmentId=done)["NumResults"] == 0


def test_work_that_was_not_submitted_gets_no_bonus(desk, ann):
    held = worker.accept(desk.market, ann, desk.hit()["HITId"])
    assert desk.refusal(bonus, desk=desk, ann=ann, done=held.assignment_id).code == "InvalidAssignmentState"
    assert desk.refusal(bonus, desk=desk, ann=ann, done="3NOSUCH").code == "AssignmentDoesNotExist"


def test_bonuses_of_a_hit_are_listed_in_pages(desk, ann):
    hit = desk.hit(MaxAssignments=2)
    first, second = desk.done(hit, ann), desk.done(hit)
    for cents in (1, 2, 3):
        bonus(desk, ann, first, BonusAmount=f"0.0{cents}")
    page = desk.client.list_bonus_payments(HITId=hit["HITId"], MaxResults=2)
    rest = desk.client.list_bonus_payments(HITId=hit["HITId"], MaxResults=2, NextToken=page["NextToken"])
    amounts = [one["BonusAmount"] for one in page["BonusPayments"] + rest["BonusPayments"]]
    assert (amounts, "NextToken" in rest) == (["0.01", "0.02", "0.03"], False)
    assert desk.client.list_bonus_payments(AssignmentId=second)["BonusPayments"] == []


def test_bonuses_are_listed_for_exactly_one_thing(desk, done):
    both = {"HITId": "3A", "AssignmentId": done}
    for asked in ({}, both):
        assert desk.refusal(desk.client.list_bonus_payments, **asked).kind == "ParameterValidationError"


def test_a_bonus_beyond_all_measure_is_refused_by_its_name(desk, ann, done):
    refused = desk.refusal(bonus, desk=desk, ann=ann, done=done, BonusAmount="9" * 5000)
    assert (refused.kind, "'bonusAmount'" in refused.text) == ("ParameterValidationError", True)
