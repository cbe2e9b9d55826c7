"""What a worker sees of qualifications. All times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crowdbroker.marketplace.qualification_requests import State
from crowdbroker.marketplace.question_form import QuestionForm


@dataclass(frozen=True)
class PastRequest:
    """The last request that a worker made for one type.

    Attributes:
        state: `Testing`, `Submitted`, `Granted`, `Rejected`, `Expired` or `Withdrawn`.
        has_test: whether answers to a test are part of it.
        ended_at: when it was decided, withdrawn or, for a test whose time ran out, its deadline; None while open.
        reason: what the requester wrote to the worker, or empty.
    """

    request_id: str
    state: str
    has_test: bool
    requested_at: datetime
    ended_at: datetime | None
    value: int | None
    reason: str


@dataclass(frozen=True)
class Qualification:
    """One qualification type and one worker's part in it.

    Attributes:
        requester: the requester's name.
        test_duration_s: the time for the test; None for a type without one.
        at_once: whether a request is granted, or a test graded, without anybody's decision.
        retry_delay_s: how long after one request the next may be made; None when there is one try only.
        value: what the worker has; None when it has none, or it was revoked.
        since: when the value was granted.
        is_revoked: whether the requester has taken it back; `reason` says why, or is empty.
        state: whether the worker may request it, as in `Access`.
        at: the end of `later` or `testing`.
        request_id: the open request of `testing` or `waiting`.
        last: the last request, an open one too; None when there was none.
    """

    type_id: str
    name: str
    description: str
    requester: str
    test_duration_s: int | None
    at_once: bool
    retry_delay_s: int | None
    value: int | None
    since: datetime | None
    is_revoked: bool
    reason: str
    state: State
    at: datetime | None
    request_id: str | None
    last: PastRequest | None


@dataclass(frozen=True)
class QualificationTest:
    """A test that a worker is taking; `form` is the one that it began with."""

    request_id: str
    type_id: str
    name: str
    requester: str
    form: QuestionForm
    deadline: datetime


@dataclass(frozen=True)
class Record:
    """What the marketplace itself knows of a worker and requirements may ask for.

    Attributes:
        approved: Assignments approved, by all requesters.
        approval_rate: in percent; 100 until there is a history (`qualifications.HISTORY_FOR_A_RATE`).
        place: an ISO 3166 code such as `US` or `US-CA`; empty when the worker has told none.
    """

    approved: int
    approval_rate: int
    place: str
    is_adult: bool
    is_master: bool
