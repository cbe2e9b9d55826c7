from __future__ import annotations

import json
import re

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.notifications.documents import doc_id, document, sample_event

EVENT = EventRow(
    seq=7,
    requester_id="A1REQUESTER",
    hit_type_id="3TYPE",
    hit_id="3HIT",
    assignment_id="3PLACE",
    worker_id="A1WORKER",
    event_type="AssignmentAccepted",
    at_ms=1_736_807_450_266,
    transport="SQS",
    destination="https://sqs.us-east-1.amazonaws.com/123456789012/q",
    version="2014-08-15",
)


def changed(**changes):
    return EventRow(**(EVENT.model_dump() | changes))


def test_a_document_has_the_members_of_the_hosted_services():
    """As in the production message of 13 January 2025 that Dallinger/Dallinger#6220 shows."""
    body = json.loads(document(EVENT))
    assert list(body) == ["Events", "EventDocId", "SourceAccount", "CustomerId", "EventDocVersion"]
    assert body["Events"] == [
        {
            "HITGroupId": "3TYPE",
            "EventType": "AssignmentAccepted",
            "EventTimestamp": "2025-01-13T22:30:50Z",
            "HITId": "3HIT",
            "AssignmentId": "3PLACE",
            "WorkerId": "A1WORKER",
            "HITTypeId": "3TYPE",
        }
    ]
    assert re.fullmatch(r"[0-9a-f]{40}", body["EventDocId"])
    assert re.fullmatch(r"[0-9]{12}", body["SourceAccount"])
    assert (body["CustomerId"], body["EventDocVersion"]) == ("A1REQUESTER", "2014-08-15")


def test_a_hits_event_names_no_assignment():
    body = json.loads(document(changed(event_type="HITReviewable", assignment_id=None, worker_id=None)))
    assert set(body["Events"][0]) == {"HITGroupId", "EventType", "EventTimestamp", "HITId", "HITTypeId"}


def test_the_id_of_a_document_stays_and_differs_between_events():
    assert doc_id(EVENT) == doc_id(changed(tries=5, due_ms=9, claim="x"))
    assert len({doc_id(EVENT), doc_id(changed(seq=8)), doc_id(changed(event_type="AssignmentReturned"))}) == 3


def test_a_sample_has_placeholders_of_the_usual_shape():
    where = {"transport": "SQS", "destination": EVENT.destination, "version": "2014-08-15"}
    told = json.loads(document(sample_event("A1", "AssignmentSubmitted", 0, **where)))["Events"][0]
    assert re.fullmatch(r"3[A-Z0-9]{29}", told["AssignmentId"])
    assert "AssignmentId" not in json.loads(document(sample_event("A1", "Ping", 0, **where)))["Events"][0]
