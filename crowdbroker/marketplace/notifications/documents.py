"""The JSON document that tells of an event (API reference, SQS and SNS transport).

Its members and their order are those of a message that the hosted service sent in January 2025; the documentation
leaves out HITGroupId, WorkerId and SourceAccount.
"""

from __future__ import annotations

import hashlib
import json

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.times import from_ms

VERSION = "2014-08-15"
VERSIONS = frozenset({VERSION, "2006-05-05"})
"""The documentation of the operations names the one, the service model the other."""

_DOC_ID_DIGITS = 40
_ACCOUNT_DIGITS = 12
_PLACEHOLDER = "3" + "TESTEVENT".ljust(29, "0")
_PLACEHOLDER_WORKER = "A" + "TESTEVENT".ljust(13, "0")


def doc_id(event: EventRow) -> str:
    """Return an event's EventDocId, 40 hex digits: a digest of the event, so that a repetition has the same one."""
    parts = event.requester_id, event.hit_id, event.assignment_id, event.event_type, event.at_ms, event.seq
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_DOC_ID_DIGITS]


def document(event: EventRow) -> str:
    """Return the message body of one event."""
    told = {
        "HITGroupId": event.hit_type_id,
        "EventType": event.event_type,
        "EventTimestamp": f"{from_ms(event.at_ms):%Y-%m-%dT%H:%M:%SZ}",
        "HITId": event.hit_id,
        "AssignmentId": event.assignment_id,
        "WorkerId": event.worker_id,
        "HITTypeId": event.hit_type_id,
    }
    body = {
        "Events": [{name: value for name, value in told.items() if value is not None}],
        "EventDocId": doc_id(event),
        "SourceAccount": source_account(event.requester_id),
        "CustomerId": event.requester_id,
        "EventDocVersion": event.version,
    }
    return json.dumps(body, separators=(",", ":"))


def source_account(requester_id: str) -> str:
    """Return twelve digits that stand for the requester's AWS account, which this marketplace does not know."""
    number = int.from_bytes(hashlib.sha256(requester_id.encode()).digest())
    return f"{number % 10**_ACCOUNT_DIGITS:0{_ACCOUNT_DIGITS}d}"


def sample_event(
    requester_id: str, event_type: str, at_ms: int, *, transport: str, destination: str, version: str
) -> EventRow:
    """Return an event that did not happen, with placeholders for ids; it is never stored."""
    about_work = event_type.startswith("Assignment")
    return EventRow(
        requester_id=requester_id,
        hit_type_id=_PLACEHOLDER,
        hit_id=_PLACEHOLDER,
        assignment_id=_PLACEHOLDER if about_work else None,
        worker_id=_PLACEHOLDER_WORKER if about_work else None,
        event_type=event_type,
        at_ms=at_ms,
        transport=transport,
        destination=destination,
        version=version,
    )
