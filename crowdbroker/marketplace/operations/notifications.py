"""UpdateNotificationSettings and SendTestEventNotification."""

from __future__ import annotations

from sqlmodel import Session

from crowdbroker.marketplace import events, inputs
from crowdbroker.marketplace.event_tables import NotificationRow
from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.notifications.destinations import destination
from crowdbroker.marketplace.notifications.documents import VERSIONS, sample_event
from crowdbroker.marketplace.notifications.problems import Undeliverable
from crowdbroker.marketplace.notifications.sending import send
from crowdbroker.marketplace.operations.owned import own_hit_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.shapes import NotificationSpecification


@operation(inputs.UpdateNotificationSettings, writes=True)
def update_notification_settings(call: Call, asked: inputs.UpdateNotificationSettings) -> Output:
    """Set where a HIT type's events go, or switch them on or off; whether the place can be reached shows later."""
    if asked.Notification is None and asked.Active is None:
        raise BadValue("UpdateNotificationSettings takes Notification, Active or both.")
    kind = own_hit_type(call, asked.HITTypeId)
    row = call.session.get(NotificationRow, kind.id)
    if asked.Notification is not None:
        row = _stored(call, kind.id, asked.Notification, active=row is None or row.active)
    if row is None:
        raise Fault("InvalidParameterValue", f"HITType {kind.id} has no notification specification to switch.")
    if asked.Active is not None:
        row.active = asked.Active
    return {}


@operation(inputs.SendTestEventNotification, writes=False)
def send_test_event_notification(call: Call, asked: inputs.SendTestEventNotification) -> Output:
    """Send a test event at once, whether or not the specification names its kind."""
    wanted = asked.Notification
    _check(call, wanted)
    event = sample_event(
        call.requester_id,
        asked.TestEventType,
        call.now_ms,
        transport=wanted.Transport,
        destination=wanted.Destination,
        version=wanted.Version,
    )
    _leave_transaction(call.session)
    try:
        send(call.market, event)
    except Undeliverable as problem:
        raise Fault("InvalidTransportEndpoint", f"The test notification was not taken: {problem}") from None
    return {}


def _stored(call: Call, hit_type_id: str, wanted: NotificationSpecification, *, active: bool) -> NotificationRow:
    _check(call, wanted)
    if not wanted.EventTypes or events.PING in wanted.EventTypes:
        raise BadValue(f"EventTypes names at least one event, and {events.PING} is for SendTestEventNotification only.")
    row = NotificationRow(
        hit_type_id=hit_type_id,
        transport=wanted.Transport,
        destination=wanted.Destination,
        version=wanted.Version,
        event_types=",".join(dict.fromkeys(wanted.EventTypes)),
        active=active,
    )
    return call.session.merge(row)


def _check(call: Call, wanted: NotificationSpecification) -> None:
    if wanted.Version not in VERSIONS:
        raise BadValue(f"Value {wanted.Version[:60]!r} at 'notification.version' is not one of {sorted(VERSIONS)}.")
    destination(wanted.Transport, wanted.Destination, call.market.transports)


def _leave_transaction(session: Session) -> None:
    # Nothing was written, and what comes now may take seconds: the connection goes back to the pool.
    session.rollback()
