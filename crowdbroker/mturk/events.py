"""Events of a marketplace (API reference, Notifications): read from their messages, and fetched from an SQS queue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from crowdbroker.mturk.translate import translated

EVENT_TYPES = (
    "AssignmentSubmitted",
    "AssignmentReturned",
    "AssignmentAbandoned",
    "AssignmentApproved",
    "AssignmentRejected",
    "HITReviewable",
    "HITExpired",
    "HITDisposed",
)
"""What changes something that a listing would show."""

_AT_ONCE = 10
"""API reference of SQS, ReceiveMessage and DeleteMessageBatch: messages in one call."""


class NoEvents(ValueError):
    """A message that tells of no event."""


@dataclass(frozen=True)
class MarketEvent:
    """One event, as a hint: it may be late, out of order, repeated or missing.

    Attributes:
        kind: its EventType.
    """

    kind: str
    hit_id: str | None
    assignment_id: str | None
    happened_at: datetime

    @property
    def key(self) -> str:
        """The same for every repeat."""
        return f"{self.kind}:{self.hit_id}:{self.assignment_id}:{self.happened_at.isoformat()}"


def read_events(body: str) -> list[MarketEvent]:
    """The events of a message, which SNS may have wrapped.

    Raises:
        NoEvents: it is no message of a marketplace.
    """
    try:
        document = json.loads(body)
        if document.get("Type") == "Notification":
            document = json.loads(document["Message"])
        return [_event(one) for one in document["Events"]]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NoEvents(f"no message of a marketplace: {type(error).__name__}") from error


def _event(told: dict[str, Any]) -> MarketEvent:
    happened_at = datetime.fromisoformat(told["EventTimestamp"])
    if happened_at.tzinfo is None:
        raise ValueError("a moment without a zone")
    names = told["EventType"], told.get("HITId"), told.get("AssignmentId")
    if not all(name is None or (isinstance(name, str) and _is_id(name)) for name in names):
        raise ValueError("an id that is none")
    return MarketEvent(*names, happened_at.astimezone(UTC))


def _is_id(text: str) -> bool:
    """Whether it can be an id: a database takes neither half of a surrogate pair nor, PostgreSQL, a NUL."""
    return len(text) <= 255 and text.isascii() and text.isprintable()


@dataclass(frozen=True)
class Message:
    """One message of a queue; `handle` is what deletes it."""

    body: str
    handle: str


class EventQueue:
    """An SQS queue that a marketplace sends its events to. A message that is not deleted comes again.

    Args:
        url: the queue's URL.
        endpoint_url: where SQS answers; None: AWS.
        region: of the queue.
        timeout_s: for one call, beside the time that it waits for messages.
    """

    def __init__(self, url: str, *, endpoint_url: str | None = None, region: str, timeout_s: float = 10.0) -> None:
        self.url = url
        # Receiving and deleting may be repeated without harm, so here the SDK's own retries stay on.
        config = Config(connect_timeout=timeout_s, read_timeout=timeout_s + 20)
        self._sqs = boto3.client("sqs", region_name=region, endpoint_url=endpoint_url, config=config)

    def receive(self, wait_s: int = 0) -> list[Message]:
        """Up to ten messages, after at most so many seconds (0 to 20) of waiting for the first.

        Raises:
            MarketError: the queue cannot be read.
        """
        with translated("receive_message", self.url):
            reply = self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=wait_s)
        return [Message(one["Body"], one["ReceiptHandle"]) for one in reply.get("Messages", [])]

    def delete(self, messages: Sequence[Message]) -> None:
        """Delete what is stored; one whose deletion fails comes again, and is then known.

        Raises:
            MarketError: the queue cannot be reached.
        """
        entries = [{"Id": str(number), "ReceiptHandle": one.handle} for number, one in enumerate(messages)]
        if entries:
            with translated("delete_message_batch", self.url):
                self._sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)
