"""Several requesters, strictly apart: every one of the operations, with the ids of somebody else's things."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from exams import PLAIN, TESTED

from crowdbroker.marketplace import wire, worker
from crowdbroker.marketplace.callers import Origin
from crowdbroker.marketplace.inputs import INPUTS
from crowdbroker.marketplace.layouts import add_layout
from crowdbroker.marketplace.operations import OPERATIONS
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER
from crowdbroker.marketplace.requesters import add_requester
from crowdbroker.marketplace.tables import Base

TARGET = "MTurkRequesterServiceV20170117."
NOTIFICATION = {
    "Destination": "https://127.0.0.1/a-webhook-that-is-not-allowed",
    "Transport": "SQS",
    "Version": "2014-08-15",
    "EventTypes": ["HITReviewable"],
}


@pytest.fixture
def theirs(desk):
    """Everything that one requester can have, of the default requester; `keys` are another one's."""
    hit = desk.hit(MaxAssignments=3)
    kind = desk.client.create_qualification_type(
        Name="Careful",
        Description="d",
        QualificationTypeStatus="Active",
        RetryDelayInSeconds=60,
    )["QualificationType"]["QualificationTypeId"]
    name = desk.worker()
    place = desk.done(hit, name)
    desk.client.send_bonus(WorkerId=name, AssignmentId=place, BonusAmount="0.10", Reason="good")
    asker = desk.worker()
    worker.request_qualification(desk.market, asker, kind)
    request = desk.client.list_qualification_requests()["QualificationRequests"][0]["QualificationRequestId"]
    desk.client.associate_qualification_with_worker(QualificationTypeId=kind, WorkerId=name, IntegerValue=5)
    desk.client.create_worker_block(WorkerId=asker, Reason="their reason")
    with desk.market.write() as session:
        layout = add_layout(
            session, DEFAULT_REQUESTER, "<p>${text}</p>", "theirs", ids=desk.market.ids, now_ms=desk.market.now_ms()
        )
    return SimpleNamespace(
        market=desk.market,
        keys=add_requester(desk.market, "Other", deposit_cents=100_000),
        hit=hit["HITId"],
        hit_type=hit["HITTypeId"],
        kind=kind,
        place=place,
        request=request,
        worker=name,
        asker=asker,
        layout=layout,
    )


