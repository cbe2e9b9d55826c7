from __future__ import annotations

import pytest
from exams import EXAM, KEYLESS, PLAIN, TESTED, fill
from sqlmodel import select

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.requester_rows import insert_requester
from crowdbroker.marketplace.tables import MessageRow, QualificationTypeRow


@pytest.fixture
def make(desk):
    def one(**changes):
        made = desk.client.create_qualification_type(**(PLAIN | changes))
        return made["QualificationType"]["QualificationTypeId"]

    return one


@pytest.fixture
def waiting(desk):
    def listed(**asked):
        return desk.client.list_qualification_requests(**asked)["QualificationRequests"]

    return listed


def inbox(desk, worker_id):
    with desk.market.read() as session:
        rows = session.exec(select(MessageRow).where(MessageRow.worker_id == worker_id))
        return [row.text for row in rows]


def test_a_plain_request_waits_and_is_accepted(desk, make, waiting):
    type_id, ann = make(), desk.worker()
    worker.request_qualification(desk.market, ann, type_id)
    (asked,) = waiting()
    assert (asked["WorkerId"], asked["QualificationTypeId"]) == (ann, type_id)
    assert (asked["SubmitTime"], "Test" in asked, "Answer" in asked) == (desk.clock.now, False, False)
    desk.client.accept_qualification_request(QualificationRequestId=asked["QualificationRequestId"], IntegerValue=80)
    score = desk.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=ann)["Qualification"]
    assert (score["IntegerValue"], score["Status"]) == (80, "Granted")
    assert waiting() == []
    assert inbox(desk, ann) == ["You now have Birds with value 80."]


def test_a_request_is_granted_one_when_no_value_is_given(desk, make, waiting):
    type_id, ann = make(), desk.worker()
    worker.request_qualification(desk.market, ann, type_id)
    desk.client.accept_qualification_request(QualificationRequestId=waiting()[0]["QualificationRequestId"])
    assert worker.qualification(desk.market, ann, type_id).value == 1


def test_a_refusal_is_told_with_its_reason_and_leaves_an_older_value(desk, make, waiting):
    type_id, ann = make(), desk.worker()
    worker.request_qualification(desk.market, ann, type_id)
    desk.client.associate_qualification_with_worker(
        QualificationTypeId=type_id, WorkerId=ann, IntegerValue=5, SendNotification=False
    )
    (asked,) = waiting()
    desk.client.reject_qualification_request(
        QualificationRequestId=asked["QualificationRequestId"], Reason="Practice <first>"
    )
    seen = worker.qualification(desk.market, ann, type_id)
    assert (seen.value, seen.last.state, seen.last.reason) == (5, "Rejected", "Practice <first>")
    assert "Practice <first>" in inbox(desk, ann)[0]
    assert waiting() == []


def test_a_decided_request_is_not_decided_again(desk, make, waiting):
    type_id, ann, bob = make(), desk.worker(), desk.worker()
    for who in (ann, bob):
        worker.request_qualification(desk.market, who, type_id)
    first, second = (one["QualificationRequestId"] for one in waiting())
    desk.client.accept_qualification_request(QualificationRequestId=first, IntegerValue=3)
    desk.client.reject_qualification_request(QualificationRequestId=second)
    for decided in (first, second):
        for call in (desk.client.accept_qualification_request, desk.client.reject_qualification_request):
            refused = desk.refusal(call, QualificationRequestId=decided)
            assert (refused.code, "status of: Submitted" in refused.text) == ("InvalidQualificationRequestState", True)
    assert worker.qualification(desk.market, ann, type_id).value == 3


def test_an_unknown_request_does_not_exist(desk):
    for call in (desk.client.accept_qualification_request, desk.client.reject_qualification_request):
        refused = desk.refusal(call, QualificationRequestId="3NOSUCH")
        assert (refused.code, "3NOSUCH does not exist" in refused.text) == ("QualificationRequestDoesNotExist", True)


def test_requests_are_listed_by_type_and_page_in_the_order_of_their_submission(desk, make, waiting):
    birds, tested = make(), make(**(KEYLESS | {"Name": "Tested"}))
    workers = [desk.worker() for _ in range(3)]
    first = worker.request_qualification(desk.market, workers[0], tested)
    for who in workers:
        worker.request_qualification(desk.market, who, birds)
    desk.clock.move(seconds=5)
    worker.submit_test(desk.market, workers[0], first.request_id, fill(EXAM, move="A"))
    assert [one["WorkerId"] for one in waiting()] == [*workers, workers[0]]
    assert [one["WorkerId"] for one in waiting(QualificationTypeId=birds)] == workers
    (tested_one,) = waiting(QualificationTypeId=tested)
    assert (tested_one["Test"], "<SelectionIdentifier>A<" in tested_one["Answer"]) == (EXAM, True)
    pages = desk.client.get_paginator("list_qualification_requests")
    paged = pages.paginate(PaginationConfig={"PageSize": 1})
    assert [one for page in paged for one in page["QualificationRequests"]] == waiting()
    refused = desk.refusal(desk.client.list_qualification_requests, QualificationTypeId="3NOSUCH")
    assert refused.code == "QualificationTypeDoesNotExist"


def test_a_test_that_is_being_taken_is_not_shown_to_the_requester(desk, make, waiting):
    type_id = make(**TESTED)
    seen = worker.request_qualification(desk.market, desk.worker(), type_id)
    assert waiting() == []
    refused = desk.refusal(desk.client.accept_qualification_request, QualificationRequestId=seen.request_id)
    assert refused.code == "InvalidQualificationRequestState"


def test_deleting_a_type_rejects_what_waits_and_what_is_being_taken(desk, make, waiting):
    plain, tested = make(), make(**(TESTED | {"Name": "Tested"}))
    ann = desk.worker()
    worker.request_qualification(desk.market, ann, plain)
    taking = worker.request_qualification(desk.market, ann, tested)
    (asked,) = waiting()
    for type_id in (plain, tested):
        desk.client.delete_qualification_type(QualificationTypeId=type_id)
    assert waiting() == []
    with pytest.raises(worker.AlreadyDone):
        worker.submit_test(desk.market, ann, taking.request_id, fill(EXAM, move="D"))
    seen = worker.qualification(desk.market, ann, tested)
    assert (seen.last.state, seen.value, seen.name) == ("Rejected", None, "Tested")
    assert "deleted" in seen.last.reason
    refused = desk.refusal(
        desk.client.accept_qualification_request, QualificationRequestId=asked["QualificationRequestId"]
    )
    assert refused.code == "InvalidQualificationRequestState"


def test_another_requesters_requests_do_not_exist(desk, make, waiting):
    type_id = make()
    seen = worker.request_qualification(desk.market, desk.worker(), type_id)
    with desk.market.write() as session:
        insert_requester(session, "A2OTHER", "Other", at_ms=0)
        session.exec(select(QualificationTypeRow)).one().requester_id = "A2OTHER"
    assert waiting() == []
    for call in (desk.client.accept_qualification_request, desk.client.reject_qualification_request):
        refused = desk.refusal(call, QualificationRequestId=seen.request_id)
        assert refused.code == "QualificationRequestDoesNotExist"
    for call in (
        desk.client.list_qualification_requests,
        desk.client.update_qualification_type,
        desk.client.delete_qualification_type,
    ):
        assert desk.refusal(call, QualificationTypeId=type_id).code == "QualificationTypeDoesNotExist"
