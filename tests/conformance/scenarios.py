"""The scenario table: what a requester calls, what a worker does in between, and what every client must be shown.

`$name` in an input or an expectation is a value that an earlier step kept. A dotted path leads into an output;
a number in it is a place in a list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
HTML = (
    f'<HTMLQuestion xmlns="{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[<!DOCTYPE html>'
    '<html><head><title>Tone</title></head><body><form><input name="TONE"></form></body></html>]]></HTMLContent>'
    "<FrameHeight>0</FrameHeight></HTMLQuestion>"
)
EXTERNAL = (
    f'<ExternalQuestion xmlns="{SCHEMAS}/2006-07-14/ExternalQuestion.xsd">'
    "<ExternalURL>https://tasks.example/one?batch=7</ExternalURL><FrameHeight>600</FrameHeight></ExternalQuestion>"
)
TEST = (
    f'<QuestionForm xmlns="{SCHEMAS}/2017-11-06/QuestionForm.xsd"><Question>'
    "<QuestionIdentifier>capital</QuestionIdentifier><IsRequired>true</IsRequired>"
    "<QuestionContent><Text>Which city is the capital of France?</Text></QuestionContent>"
    "<AnswerSpecification><SelectionAnswer><StyleSuggestion>radiobutton</StyleSuggestion><Selections>"
    "<Selection><SelectionIdentifier>paris</SelectionIdentifier><Text>Paris</Text></Selection>"
    "<Selection><SelectionIdentifier>lyon</SelectionIdentifier><Text>Lyon</Text></Selection>"
    "</Selections></SelectionAnswer></AnswerSpecification></Question></QuestionForm>"
)
KEY = (
    f'<AnswerKey xmlns="{SCHEMAS}/2005-10-01/AnswerKey.xsd"><Question><QuestionIdentifier>capital'
    "</QuestionIdentifier><AnswerOption><SelectionIdentifier>paris</SelectionIdentifier><AnswerScore>10</AnswerScore>"
    "</AnswerOption></Question></AnswerKey>"
)
WORK = {
    "Title": "What tone has this sentence?",
    "Description": "One short sentence, one word.",
    "Keywords": "text, tone",
    "Reward": "0.05",
    "AssignmentDurationInSeconds": 600,
    "AutoApprovalDelayInSeconds": 86_400,
}
HIT = WORK | {"LifetimeInSeconds": 3600, "MaxAssignments": 2, "Question": HTML}
NOBODY = "3AAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
STRANGER = "AZZZZZZZZZZZZZ"
EVENTS = {
    "Destination": "https://sqs.us-east-1.amazonaws.com/123456789012/events",
    "Transport": "SQS",
    "Version": "2014-08-15",
    "EventTypes": ["AssignmentSubmitted", "HITReviewable"],
}


@dataclass(frozen=True)
class Error:
    """An error that must come: its name, its TurkErrorCode without the prefix, a part of its text."""

    name: str
    code: str | None
    text: str


@dataclass(frozen=True)
class Call:
    """One operation."""

    operation: str
    asked: dict[str, Any] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)
    shows: dict[str, Any] = field(default_factory=dict)
    error: Error | None = None


@dataclass(frozen=True)
class Pages:
    """A whole list, read with the client's own paginator one entry at a time."""

    operation: str
    key: str
    count: int
    asked: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What a worker does: one of `acts`, the names of what it needs, the name under which its result is kept."""

    act: str
    needs: tuple[str, ...] = ()
    keep: str = ""


Step = Call | Pages | Work


def refused(code: str, text: str, name: str = "RequestError") -> Error:
    return Error(name, f"AWS.MechanicalTurk.{code}", text)


def _does_not_exist(kind: str, shown: str) -> Error:
    return refused(f"{kind}DoesNotExist", shown)


def _done(number: int, hit: str = "hit") -> list[Step]:
    worker, assignment = f"worker{number}", f"assignment{number}"
    return [
        Work("enrol", (), worker),
        Work("accept", (worker, hit), assignment),
        Work("submit", (worker, assignment)),
    ]


SCENARIOS: dict[str, list[Step]] = {
    "a HIT from creation to disposal": [
        Call("GetAccountBalance", shows={"AvailableBalance": "10000.00", "OnHoldBalance": "0.00"}),
        Call(
            "CreateHIT",
            HIT | {"RequesterAnnotation": "row 1", "UniqueRequestToken": "token-1"},
            keep={"hit": "HIT.HITId", "type": "HIT.HITTypeId"},
            shows={
                "HIT.HITStatus": "Assignable",
                "HIT.Reward": "0.05",
                "HIT.MaxAssignments": 2,
                "HIT.NumberOfAssignmentsAvailable": 2,
                "HIT.RequesterAnnotation": "row 1",
                "HIT.HITReviewStatus": "NotReviewed",
                "HIT.Question": HTML,
            },
        ),
        Call("GetAccountBalance", shows={"AvailableBalance": "9999.88", "OnHoldBalance": "0.12"}),
        Call("CreateHIT", HIT | {"UniqueRequestToken": "token-1"}, error=refused("HitAlreadyExists", "$hit")),
        Call("GetHIT", {"HITId": "$hit"}, shows={"HIT.HITTypeId": "$type"}),
        *_done(1),
        Call(
            "GetAssignment",
            {"AssignmentId": "$assignment1"},
            shows={"Assignment.AssignmentStatus": "Submitted", "Assignment.WorkerId": "$worker1", "HIT.HITId": "$hit"},
        ),
        *_done(2),
        Call("GetHIT", {"HITId": "$hit"}, shows={"HIT.HITStatus": "Reviewable"}),
        Call("ListReviewableHITs", shows={"HITs.0.HITId": "$hit", "NumResults": 1}),
        Call("UpdateHITReviewStatus", {"HITId": "$hit"}),
        Call("ListReviewableHITs", {"Status": "Reviewing"}, shows={"HITs.0.HITId": "$hit"}),
        Call("UpdateHITReviewStatus", {"HITId": "$hit", "Revert": True}),
        Call(
            "UpdateHITReviewStatus",
            {"HITId": "$hit", "Revert": True},
            error=refused("InvalidHITState", "currently in the state 'Reviewable'"),
        ),
        Call("DeleteHIT", {"HITId": "$hit"}, error=refused("InvalidHITState", "currently in the state 'Reviewable'")),
        Pages("ListAssignmentsForHIT", "Assignments", 2, {"HITId": "$hit"}),
        Call("ApproveAssignment", {"AssignmentId": "$assignment1", "RequesterFeedback": "Thank you"}),
        Call(
            "ApproveAssignment",
            {"AssignmentId": "$assignment1"},
            error=refused("InvalidAssignmentState", "This operation can be called with a status of: Submitted"),
        ),
        Call("RejectAssignment", {"AssignmentId": "$assignment2", "RequesterFeedback": "Two of three were wrong"}),
        Call(
            "ListAssignmentsForHIT",
            {"HITId": "$hit", "AssignmentStatuses": ["Rejected"]},
            shows={"NumResults": 1, "Assignments.0.RequesterFeedback": "Two of three were wrong"},
        ),
        Call("ApproveAssignment", {"AssignmentId": "$assignment2", "OverrideRejection": True}),
        Call("GetAccountBalance", shows={"AvailableBalance": "9999.88", "OnHoldBalance": "0.00"}),
        Call("DeleteHIT", {"HITId": "$hit"}),
        Call("GetHIT", {"HITId": "$hit"}, shows={"HIT.HITStatus": "Disposed"}),
        Call("DeleteHIT", {"HITId": "$hit"}, error=refused("InvalidHITState", "currently in the state 'Disposed'")),
        Call("ListHITs", shows={"NumResults": 0, "HITs": []}),
    ],
    "types, growth and expiry": [
        Call("CreateHITType", WORK, keep={"type": "HITTypeId"}),
        Call("CreateHITType", WORK, shows={"HITTypeId": "$type"}),
        Call(
            "CreateHITWithHITType",
            {"HITTypeId": "$type", "LifetimeInSeconds": 3600, "MaxAssignments": 9, "Question": EXTERNAL},
            keep={"hit": "HIT.HITId"},
            shows={"HIT.HITTypeId": "$type", "HIT.Question": EXTERNAL},
        ),
        Call(
            "CreateAdditionalAssignmentsForHIT",
            {"HITId": "$hit", "NumberOfAdditionalAssignments": 1},
            error=refused("InvalidMaximumAssignmentsIncrease", "10"),
        ),
        Call("CreateHIT", HIT | {"MaxAssignments": 1}, keep={"small": "HIT.HITId"}),
        Call(
            "CreateAdditionalAssignmentsForHIT",
            {"HITId": "$small", "NumberOfAdditionalAssignments": 2, "UniqueRequestToken": "more-1"},
        ),
        Call(
            "CreateAdditionalAssignmentsForHIT",
            {"HITId": "$small", "NumberOfAdditionalAssignments": 2, "UniqueRequestToken": "more-1"},
            error=refused("", "request"),
        ),
        Call("GetHIT", {"HITId": "$small"}, shows={"HIT.MaxAssignments": 3, "HIT.NumberOfAssignmentsAvailable": 3}),
        Call("UpdateExpirationForHIT", {"HITId": "$small", "ExpireAt": 0}),
        Call(
            "UpdateExpirationForHIT",
            {"HITId": "$small", "ExpireAt": 0},
            error=refused("", "has already been processed"),
        ),
        Call("GetHIT", {"HITId": "$small"}, shows={"HIT.HITStatus": "Reviewable"}),
        Call("CreateHITType", WORK | {"Title": "Another title"}, keep={"other": "HITTypeId"}),
        Call("UpdateHITTypeOfHIT", {"HITId": "$small", "HITTypeId": "$other"}),
        Call("GetHIT", {"HITId": "$small"}, shows={"HIT.Title": "Another title", "HIT.HITTypeId": "$other"}),
        Pages("ListHITs", "HITs", 2),
        Pages("ListReviewableHITs", "HITs", 1),
        Call("ListHITs", {"NextToken": "no such token"}, error=refused("", "NextToken")),
    ],
    "bonuses": [
        Call("CreateHIT", HIT, keep={"hit": "HIT.HITId"}),
        *_done(1),
        *_done(2),
        Call("ApproveAssignment", {"AssignmentId": "$assignment1"}),
        Call("ApproveAssignment", {"AssignmentId": "$assignment2"}),
        Call(
            "SendBonus",
            {
                "WorkerId": "$worker1",
                "AssignmentId": "$assignment1",
                "BonusAmount": "1.50",
                "Reason": "Very careful work",
                "UniqueRequestToken": "bonus-1",
            },
        ),
        Call(
            "SendBonus",
            {
                "WorkerId": "$worker1",
                "AssignmentId": "$assignment1",
                "BonusAmount": "1.50",
                "Reason": "Very careful work",
                "UniqueRequestToken": "bonus-1",
            },
            error=refused("", "request"),
        ),
        Call(
            "SendBonus",
            {"WorkerId": "$worker2", "AssignmentId": "$assignment2", "BonusAmount": "0.01", "Reason": "Thank you"},
        ),
        Call(
            "SendBonus",
            {"WorkerId": STRANGER, "AssignmentId": "$assignment2", "BonusAmount": "0.01", "Reason": "Thank you"},
            error=Error("ParameterValidationError", None, "WorkerId"),
        ),
        Call(
            "SendBonus",
            {"WorkerId": "$worker1", "AssignmentId": "$assignment1", "BonusAmount": "$5", "Reason": "Thank you"},
            error=Error("ParameterValidationError", None, "bonusAmount"),
        ),
        Call(
            "ListBonusPayments",
            {"AssignmentId": "$assignment1"},
            shows={"BonusPayments.0.BonusAmount": "1.50", "BonusPayments.0.Reason": "Very careful work"},
        ),
        Pages("ListBonusPayments", "BonusPayments", 2, {"HITId": "$hit"}),
        Call("GetAccountBalance", shows={"AvailableBalance": "9998.06", "OnHoldBalance": "0.00"}),
    ],
    "qualification types and who has them": [
        Call(
            "CreateQualificationType",
            {
                "Name": "Speaks French",
                "Description": "Can read a page",
                "QualificationTypeStatus": "Active",
                "Keywords": "language",
            },
            keep={"kind": "QualificationType.QualificationTypeId"},
            shows={"QualificationType.Name": "Speaks French", "QualificationType.QualificationTypeStatus": "Active"},
        ),
        Call(
            "CreateQualificationType",
            {"Name": "Speaks French", "Description": "Again", "QualificationTypeStatus": "Active"},
            error=refused(
                "QualificationTypeAlreadyExists", "You have already created a QualificationType with this name."
            ),
        ),
        Call(
            "UpdateQualificationType",
            {"QualificationTypeId": "$kind", "Description": "Can read a book", "RetryDelayInSeconds": 60},
            shows={"QualificationType.Description": "Can read a book", "QualificationType.RetryDelayInSeconds": 60},
        ),
        Call(
            "GetQualificationType",
            {"QualificationTypeId": "$kind"},
            shows={"QualificationType.Keywords": "language"},
        ),
        Call(
            "CreateQualificationType",
            {
                "Name": "Knows capitals",
                "Description": "One question",
                "QualificationTypeStatus": "Active",
                "Test": TEST,
                "AnswerKey": KEY,
                "TestDurationInSeconds": 600,
            },
            keep={"exam": "QualificationType.QualificationTypeId"},
            shows={"QualificationType.TestDurationInSeconds": 600},
        ),
        Pages(
            "ListQualificationTypes",
            "QualificationTypes",
            2,
            {"MustBeRequestable": True, "MustBeOwnedByCaller": True},
        ),
        Work("enrol", (), "worker1"),
        Work("enrol", (), "worker2"),
        Call(
            "AssociateQualificationWithWorker",
            {"QualificationTypeId": "$kind", "WorkerId": "$worker1", "IntegerValue": 80},
        ),
        Call("AssociateQualificationWithWorker", {"QualificationTypeId": "$kind", "WorkerId": "$worker2"}),
        Call(
            "GetQualificationScore",
            {"QualificationTypeId": "$kind", "WorkerId": "$worker1"},
            shows={"Qualification.IntegerValue": 80, "Qualification.Status": "Granted"},
        ),
        Pages("ListWorkersWithQualificationType", "Qualifications", 2, {"QualificationTypeId": "$kind"}),
        Call(
            "DisassociateQualificationFromWorker",
            {"QualificationTypeId": "$kind", "WorkerId": "$worker2", "Reason": "Moved to another team"},
        ),
        Call(
            "GetQualificationScore",
            {"QualificationTypeId": "$kind", "WorkerId": "$worker2"},
            error=refused("InvalidQualificationState", "status of: Granted"),
        ),
        Call(
            "GetQualificationScore",
            {"QualificationTypeId": "$exam", "WorkerId": "$worker2"},
            error=refused("QualificationDoesNotExist", "does not exist"),
        ),
        Call(
            "ListWorkersWithQualificationType",
            {"QualificationTypeId": "$kind", "Status": "Revoked"},
            shows={"NumResults": 1, "Qualifications.0.WorkerId": "$worker2"},
        ),
        Call(
            "CreateHIT",
            HIT
            | {
                "QualificationRequirements": [
                    {
                        "QualificationTypeId": "$kind",
                        "Comparator": "GreaterThanOrEqualTo",
                        "IntegerValues": [70],
                        "ActionsGuarded": "DiscoverPreviewAndAccept",
                    },
                    {
                        "QualificationTypeId": "00000000000000000071",
                        "Comparator": "NotIn",
                        "LocaleValues": [{"Country": "US", "Subdivision": "CA"}],
                    },
                ]
            },
            keep={"hit": "HIT.HITId"},
            shows={"HIT.QualificationRequirements.0.IntegerValues": [70]},
        ),
        Pages("ListHITsForQualificationType", "HITs", 1, {"QualificationTypeId": "$kind"}),
        Call("DeleteQualificationType", {"QualificationTypeId": "$exam"}),
        Call(
            "DeleteQualificationType",
            {"QualificationTypeId": "$exam"},
            error=refused("InvalidQualificationTypeState", "status of: Active,Inactive"),
        ),
    ],
    "qualifications that workers ask for": [
        Call(
            "CreateQualificationType",
            {"Name": "By request", "Description": "Ask for it", "QualificationTypeStatus": "Active"},
            keep={"kind": "QualificationType.QualificationTypeId"},
        ),
        Work("enrol", (), "worker1"),
        Work("enrol", (), "worker2"),
        Work("ask", ("worker1", "kind")),
        Work("ask", ("worker2", "kind")),
        Pages("ListQualificationRequests", "QualificationRequests", 2, {"QualificationTypeId": "$kind"}),
        Call(
            "ListQualificationRequests",
            {"QualificationTypeId": "$kind"},
            keep={"first": "QualificationRequests.0.QualificationRequestId"},
            shows={"NumResults": 2},
        ),
        Call("AcceptQualificationRequest", {"QualificationRequestId": "$first", "IntegerValue": 7}),
        Call(
            "ListQualificationRequests",
            {"QualificationTypeId": "$kind"},
            keep={"second": "QualificationRequests.0.QualificationRequestId"},
            shows={"NumResults": 1},
        ),
        Call("RejectQualificationRequest", {"QualificationRequestId": "$second", "Reason": "Not this time"}),
        Call(
            "ListWorkersWithQualificationType",
            {"QualificationTypeId": "$kind"},
            shows={"NumResults": 1, "Qualifications.0.IntegerValue": 7},
        ),
        Call(
            "AcceptQualificationRequest",
            {"QualificationRequestId": NOBODY},
            error=refused("QualificationRequestDoesNotExist", "does not exist"),
        ),
    ],
    "blocks and messages": [
        Work("enrol", (), "worker1"),
        Work("enrol", (), "worker2"),
        Call("CreateWorkerBlock", {"WorkerId": "$worker1", "Reason": "Clicks without reading"}),
        Call("CreateWorkerBlock", {"WorkerId": "$worker2", "Reason": "Clicks without reading"}),
        Pages("ListWorkerBlocks", "WorkerBlocks", 2),
        Call("DeleteWorkerBlock", {"WorkerId": "$worker1", "Reason": "A mistake of ours"}),
        Call("DeleteWorkerBlock", {"WorkerId": "$worker1"}),
        Call("ListWorkerBlocks", shows={"NumResults": 1, "WorkerBlocks.0.Reason": "Clicks without reading"}),
        Call("CreateHIT", HIT, keep={"hit": "HIT.HITId"}),
        *_done(3),
        Call("ApproveAssignment", {"AssignmentId": "$assignment3"}),
        Call(
            "NotifyWorkers",
            {"Subject": "More work", "MessageText": "There is more of it.", "WorkerIds": ["$worker3", STRANGER]},
            shows={
                "NotifyWorkersFailureStatuses.0.NotifyWorkersFailureCode": "HardFailure",
                "NotifyWorkersFailureStatuses.0.WorkerId": STRANGER,
            },
        ),
    ],
    "review policies": [
        Call(
            "CreateHIT",
            HIT
            | {
                "MaxAssignments": 2,
                "AssignmentReviewPolicy": {
                    "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
                    "Parameters": [
                        {"Key": "AnswerKey", "MapEntries": [{"Key": "TONE", "Values": ["calm"]}]},
                        {"Key": "ApproveIfKnownAnswerScoreIsAtLeast", "Values": ["100"]},
                        {"Key": "ApproveReason", "Values": ["Right"]},
                    ],
                },
                "HITReviewPolicy": {
                    "PolicyName": "SimplePlurality/2011-09-01",
                    "Parameters": [
                        {"Key": "QuestionIds", "Values": ["TONE"]},
                        {"Key": "QuestionAgreementThreshold", "Values": ["50"]},
                    ],
                },
            },
            keep={"hit": "HIT.HITId"},
        ),
        *_done(1),
        *_done(2),
        Call(
            "ListAssignmentsForHIT",
            {"HITId": "$hit", "AssignmentStatuses": ["Approved"]},
            shows={"NumResults": 2},
        ),
        Call(
            "ListReviewPolicyResultsForHIT",
            {"HITId": "$hit", "RetrieveActions": True, "RetrieveResults": True, "PolicyLevels": ["Assignment", "HIT"]},
            shows={"HITId": "$hit", "AssignmentReviewPolicy.PolicyName": "ScoreMyKnownAnswers/2011-09-01"},
        ),
        Call(
            "CreateHIT",
            HIT | {"AssignmentReviewPolicy": {"PolicyName": "ScoreYourKnownAnswers/2011-09-01"}},
            error=Error("ParameterValidationError", None, "olicyName"),
        ),
    ],
    "notifications": [
        Call("CreateHITType", WORK, keep={"type": "HITTypeId"}),
        Call(
            "UpdateNotificationSettings",
            {"HITTypeId": "$type", "Active": True},
            error=refused("", ""),
        ),
        Call("UpdateNotificationSettings", {"HITTypeId": "$type", "Notification": EVENTS, "Active": False}),
        Call("UpdateNotificationSettings", {"HITTypeId": "$type", "Active": True}),
        Call(
            "SendTestEventNotification",
            {"Notification": EVENTS | {"Destination": "http://127.0.0.1:9/queue"}, "TestEventType": "Ping"},
            error=refused("InvalidTransportEndpoint", ""),
        ),
        Call(
            "GetFileUploadURL",
            {"AssignmentId": NOBODY, "QuestionIdentifier": "file"},
            error=refused("", ""),
        ),
    ],
    "what does not exist": [
        Call("GetHIT", {"HITId": NOBODY}, error=_does_not_exist("HIT", f"Hit {NOBODY} does not exist.")),
        Call("DeleteHIT", {"HITId": NOBODY}, error=_does_not_exist("HIT", f"Hit {NOBODY} does not exist.")),
        Call(
            "ApproveAssignment",
            {"AssignmentId": NOBODY},
            error=_does_not_exist("Assignment", f"Assignment {NOBODY} does not exist."),
        ),
        Call(
            "CreateHIT",
            {name: value for name, value in HIT.items() if name != "Question"} | {"HITLayoutId": NOBODY},
            error=_does_not_exist("HITLayout", NOBODY),
        ),
        Call(
            "GetQualificationType",
            {"QualificationTypeId": NOBODY},
            error=_does_not_exist("QualificationType", NOBODY),
        ),
    ],
    "what is refused before anything is made": [
        Call(
            "CreateHIT",
            HIT | {"UniqueRequestToken": "t" * 65},
            error=Error("ParameterValidationError", None, "uniqueRequestToken"),
        ),
        Call("CreateHIT", HIT | {"Reward": "$5"}, error=Error("ParameterValidationError", None, "reward")),
        Call("CreateHIT", HIT | {"MaxAssignments": -1}, error=Error("", None, "maxAssignments")),
        Call("ListHITs", {"MaxResults": 101}, error=Error("ParameterValidationError", None, "maxResults")),
        Call("GetHIT", {"HITId": "lower-case"}, error=Error("ParameterValidationError", None, "hITId")),
        Call(
            "CreateHIT",
            HIT | {"Question": EXTERNAL.replace("https:", "http:")},
            error=Error("ParameterValidationError", None, "ExternalURL"),
        ),
        Call(
            "CreateHIT",
            HIT | {"MaxAssignments": 1_000_000, "Reward": "100.00"},
            error=refused("InsufficientFunds", "This Requester has insufficient funds"),
        ),
        Call("ListHITs", shows={"NumResults": 0}),
    ],
}