def asked_of(it: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """Return one input of each operation, with the other requester's ids wherever an id fits."""
    hit, kind, place, worker_id = (
        {"HITId": it.hit},
        {"QualificationTypeId": it.kind},
        {"AssignmentId": it.place},
        {"WorkerId": it.worker},
    )
    request = {"QualificationRequestId": it.request}
    made = {"LifetimeInSeconds": 3600, "HITLayoutId": it.layout}
    properties = {"AssignmentDurationInSeconds": 60, "Reward": "0.01", "Title": "t", "Description": "d"}
    return {
        "AcceptQualificationRequest": request,
        "ApproveAssignment": place,
        "AssociateQualificationWithWorker": kind | worker_id,
        "CreateAdditionalAssignmentsForHIT": hit | {"NumberOfAdditionalAssignments": 1},
        "CreateHIT": made | properties,
        "CreateHITType": properties,
        "CreateHITWithHITType": made | {"HITTypeId": it.hit_type},
        "CreateQualificationType": {"Name": "Careful", "Description": "d", "QualificationTypeStatus": "Active"},
        "CreateWorkerBlock": {"WorkerId": it.asker, "Reason": "mine"},
        "DeleteHIT": hit,
        "DeleteQualificationType": kind,
        "DeleteWorkerBlock": {"WorkerId": it.asker},
        "DisassociateQualificationFromWorker": kind | worker_id,
        "GetAccountBalance": {},
        "GetAssignment": place,
        "GetFileUploadURL": place | {"QuestionIdentifier": "q"},
        "GetHIT": hit,
        "GetQualificationScore": kind | worker_id,
        "GetQualificationType": kind,
        "ListAssignmentsForHIT": hit,
        "ListBonusPayments": hit,
        "ListHITs": {},
        "ListHITsForQualificationType": kind,
        "ListQualificationRequests": kind,
        "ListQualificationTypes": {"MustBeRequestable": False, "MustBeOwnedByCaller": True},
        "ListReviewPolicyResultsForHIT": hit,
        "ListReviewableHITs": {"HITTypeId": it.hit_type},
        "ListWorkerBlocks": {},
        "ListWorkersWithQualificationType": kind,
        "NotifyWorkers": {"Subject": "s", "MessageText": "m", "WorkerIds": [it.worker]},
        "RejectAssignment": place | {"RequesterFeedback": "no"},
        "RejectQualificationRequest": request,
        "SendBonus": place | worker_id | {"BonusAmount": "0.10", "Reason": "r"},
        "SendTestEventNotification": {"Notification": NOTIFICATION, "TestEventType": "Ping"},
        "UpdateExpirationForHIT": hit | {"ExpireAt": 0},
        "UpdateHITReviewStatus": hit,
        "UpdateHITTypeOfHIT": hit | {"HITTypeId": it.hit_type},
        "UpdateNotificationSettings": {"HITTypeId": it.hit_type, "Notification": NOTIFICATION},
        "UpdateQualificationType": kind | {"Description": "mine now"},
    }


# What works without an id of somebody else's, or with a worker's, who is nobody's; qualification types are public.
ANSWERED = {
    "CreateHITType",
    "CreateQualificationType",
    "CreateWorkerBlock",
    "DeleteWorkerBlock",
    "GetAccountBalance",
    "GetQualificationType",
    "ListHITs",
    "ListHITsForQualificationType",
    "ListQualificationTypes",
    "ListReviewableHITs",
    "ListWorkerBlocks",
    "NotifyWorkers",
}


# These are refused whatever they name.
WITHOUT_ANYTHING = {"SendTestEventNotification"}


def call(it: SimpleNamespace, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    credential = f"AWS4-HMAC-SHA256 Credential={it.keys.access_key}/20260301/us-east-1/mturk-requester/aws4_request"
    headers = {"X-Amz-Target": TARGET + operation, "Authorization": credential}
    reply = wire.answer(it.market, headers, json.dumps(asked).encode(), origin=Origin.IN_PROCESS)
    return reply.status, json.loads(reply.body)


def rows_of(it: SimpleNamespace) -> dict[str, list[Any]]:
    """Return every row of the database that does not name the other requester."""
    with it.market.engine.connect() as connection:
        return {
            name: [row for row in map(tuple, connection.execute(table.select())) if it.keys.requester_id not in row]
            for name, table in Base.metadata.tables.items()
            if not name.startswith("site_")
        }


def test_all_operations_are_here(theirs):
    assert asked_of(theirs).keys() == INPUTS.keys() == OPERATIONS.keys()


def test_anothers_things_do_not_exist(theirs):
    before = rows_of(theirs)
    for operation, asked in asked_of(theirs).items():
        if operation in ANSWERED or operation in WITHOUT_ANYTHING:
            continue
        status, document = call(theirs, operation, asked)
        assert (operation, status) == (operation, 400)
        assert document["TurkErrorCode"].endswith("DoesNotExist"), operation
        assert rows_of(theirs) == before, operation


def test_what_is_answered_shows_and_changes_nothing_of_anothers(theirs):
    before = rows_of(theirs)
    for operation in sorted(ANSWERED):
        status, document = call(theirs, operation, asked_of(theirs)[operation])
        assert (operation, status) == (operation, 200)
        shown = json.dumps(document)
        for secret in (theirs.hit, theirs.hit_type, theirs.place, theirs.request, "their reason", "AnswerKey"):
            assert secret not in shown, operation
        assert document.get("NumResults", 0) == (1 if operation == "ListQualificationTypes" else 0), operation
        assert theirs.kind not in shown or operation == "GetQualificationType"
    # What they made themselves names them; of the others nothing has changed but a message to nobody.
    assert rows_of(theirs) == before


def test_a_worker_is_blocked_for_each_requester_alone(theirs):
    assert call(theirs, "DeleteWorkerBlock", {"WorkerId": theirs.asker})[0] == 200
    with pytest.raises(worker.WorkError):
        worker.accept(theirs.market, theirs.asker, theirs.hit)


def test_nobody_else_reads_the_answers_to_a_test(theirs, desk):
    tested = desk.client.create_qualification_type(**PLAIN | TESTED | {"Name": "Tested"})["QualificationType"]
    assert tested["AnswerKey"]
    every = {"MustBeRequestable": False, "MustBeOwnedByCaller": False}
    for operation, asked in (
        ("GetQualificationType", {"QualificationTypeId": tested["QualificationTypeId"]}),
        ("ListQualificationTypes", every | {"Query": "Tested"}),
    ):
        status, document = call(theirs, operation, asked)
        assert status == 200
        assert tested["QualificationTypeId"] in json.dumps(document)
        assert "AnswerKey" not in json.dumps(document)
