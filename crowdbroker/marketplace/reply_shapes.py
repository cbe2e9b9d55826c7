"""What each operation answers, for a description of the service (API reference, response elements and data structures).

One line a structure: its members with their types; a member without one is a string. A name in brackets is a list of
it; a name that begins with a capital letter is another structure of this file.
"""

from __future__ import annotations

_HITS = "NextToken NumResults:integer HITs:[HIT]"
_QUALIFICATION_TYPE = "QualificationType:QualificationType"

REPLIES: dict[str, str] = {
    "CreateHIT": "HIT:HIT",
    "CreateHITType": "HITTypeId",
    "CreateHITWithHITType": "HIT:HIT",
    "CreateQualificationType": _QUALIFICATION_TYPE,
    "GetAccountBalance": "AvailableBalance OnHoldBalance",
    "GetAssignment": "Assignment:Assignment HIT:HIT",
    "GetFileUploadURL": "FileUploadURL",
    "GetHIT": "HIT:HIT",
    "GetQualificationScore": "Qualification:Qualification",
    "GetQualificationType": _QUALIFICATION_TYPE,
    "ListAssignmentsForHIT": "NextToken NumResults:integer Assignments:[Assignment]",
    "ListBonusPayments": "NextToken NumResults:integer BonusPayments:[BonusPayment]",
    "ListHITs": _HITS,
    "ListHITsForQualificationType": _HITS,
    "ListQualificationRequests": "NextToken NumResults:integer QualificationRequests:[QualificationRequest]",
    "ListQualificationTypes": "NextToken NumResults:integer QualificationTypes:[QualificationType]",
    "ListReviewPolicyResultsForHIT": (
        "NextToken HITId AssignmentReviewPolicy:ReviewPolicy HITReviewPolicy:ReviewPolicy "
        "AssignmentReviewReport:ReviewReport HITReviewReport:ReviewReport"
    ),
    "ListReviewableHITs": _HITS,
    "ListWorkerBlocks": "NextToken NumResults:integer WorkerBlocks:[WorkerBlock]",
    "ListWorkersWithQualificationType": "NextToken NumResults:integer Qualifications:[Qualification]",
    "NotifyWorkers": "NotifyWorkersFailureStatuses:[NotifyWorkersFailureStatus]",
    "UpdateQualificationType": _QUALIFICATION_TYPE,
}
"""By operation; one that is not here answers with nothing."""

STRUCTURES: dict[str, str] = {
    "Assignment": (
        "AssignmentId WorkerId HITId AssignmentStatus AutoApprovalTime:timestamp AcceptTime:timestamp "
        "SubmitTime:timestamp ApprovalTime:timestamp RejectionTime:timestamp Deadline:timestamp Answer "
        "RequesterFeedback"
    ),
    "BonusPayment": "WorkerId BonusAmount AssignmentId Reason GrantTime:timestamp",
    "HIT": (
        "HITId HITTypeId HITGroupId HITLayoutId CreationTime:timestamp Title Description Question Keywords HITStatus "
        "MaxAssignments:integer Reward AutoApprovalDelayInSeconds:long Expiration:timestamp "
        "AssignmentDurationInSeconds:long RequesterAnnotation QualificationRequirements:[QualificationRequirement] "
        "HITReviewStatus NumberOfAssignmentsPending:integer NumberOfAssignmentsAvailable:integer "
        "NumberOfAssignmentsCompleted:integer"
    ),
    "Locale": "Country Subdivision",
    "NotifyWorkersFailureStatus": "NotifyWorkersFailureCode NotifyWorkersFailureMessage WorkerId",
    "ParameterMapEntry": "Key Values:[string]",
    "PolicyParameter": "Key Values:[string] MapEntries:[ParameterMapEntry]",
    "Qualification": (
        "QualificationTypeId WorkerId GrantTime:timestamp IntegerValue:integer LocaleValue:Locale Status"
    ),
    "QualificationRequest": ("QualificationRequestId QualificationTypeId WorkerId Test Answer SubmitTime:timestamp"),
    "QualificationRequirement": (
        "QualificationTypeId Comparator IntegerValues:[integer] LocaleValues:[Locale] RequiredToPreview:boolean "
        "ActionsGuarded"
    ),
    "QualificationType": (
        "QualificationTypeId CreationTime:timestamp Name Description Keywords QualificationTypeStatus Test "
        "TestDurationInSeconds:long AnswerKey RetryDelayInSeconds:long IsRequestable:boolean AutoGranted:boolean "
        "AutoGrantedValue:integer"
    ),
    "ReviewActionDetail": ("ActionId ActionName TargetId TargetType Status CompleteTime:timestamp Result ErrorCode"),
    "ReviewPolicy": "PolicyName Parameters:[PolicyParameter]",
    "ReviewReport": "ReviewResults:[ReviewResultDetail] ReviewActions:[ReviewActionDetail]",
    "ReviewResultDetail": "ActionId SubjectId SubjectType QuestionId Key Value",
    "WorkerBlock": "WorkerId Reason",
}
