"""The input of each of the 39 operations, a class under the operation's wire name (service model of 2017-01-17)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from crowdbroker.marketplace import shapes
from crowdbroker.marketplace.shapes import Paged, Shape


class _HITTypeFields(Shape):
    AssignmentDurationInSeconds: shapes.Seconds
    Reward: shapes.CurrencyAmount
    Title: shapes.Title
    Description: shapes.Description
    AutoApprovalDelayInSeconds: shapes.AutoApprovalDelay | None = None
    Keywords: shapes.Keywords | None = None
    QualificationRequirements: Annotated[list[shapes.QualificationRequirement], Field(max_length=10)] | None = None


class _HITFields(Shape):
    LifetimeInSeconds: shapes.Seconds
    MaxAssignments: shapes.Places | None = None
    Question: str | None = None
    RequesterAnnotation: shapes.Annotation | None = None
    UniqueRequestToken: shapes.IdempotencyToken | None = None
    AssignmentReviewPolicy: shapes.ReviewPolicy | None = None
    HITReviewPolicy: shapes.ReviewPolicy | None = None
    HITLayoutId: shapes.EntityId | None = None
    HITLayoutParameters: list[shapes.HITLayoutParameter] | None = None


class AcceptQualificationRequest(Shape):
    QualificationRequestId: str
    IntegerValue: shapes.Integer | None = None


class ApproveAssignment(Shape):
    AssignmentId: shapes.EntityId
    RequesterFeedback: shapes.Feedback | None = None
    OverrideRejection: bool | None = None


class AssociateQualificationWithWorker(Shape):
    QualificationTypeId: shapes.EntityId
    WorkerId: shapes.CustomerId
    IntegerValue: shapes.Integer | None = None
    SendNotification: bool | None = None


class CreateAdditionalAssignmentsForHIT(Shape):
    HITId: shapes.EntityId
    NumberOfAdditionalAssignments: shapes.Places
    UniqueRequestToken: shapes.IdempotencyToken | None = None


class CreateHIT(_HITTypeFields, _HITFields):
    pass


class CreateHITType(_HITTypeFields):
    pass


class CreateHITWithHITType(_HITFields):
    HITTypeId: shapes.EntityId


class CreateQualificationType(Shape):
    Name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    Description: shapes.Description
    QualificationTypeStatus: shapes.QualificationTypeStatus
    Keywords: shapes.Keywords | None = None
    RetryDelayInSeconds: shapes.RetryDelay | None = None
    Test: str | None = None
    AnswerKey: str | None = None
    TestDurationInSeconds: shapes.TestDuration | None = None
    AutoGranted: bool | None = None
    AutoGrantedValue: shapes.Integer | None = None


class CreateWorkerBlock(Shape):
    WorkerId: shapes.CustomerId
    Reason: str


class DeleteHIT(Shape):
    HITId: shapes.EntityId


class DeleteQualificationType(Shape):
    QualificationTypeId: shapes.EntityId


class DeleteWorkerBlock(Shape):
    WorkerId: shapes.CustomerId
    Reason: str | None = None


class DisassociateQualificationFromWorker(Shape):
    WorkerId: shapes.CustomerId
    QualificationTypeId: shapes.EntityId
    Reason: str | None = None


class GetAccountBalance(Shape):
    pass


class GetAssignment(Shape):
    AssignmentId: shapes.EntityId


class GetFileUploadURL(Shape):
    AssignmentId: shapes.EntityId
    QuestionIdentifier: str


class GetHIT(Shape):
    HITId: shapes.EntityId


class GetQualificationScore(Shape):
    QualificationTypeId: shapes.EntityId
    WorkerId: shapes.CustomerId


class GetQualificationType(Shape):
    QualificationTypeId: shapes.EntityId


class ListAssignmentsForHIT(Paged):
    HITId: shapes.EntityId
    AssignmentStatuses: list[shapes.AssignmentStatus] | None = None


class ListBonusPayments(Paged):
    HITId: shapes.EntityId | None = None
    AssignmentId: shapes.EntityId | None = None


class ListHITs(Paged):
    pass


class ListHITsForQualificationType(Paged):
    QualificationTypeId: shapes.EntityId


class ListQualificationRequests(Paged):
    QualificationTypeId: shapes.EntityId | None = None


class ListQualificationTypes(Paged):
    MustBeRequestable: bool
    Query: str | None = None
    MustBeOwnedByCaller: bool | None = None


class ListReviewPolicyResultsForHIT(Paged):
    HITId: shapes.EntityId
    PolicyLevels: list[shapes.ReviewPolicyLevel] | None = None
    RetrieveActions: bool | None = None
    RetrieveResults: bool | None = None


class ListReviewableHITs(Paged):
    HITTypeId: shapes.EntityId | None = None
    Status: shapes.ReviewableHITStatus | None = None


class ListWorkerBlocks(Paged):
    pass


class ListWorkersWithQualificationType(Paged):
    QualificationTypeId: shapes.EntityId
    Status: shapes.QualificationStatus | None = None


class NotifyWorkers(Shape):
    Subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    MessageText: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    WorkerIds: Annotated[list[shapes.CustomerId], Field(max_length=100)]


class RejectAssignment(Shape):
    AssignmentId: shapes.EntityId
    RequesterFeedback: shapes.Feedback


class RejectQualificationRequest(Shape):
    QualificationRequestId: str
    Reason: str | None = None


class SendBonus(Shape):
    WorkerId: shapes.CustomerId
    BonusAmount: shapes.CurrencyAmount
    AssignmentId: shapes.EntityId
    Reason: Annotated[str, StringConstraints(min_length=1)]
    UniqueRequestToken: shapes.IdempotencyToken | None = None


class SendTestEventNotification(Shape):
    Notification: shapes.NotificationSpecification
    TestEventType: shapes.EventType


class UpdateExpirationForHIT(Shape):
    HITId: shapes.EntityId
    ExpireAt: shapes.Timestamp


class UpdateHITReviewStatus(Shape):
    HITId: shapes.EntityId
    Revert: bool | None = None


class UpdateHITTypeOfHIT(Shape):
    HITId: shapes.EntityId
    HITTypeId: shapes.EntityId


class UpdateNotificationSettings(Shape):
    HITTypeId: shapes.EntityId
    Notification: shapes.NotificationSpecification | None = None
    Active: bool | None = None


class UpdateQualificationType(Shape):
    QualificationTypeId: shapes.EntityId
    Description: shapes.Description | None = None
    QualificationTypeStatus: shapes.QualificationTypeStatus | None = None
    Test: str | None = None
    AnswerKey: str | None = None
    TestDurationInSeconds: shapes.TestDuration | None = None
    RetryDelayInSeconds: shapes.RetryDelay | None = None
    AutoGranted: bool | None = None
    AutoGrantedValue: shapes.Integer | None = None


INPUTS: dict[str, type[Shape]] = {
    shape.__name__: shape
    for shape in list(globals().values())
    if isinstance(shape, type) and issubclass(shape, Shape) and shape.__module__ == __name__
    if not shape.__name__.startswith("_")
}
