"""The API's scalar shapes and input structures, with their constraints (service model of 2017-01-17).

Clients check types and required members only; lengths, patterns and enumerations reach the server unchecked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Integer = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
# Epoch seconds, with or without a fraction; the bounds are the years that a datetime can hold.
Timestamp = Annotated[float, Field(ge=-62_135_596_800, le=253_402_300_799, allow_inf_nan=False)]

CountryParameters = Annotated[str, StringConstraints(min_length=2, max_length=2)]
# The model has no longest; Python reads no number of any length.
CurrencyAmount = Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9]+(\.)?[0-9]{0,2}$")]
CustomerId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^A[A-Z0-9]+$")]
EntityId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Z0-9]+$")]
IdempotencyToken = Annotated[str, StringConstraints(min_length=1, max_length=64)]
PaginationToken = Annotated[str, StringConstraints(min_length=1, max_length=255)]
ResultSize = Annotated[int, Field(ge=1, le=100)]

YEAR_S = 31_536_000
Seconds = Annotated[int, Field(ge=30, le=YEAR_S)]
# The model has no longest for these two; a moment further away than a calendar reaches can be shown to nobody.
RetryDelay = Annotated[int, Field(ge=0, le=YEAR_S)]
TestDuration = Annotated[int, Field(ge=1, le=YEAR_S)]
AutoApprovalDelay = Annotated[int, Field(ge=0, le=2_592_000)]
MOST_PLACES = 1_000_000_000
Places = Annotated[int, Field(ge=1, le=MOST_PLACES)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Description = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Keywords = Annotated[str, StringConstraints(max_length=1000)]
Annotation = Annotated[str, StringConstraints(max_length=255)]
Feedback = Annotated[str, StringConstraints(max_length=1024)]

AssignmentStatus = Literal["Submitted", "Approved", "Rejected"]
ComparatorName = Literal[
    "LessThan",
    "LessThanOrEqualTo",
    "GreaterThan",
    "GreaterThanOrEqualTo",
    "EqualTo",
    "NotEqualTo",
    "Exists",
    "DoesNotExist",
    "In",
    "NotIn",
]
EventType = Literal[
    "AssignmentAccepted",
    "AssignmentAbandoned",
    "AssignmentReturned",
    "AssignmentSubmitted",
    "AssignmentRejected",
    "AssignmentApproved",
    "HITCreated",
    "HITExpired",
    "HITReviewable",
    "HITExtended",
    "HITDisposed",
    "Ping",
]
HITAccessActions = Literal["Accept", "PreviewAndAccept", "DiscoverPreviewAndAccept"]
NotificationTransport = Literal["Email", "SQS", "SNS"]
QualificationStatus = Literal["Granted", "Revoked"]
QualificationTypeStatus = Literal["Active", "Inactive"]
ReviewPolicyLevel = Literal["Assignment", "HIT"]
ReviewableHITStatus = Literal["Reviewable", "Reviewing"]


class Shape(BaseModel):
    """An input structure: types are taken literally, unknown members are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Locale(Shape):
    """A country, or one of its subdivisions."""

    Country: CountryParameters
    Subdivision: CountryParameters | None = None


class QualificationRequirement(Shape):
    """One condition on workers; the rules between its members are in `qualifications`."""

    QualificationTypeId: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    Comparator: ComparatorName
    IntegerValues: list[Integer] | None = None
    LocaleValues: list[Locale] | None = None
    RequiredToPreview: bool | None = None
    ActionsGuarded: HITAccessActions | None = None


class HITLayoutParameter(Shape):
    """One value for a layout's placeholder."""

    Name: str
    Value: str


class ParameterMapEntry(Shape):
    """One key of a review policy's map."""

    Key: str | None = None
    Values: list[str] | None = None


class PolicyParameter(Shape):
    """One parameter of a review policy."""

    Key: str | None = None
    Values: list[str] | None = None
    MapEntries: list[ParameterMapEntry] | None = None


class ReviewPolicy(Shape):
    """A review policy and its parameters."""

    PolicyName: str
    Parameters: list[PolicyParameter] | None = None


class NotificationSpecification(Shape):
    """Where events of a HIT type go."""

    Destination: str
    Transport: NotificationTransport
    Version: str
    EventTypes: list[EventType]


class Paged(Shape):
    """The members that every list operation has."""

    NextToken: PaginationToken | None = None
    MaxResults: ResultSize | None = None
