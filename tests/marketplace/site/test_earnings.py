"""What was earned, an hour and in all, with bonuses and payouts; and what the list says of a requester."""

from __future__ import annotations

import re

import pytest
from webclient import Browser, attribute

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.payouts import pay_out, reverse

LOCALE = {"QualificationTypeId": "00000000000000000071", "Comparator": "EqualTo", "LocaleValues": [{"Country": "DE"}]}


@pytest.fixture
def worker_id(maria: Browser) -> str:
    return attribute(maria.get("/").text, r"Your WorkerId is (\w+)")


@pytest.fixture
def hand_in(market, worker_id, clock):
    def one(hit_id: str, seconds: float = 90, who: str = "") -> str:
        held = worker.accept(market, who or worker_id, hit_id)
        clock.forward(seconds=seconds)
        worker.submit(market, who or worker_id, held.assignment_id, [("tone", "friendly")])
        return held.assignment_id

    return one


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_an_hour_counts_all_decided_work_and_bonuses(maria, publish, hand_in, requester, worker_id):
    assert "nothing decided yet" in words(maria.get("/earnings").text)
    approved, refused, _ = (hand_in(publish()) for _ in range(3))
    requester("ApproveAssignment", AssignmentId=approved)
    requester("RejectAssignment", AssignmentId=refused, RequesterFeedback="Wrong.")
    assert "An hour $1.00 over 3 minutes" in words(maria.get("/earnings").text)
    requester("SendBonus", WorkerId=worker_id, AssignmentId=approved, BonusAmount="0.10", Reason="With <b>care</b>")
    page = maria.get("/earnings").text
    assert "An hour $3.00 over 3 minutes" in words(page)
    assert "Reason: With &lt;b&gt;care&lt;/b&gt;" in words(page)
    assert "Not paid out yet $0.15" in words(page)


def test_a_refusal_leads_to_where_it_can_be_appealed(maria, publish, hand_in, requester):
    refused = hand_in(publish())
    requester("RejectAssignment", AssignmentId=refused, RequesterFeedback="Wrong.")
    page = maria.get("/earnings?status=refused").text
    assert "Reason: Wrong." in words(page)
    assert f'href="/done/{refused}"' in page


def test_payouts_are_listed_with_what_came_back(maria, publish, hand_in, requester, market, worker_id, clock):
    assert "Nothing was paid out yet." in maria.get("/earnings").text
    for name in ("april", "may"):
        requester("ApproveAssignment", AssignmentId=hand_in(publish()))
        clock.forward(days=1)
        pay_out(market, name)
    reverse(market, "april", worker_id, "Account closed")
    page = words(maria.get("/earnings").text)
    assert "may 1" not in page
    assert "✓ Paid out $0.05" in page
    assert "✕ Came back Account closed $0.05" in page
    assert "Not paid out yet $0.05" in page


def test_long_histories_are_paged_and_counted_by_status(maria, publish, hand_in, requester):
    for _ in range(27):
        hand_in(publish(), seconds=1)
    assert "Page 1 of 2" in maria.get("/earnings").text
    second = maria.get("/earnings?page=2").text
    assert second.count('class="title"') == 2
    assert "27 pending" in maria.get("/earnings?status=pending").text


def test_the_list_tells_how_often_a_requester_refuses(maria, publish, hand_in, requester, market):
    publish()
    assert "has decided on no work yet" in maria.get("/").text
    places = [hand_in(publish(Title="Other work"), who=worker.enrol(market, f"W{n}")) for n in range(3)]
    requester("ApproveAssignment", AssignmentId=places[0])
    assert "has refused none of 1" in maria.get("/").text
    for place in places[1:]:
        requester("RejectAssignment", AssignmentId=place, RequesterFeedback="Wrong.")
    assert "refuses 67 % of 3" in maria.get("/").text


def test_requirements_are_listed_met_or_not_with_the_way_to_meet_them(maria, publish, requester, worker_id):
    made = requester(
        "CreateQualificationType", Name="Tones", Description="Hears tones", QualificationTypeStatus="Active"
    )
    kind = made["QualificationType"]["QualificationTypeId"]
    needs = [{"QualificationTypeId": kind, "Comparator": "GreaterThan", "IntegerValues": [5]}, LOCALE]
    hit = publish(QualificationRequirements=needs)
    for page in (maria.get("/").text, maria.get(f"/hits/{hit}").text):
        assert "✕ Tones: above 5" in page
        assert f'href="/qualifications/{kind}" aria-label="Request it: Tones"' in page
        assert "✕ Country" in page
    assert "once you meet every requirement" in maria.get(f"/hits/{hit}").text
    assert f"/hits/{hit}/accept" not in maria.get(f"/hits/{hit}").text
    requester("AssociateQualificationWithWorker", QualificationTypeId=kind, WorkerId=worker_id, IntegerValue=6)
    maria.send_form("/account", "/account/country", country="de")
    page = maria.get(f"/hits/{hit}").text
    assert "✓ Tones: above 5" in page
    assert "✓ Country" in page
    assert f"/hits/{hit}/accept" in page


def test_the_preview_tells_what_the_list_tells(maria, publish, hand_in, market, requester):
    hit = publish(MaxAssignments=5)
    for number in range(3):
        hand_in(hit, seconds=45, who=worker.enrol(market, f"W{number}"))
    page = words(maria.get(f"/hits/{hit}").text)
    assert "45 seconds usually, $4.00 an hour" in page
    assert "Read one short comment and say whether its tone is friendly." in page
    assert "has decided on no work yet" in page


def test_the_queue_carries_the_seconds_left_for_its_countdown(maria, publish, accept, clock):
    accept(publish())
    clock.forward(seconds=100)
    page = maria.get("/queue").text
    assert 'data-seconds="1700"' in page
    assert "in 28 minutes" in page
    assert "/static/countdown.js" in page
