"""What a worker sees: groups of HITs, one HIT, what is held, what was earned. All times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crowdbroker.marketplace.question_form import QuestionForm


@dataclass(frozen=True)
class Group:
    """One HIT type that has work which this worker may see.

    Attributes:
        requester: the requester's name; `requester_id` is for looking things up, no page shows it.
        duration_s: the time allotted to one Assignment.
        available: HITs of the group that this worker can still accept.
        expires_at: when the last of its HITs expires.
        qualified: whether this worker meets every requirement for accepting.
    """

    hit_type_id: str
    title: str
    description: str
    keywords: str
    requester: str
    requester_id: str
    reward_cents: int
    duration_s: int
    available: int
    expires_at: datetime
    qualified: bool
    created_at: datetime


@dataclass(frozen=True)
class Preview:
    """One HIT as a worker sees it before accepting.

    Attributes:
        html: the page of an HTMLQuestion, as the requester wrote it; None for other questions.
        external_url: the address of an ExternalQuestion, without MTurk's own parameters; None for other questions.
        frame_height: in pixels; 0 asks for a frame that fits.
        form: a QuestionForm; None for other questions.
    """

    hit_id: str
    hit_type_id: str
    title: str
    reward_cents: int
    duration_s: int
    html: str | None
    external_url: str | None
    frame_height: int
    form: QuestionForm | None = None


@dataclass(frozen=True)
class Held:
    """One accepted Assignment; `html`, `external_url`, `frame_height` and `form` as in `Preview`."""

    assignment_id: str
    hit_id: str
    hit_type_id: str
    worker_id: str
    title: str
    reward_cents: int
    html: str | None
    external_url: str | None
    frame_height: int
    accepted_at: datetime
    deadline: datetime
    form: QuestionForm | None = None


@dataclass(frozen=True)
class Earnings:
    """A worker's money, in cents, and the number of refused Assignments.

    Attributes:
        approved_cents: rewards of approved Assignments.
        pending_cents: rewards of submitted Assignments that nobody has decided.
        rejected: Assignments refused.
        bonus_cents: bonuses received.
        decided_s: the time from accepting to submitting of all that was approved or refused.
        owed_cents: what was earned and not paid out yet.
    """

    approved_cents: int
    pending_cents: int
    rejected: int
    bonus_cents: int
    decided_s: float = 0.0
    owed_cents: int = 0

    @property
    def hourly_cents(self) -> int | None:
        """What all decided work came to an hour, bonuses included, in cents; None before anything was decided."""
        if not self.decided_s:
            return None
        return round((self.approved_cents + self.bonus_cents) * 3600 / self.decided_s)


@dataclass(frozen=True)
class PastAssignment:
    """One Assignment that this worker has submitted.

    Attributes:
        status: `Submitted`, `Approved` or `Rejected`.
        took_s: the time from accepting to submitting.
        decides_at: when it is approved by itself; None once decided.
        decided_at: None until decided.
        feedback: what the requester wrote to the worker, or empty.
    """

    assignment_id: str
    hit_id: str
    title: str
    requester: str
    status: str
    reward_cents: int
    took_s: float
    submitted_at: datetime
    decides_at: datetime | None
    decided_at: datetime | None
    feedback: str


@dataclass(frozen=True)
class PastBonus:
    """One bonus that this worker was paid; `reason` is what the requester wrote."""

    title: str
    requester: str
    amount_cents: int
    reason: str
    granted_at: datetime
