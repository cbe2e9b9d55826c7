"""What happens to HITs and Assignments, told to whoever asked for it (API reference, Notifications).

An event is stored in the transaction of the change that it tells of, so neither is ever without the other;
`notifications` carries it to its destination afterwards. A HIT type without an active specification costs a look-up.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.tables import AssignmentRow, Base, HitRow

ACCEPTED = "AssignmentAccepted"
ABANDONED = "AssignmentAbandoned"
RETURNED = "AssignmentReturned"
SUBMITTED = "AssignmentSubmitted"
REJECTED = "AssignmentRejected"
APPROVED = "AssignmentApproved"
CREATED = "HITCreated"
EXPIRED = "HITExpired"
REVIEWABLE = "HITReviewable"
EXTENDED = "HITExtended"
DISPOSED = "HITDisposed"
PING = "Ping"
"""Sent by SendTestEventNotification alone."""

_KNOWN = "notifications"
_row = Base.metadata.tables["notification"].c
# Made once: every move of a HIT or an Assignment runs it.
_ACTIVE = select(_row.transport, _row.destination, _row.version, _row.event_types).where(
    _row.hit_type_id == bindparam("type"), _row.active
)


def record(session: Session, event_type: str, hit: HitRow, at_ms: int, place: AssignmentRow | None = None) -> None:
    """Store an event for delivery, if the HIT's type has an active specification that names its kind.

    Args:
        place: the Assignment that the event is about, while it still knows its worker.
    """
    wanted = _specification(session, hit.hit_type_id)
    if wanted is None or event_type not in wanted.event_types.split(","):
        return
    session.add(
        EventRow(
            requester_id=hit.requester_id,
            hit_type_id=hit.hit_type_id,
            hit_id=hit.id,
            assignment_id=None if place is None else place.id,
            worker_id=None if place is None else place.worker_id,
            event_type=event_type,
            at_ms=at_ms,
            transport=wanted.transport,
            destination=wanted.destination,
            version=wanted.version,
        )
    )


def _specification(session: Session, hit_type_id: str) -> Any:
    # One submission can be three events; a session is one transaction, so what it has read stays true.
    known: dict[str, Any] = session.info.setdefault(_KNOWN, {})
    if hit_type_id not in known:
        known[hit_type_id] = session.execute(_ACTIVE, {"type": hit_type_id}).first()
    return known[hit_type_id]
