"""The MTurk API as the broker uses it: the one place that holds a boto3 `mturk` client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep as real_sleep
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from crowdbroker.domain.money import from_wire, to_wire
from crowdbroker.errors import EndpointUnreachable, OutcomeUnknown, Throttled
from crowdbroker.mturk.pace import CallPace, Unpaced
from crowdbroker.mturk.replies import checked
from crowdbroker.mturk.translate import translated

PAGE = 100
_EVENTS_VERSION = "2006-05-05"
_ATTEMPTS = 8
_AGAIN_ALWAYS = (Throttled, EndpointUnreachable)
_AGAIN_WHEN_READING = (*_AGAIN_ALWAYS, OutcomeUnknown)


@dataclass(frozen=True)
class MarketHIT:
    """A HIT as the marketplace tells it; the counters are of Assignments."""

    hit_id: str
    status: str
    annotation: str
    max_assignments: int
    available: int
    pending: int
    completed: int
    expires_at: datetime


@dataclass(frozen=True)
class MarketAssignment:
    """A submitted Assignment as the marketplace tells it."""

    assignment_id: str
    worker_id: str
    hit_id: str
    status: str
    accepted_at: datetime
    submitted_at: datetime
    auto_approval_at: datetime
    answer_xml: str


@dataclass(frozen=True)
class HITPage:
    """The Question XML of a HIT, and its type."""

    question: str
    hit_type_id: str


@dataclass(frozen=True)
class MarketBonus:
    """A bonus that the marketplace has paid."""

    worker_id: str
    assignment_id: str
    cents: int
    reason: str


class MTurk:
    """One MTurk-compatible endpoint, hosted or one's own; they differ by URL alone.

    The SDK's own retries must be off: it sends a payment again without a token. Here a call is repeated only where
    that is certain to be harmless: reads after anything, effects after a refusal for their rate or where nobody
    answered at all.
    """

    def __init__(
        self,
        client: Any,
        *,
        pace: CallPace | None = None,
        sleep: Callable[[float], None] = real_sleep,
        max_wait_s: float = 10.0,
    ) -> None:
        self._client = client
        self._pace: CallPace = pace or Unpaced()
        self.endpoint: str = client.meta.endpoint_url
        wait = wait_random_exponential(multiplier=0.1, max=max_wait_s)
        policy = {"stop": stop_after_attempt(_ATTEMPTS), "wait": wait, "sleep": sleep, "reraise": True}
        self._reading = Retrying(retry=retry_if_exception_type(_AGAIN_WHEN_READING), **policy)  # type: ignore[arg-type]
        self._effecting = Retrying(retry=retry_if_exception_type(_AGAIN_ALWAYS), **policy)  # type: ignore[arg-type]

    # Reads.

    def balance_cents(self) -> int:
        """What the requester's account can still spend."""
        return from_wire(self._read("get_account_balance")["AvailableBalance"])

    def get_hit(self, hit_id: str) -> MarketHIT:
        """One HIT. Refused with `HITDoesNotExist` where it does not exist."""
        return _hit(self._read("get_hit", HITId=hit_id)["HIT"])

    def list_hits(self) -> Iterator[MarketHIT]:
        """All HITs of the account that are not disposed, newest first."""
        return map(_hit, self._pages("list_hits", "HITs"))

    def list_assignments(self, hit_id: str) -> Iterator[MarketAssignment]:
        """All submitted Assignments of a HIT, whatever was decided on them."""
        return map(_assignment, self._pages("list_assignments_for_hit", "Assignments", HITId=hit_id))

    def get_assignment(self, assignment_id: str) -> MarketAssignment:
        """One submitted Assignment. Refused with `InvalidAssignmentState` before its submission."""
        return _assignment(self._read("get_assignment", AssignmentId=assignment_id)["Assignment"])

    def list_bonuses(self, assignment_id: str) -> Iterator[MarketBonus]:
        """All bonuses paid for an Assignment."""
        return map(_bonus, self._pages("list_bonus_payments", "BonusPayments", AssignmentId=assignment_id))

    def list_hit_bonuses(self, hit_id: str) -> Iterator[MarketBonus]:
        """All bonuses paid for the Assignments of a HIT."""
        return map(_bonus, self._pages("list_bonus_payments", "BonusPayments", HITId=hit_id))

    def get_page(self, hit_id: str) -> HITPage:
        """What a HIT shows to Workers. Refused with `HITDoesNotExist` where it does not exist."""
        wire = self._read("get_hit", HITId=hit_id)["HIT"]
        return HITPage(wire.get("Question", ""), wire["HITTypeId"])

    def find_qualification_type(self, name: str) -> str | None:
        """The id of this account's qualification type of exactly that name."""
        found = self._pages(
            "list_qualification_types",
            "QualificationTypes",
            Query=name,
            MustBeRequestable=False,
            MustBeOwnedByCaller=True,
        )
        return next((one["QualificationTypeId"] for one in found if one["Name"] == name), None)

    def has_qualification(self, qualification_type_id: str, worker_id: str) -> bool:
        """Whether a Worker holds a qualification of the type."""
        granted = self._pages(
            "list_workers_with_qualification_type",
            "Qualifications",
            QualificationTypeId=qualification_type_id,
            Status="Granted",
        )
        return any(one["WorkerId"] == worker_id for one in granted)

    def create_hit_type(self, request: dict[str, Any]) -> str:
        """The id of the HIT type with these values; the same values give the same id, so it may be called freely."""
        reply = self._read("create_hit_type", **request)
        return str(reply["HITTypeId"])

    def send_events(self, hit_type_id: str, destination: str, kinds: Sequence[str]) -> None:
        """Have a HIT type's events sent to a queue or a webhook; the same values again change nothing."""
        notification = {
            "Destination": destination,
            "Transport": "SQS",
            "Version": _EVENTS_VERSION,
            "EventTypes": list(kinds),
        }
        self._read("update_notification_settings", HITTypeId=hit_type_id, Notification=notification, Active=True)

    # Effects: called by the relay alone.

    def create_hit(self, request: dict[str, Any], *, token: str) -> MarketHIT:
        """Publish a HIT. Refused with `HitAlreadyExists` where the token was used within 24 hours."""
        return _hit(self._effect("create_hit_with_hit_type", **request, UniqueRequestToken=token)["HIT"])

    def approve(self, assignment_id: str, *, feedback: str = "", override: bool = False) -> None:
        """Pay for an Assignment; `override` reverses a rejection."""
        extra = {"RequesterFeedback": feedback} if feedback else {}
        self._effect("approve_assignment", AssignmentId=assignment_id, OverrideRejection=override, **extra)

    def reject(self, assignment_id: str, *, feedback: str) -> None:
        """Refuse to pay for an Assignment, with the reason that its Worker reads."""
        self._effect("reject_assignment", AssignmentId=assignment_id, RequesterFeedback=feedback)

    def bonus(self, worker_id: str, assignment_id: str, cents: int, reason: str, *, token: str) -> None:
        """Pay a bonus. Refused where the token was used within 24 hours."""
        self._effect(
            "send_bonus",
            WorkerId=worker_id,
            AssignmentId=assignment_id,
            BonusAmount=to_wire(cents),
            Reason=reason,
            UniqueRequestToken=token,
        )

    def extend(self, hit_id: str, places: int, *, token: str) -> None:
        """Add places to a HIT. Refused with `InvalidMaximumAssignmentsIncrease` from below ten to ten or more."""
        self._effect(
            "create_additional_assignments_for_hit",
            HITId=hit_id,
            NumberOfAdditionalAssignments=places,
            UniqueRequestToken=token,
        )

    def expire(self, hit_id: str, at: datetime) -> None:
        """Move the end of a HIT's life; a past time ends it at once, for those who have not accepted it yet."""
        self._effect("update_expiration_for_hit", HITId=hit_id, ExpireAt=at)

    def create_qualification_type(self, name: str, description: str) -> str:
        """The id of a new qualification type. Refused with `QualificationTypeAlreadyExists` for a known name."""
        reply = self._effect(
            "create_qualification_type", Name=name, Description=description, QualificationTypeStatus="Active"
        )
        return str(reply["QualificationType"]["QualificationTypeId"])

    def grant(self, qualification_type_id: str, worker_id: str) -> None:
        """Give a Worker a qualification, without writing to them."""
        self._effect(
            "associate_qualification_with_worker",
            QualificationTypeId=qualification_type_id,
            WorkerId=worker_id,
            IntegerValue=1,
            SendNotification=False,
        )

    def revoke(self, qualification_type_id: str, worker_id: str) -> None:
        """Take a qualification back, without writing to the Worker. Refused where the Worker does not hold it."""
        self._effect(
            "disassociate_qualification_from_worker", QualificationTypeId=qualification_type_id, WorkerId=worker_id
        )

    # The wire.

    def _read(self, operation: str, **request: Any) -> dict[str, Any]:
        return self._reading.copy()(self._call, operation, request)

    def _effect(self, operation: str, **request: Any) -> dict[str, Any]:
        return self._effecting.copy()(self._call, operation, request)

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self._pace.before(operation)
        try:
            with translated(operation, self.endpoint):
                reply: dict[str, Any] = getattr(self._client, operation)(**request)
        except Throttled:
            self._pace.throttled(operation)
            raise
        return checked(operation, reply, self.endpoint)

    def _pages(self, operation: str, member: str, **request: Any) -> Iterator[dict[str, Any]]:
        """Every element to the last page; an empty page ends a listing even where it still carries a token."""
        token: str | None = None
        while True:
            more = {"NextToken": token} if token else {}
            reply = self._read(operation, MaxResults=PAGE, **request, **more)
            yield from reply[member]
            token = reply.get("NextToken")
            if not token or not reply[member]:
                return


def _hit(wire: dict[str, Any]) -> MarketHIT:
    return MarketHIT(
        wire["HITId"],
        wire["HITStatus"],
        wire.get("RequesterAnnotation", ""),
        wire["MaxAssignments"],
        wire.get("NumberOfAssignmentsAvailable", 0),
        wire.get("NumberOfAssignmentsPending", 0),
        wire.get("NumberOfAssignmentsCompleted", 0),
        wire["Expiration"],
    )


def _assignment(wire: dict[str, Any]) -> MarketAssignment:
    return MarketAssignment(
        wire["AssignmentId"],
        wire["WorkerId"],
        wire["HITId"],
        wire["AssignmentStatus"],
        wire["AcceptTime"],
        wire["SubmitTime"],
        wire["AutoApprovalTime"],
        wire.get("Answer", ""),
    )


def _bonus(wire: dict[str, Any]) -> MarketBonus:
    return MarketBonus(wire["WorkerId"], wire["AssignmentId"], from_wire(wire["BonusAmount"]), wire.get("Reason", ""))
