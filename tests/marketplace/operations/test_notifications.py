from __future__ import annotations

import pytest

from crowdbroker.marketplace.event_tables import NotificationRow

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/events"


def specification(**changes):
    asked = {"Destination": QUEUE, "Transport": "SQS", "Version": "2014-08-15", "EventTypes": ["HITReviewable"]}
    return asked | changes


def kept(desk, hit):
    with desk.market.read() as session:
        row = session.get(NotificationRow, hit["HITTypeId"])
    return row and (row.destination, row.event_types, row.active)


def test_a_new_specification_replaces_the_old_one_and_keeps_it_switched_off(desk):
    hit = desk.hit()
    call, about = desk.client.update_notification_settings, {"HITTypeId": hit["HITTypeId"]}
    call(**about, Notification=specification())
    assert kept(desk, hit) == (QUEUE, "HITReviewable", True)
    call(**about, Active=False)
    call(**about, Notification=specification(EventTypes=["HITExpired", "HITExtended", "HITExpired"]))
    assert kept(desk, hit) == (QUEUE, "HITExpired,HITExtended", False)
    call(**about, Notification=specification(), Active=True)
    assert kept(desk, hit) == (QUEUE, "HITReviewable", True)


@pytest.mark.parametrize("version", ["2014-08-15", "2006-05-05"])
def test_both_documented_versions_are_taken(desk, version):
    hit = desk.hit()
    desk.client.update_notification_settings(
        HITTypeId=hit["HITTypeId"], Notification=specification(Version=version), Active=False
    )
    assert kept(desk, hit) == (QUEUE, "HITReviewable", False)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({}, "ParameterValidationError"),
        ({"Active": True}, "RequestError"),
        ({"Notification": specification(Version="2012-03-25")}, "ParameterValidationError"),
        ({"Notification": specification(EventTypes=[])}, "ParameterValidationError"),
        ({"Notification": specification(EventTypes=["HITExpired", "Ping"])}, "ParameterValidationError"),
        ({"Notification": specification(EventTypes=["HITSold"])}, "ParameterValidationError"),
        ({"Notification": specification(Transport="Email", Destination="a@example.org")}, "ParameterValidationError"),
        ({"Notification": specification(Transport="REST")}, "ParameterValidationError"),
        ({"Notification": specification(Destination="http://example.org/")}, "ParameterValidationError"),
    ],
)
def test_settings_that_make_no_sense_are_refused(desk, asked, kind):
    hit = desk.hit()
    refused = desk.refusal(desk.client.update_notification_settings, HITTypeId=hit["HITTypeId"], **asked)
    assert refused.kind == kind
    assert kept(desk, hit) is None


def test_an_unknown_type_is_refused(desk):
    call = desk.client.update_notification_settings
    assert desk.refusal(call, HITTypeId="3NOBODYS", Active=True).code == "HITTypeDoesNotExist"


def test_a_test_event_that_cannot_be_delivered_is_an_error_at_once(desk):
    call = desk.client.send_test_event_notification
    nowhere = specification(Destination="https://localhost:1/hook")
    refused = desk.refusal(call, Notification=nowhere, TestEventType="HITReviewable")
    assert (refused.kind, refused.code) == ("RequestError", "InvalidTransportEndpoint")
    wrong = specification(Version="1")
    assert desk.refusal(call, Notification=wrong, TestEventType="Ping").kind == "ParameterValidationError"
    odd = desk.refusal(call, Notification=specification(), TestEventType="HITSold")
    assert odd.kind == "ParameterValidationError"
