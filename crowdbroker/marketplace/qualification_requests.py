"""The moves of qualification requests, and when a worker may make one.

    Testing -> Submitted -> Granted | Rejected        Testing is left out by a type that has no test
    Testing -> Expired when its time runs out         Testing, Submitted -> Withdrawn by the worker
    Testing, Submitted -> Rejected when the type is deleted

A move starts from rows that its transaction has locked: first the type, then the request. Whoever requests, decides,
hands in or deletes comes through the type's lock, so that no two of them see one request open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.qualification_tables import (
    ACTIVE,
    EXPIRED,
    GRANTED,
    OPEN,
    REJECTED,
    SUBMITTED,
    TESTING,
    WITHDRAWN,
    QualificationRequestRow,
)
from crowdbroker.marketplace.shapes import YEAR_S
from crowdbroker.marketplace.tables import QualificationRow, QualificationTypeRow
from crowdbroker.marketplace.times import SECOND_MS

State = Literal["now", "later", "testing", "waiting", "held", "once", "closed"]


@dataclass(frozen=True)
class Access:
    """Whether a worker may request a qualification.

    Attributes:
        state: `now`; `later`, from `at_ms` on; `testing`, a test is open until `at_ms`; `waiting` for the requester;
            `held` already; `once`, the only try is used up; `closed`, nobody may request it.
        request_id: the open request of `testing` and `waiting`.
    """

    state: State
    at_ms: int | None = None
    request_id: str | None = None


def access(
    kind: QualificationTypeRow,
    held: QualificationRow | None,
    requests: Iterable[QualificationRequestRow],
    now_ms: int,
) -> Access:
    """Return whether a worker may request a type now.

    Args:
        held: the worker's qualification of this type, a revoked one too.
        requests: the worker's requests for this type, oldest first.
    """
    counted = None
    for request in requests:
        if is_open(request, now_ms):
            state: State = "testing" if request.state == TESTING else "waiting"
            return Access(state, request.deadline_ms if state == "testing" else None, request.id)
        # Taking back a plain request costs nothing; a test has been seen, so it counts as a try.
        if request.state != WITHDRAWN or request.test is not None:
            counted = request
    if kind.status != ACTIVE:
        return Access("closed")
    # A test may be taken again for a better value; without one there is nothing to gain.
    if held is not None and held.status == GRANTED and (kind.test is None or kind.retry_delay_s is None):
        return Access("held")
    if counted is None:
        return Access("now")
    if kind.retry_delay_s is None:
        return Access("once")
    again_ms = counted.requested_ms + min(kind.retry_delay_s, YEAR_S) * SECOND_MS
    return Access("now") if again_ms <= now_ms else Access("later", again_ms)


def is_open(request: QualificationRequestRow, now_ms: int) -> bool:
    """Whether a request waits for its answers or its decision; a test whose time is over does not."""
    return request.state in OPEN and not is_late(request, now_ms)


def is_late(request: QualificationRequestRow, now_ms: int) -> bool:
    """Whether the time of a test that was not handed in is over."""
    return request.state == TESTING and request.deadline_ms is not None and request.deadline_ms <= now_ms


def locked_type(session: Session, type_id: str) -> QualificationTypeRow | None:
    """Return a qualification type that nobody else uses for a move until this transaction ends, or None."""
    found = select(QualificationTypeRow).where(QualificationTypeRow.id == type_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()


def locked_request(session: Session, request_id: str) -> tuple[QualificationTypeRow, QualificationRequestRow] | None:
    """Return a request and its type, both locked, or None."""
    found = select(QualificationRequestRow).where(QualificationRequestRow.id == request_id)
    type_id = session.exec(select(QualificationRequestRow.type_id).where(QualificationRequestRow.id == request_id))
    kind = locked_type(session, type_id.first() or "")
    if kind is None:
        return None
    request = session.exec(found.with_for_update().execution_options(populate_existing=True)).one()
    return kind, request


def open_request(
    market: Marketplace, session: Session, kind: QualificationTypeRow, worker_id: str, now_ms: int
) -> QualificationRequestRow:
    """Return a new request: with a test it is Testing from now on, without one it is Submitted."""
    # A type that an older version made may have any number here.
    duration_ms = None if kind.test is None else min(kind.test_duration_s or 0, YEAR_S) * SECOND_MS
    request = QualificationRequestRow(
        id=market.ids.entity(),
        type_id=kind.id,
        worker_id=worker_id,
        state=SUBMITTED if duration_ms is None else TESTING,
        test=kind.test,
        answer_key=kind.answer_key,
        requested_ms=now_ms,
        deadline_ms=None if duration_ms is None else now_ms + duration_ms,
        submitted_ms=now_ms if duration_ms is None else None,
    )
    session.add(request)
    session.flush()
    return request


def hand_in(session: Session, request: QualificationRequestRow, answer: str, now_ms: int) -> None:
    """Store the answers to a test; the request now waits for its decision."""
    request.state = SUBMITTED
    request.answer = answer
    request.submitted_ms = now_ms
    session.flush()


def accept(
    session: Session, kind: QualificationTypeRow, request: QualificationRequestRow, value: int, now_ms: int
) -> None:
    """Grant what a request asks for."""
    _end(session, request, GRANTED, now_ms)
    request.value = value
    grant(session, kind, request.worker_id, value, now_ms)


def reject(session: Session, request: QualificationRequestRow, reason: str | None, now_ms: int) -> None:
    """Refuse a request; the reason is shown to the worker."""
    request.reason = reason
    _end(session, request, REJECTED, now_ms)


def withdraw(session: Session, request: QualificationRequestRow, now_ms: int) -> None:
    """Take an open request back."""
    _end(session, request, WITHDRAWN, now_ms)


def expire_late(session: Session, type_id: str, worker_id: str, now_ms: int) -> None:
    """Close a worker's test of a type whose time is over, so that another one may be opened."""
    late = _open_of(type_id).where(QualificationRequestRow.worker_id == worker_id)
    for request in session.exec(late).all():
        if is_late(request, now_ms):
            _end(session, request, EXPIRED, now_ms)


def reject_all(session: Session, type_id: str, reason: str, now_ms: int) -> None:
    """Refuse every open request of a type, tests that are being taken too."""
    for request in session.exec(_open_of(type_id)).all():
        reject(session, request, reason, now_ms)


def grant(session: Session, kind: QualificationTypeRow, worker_id: str, value: int, now_ms: int) -> None:
    """Give a worker a qualification, or another value of it; the caller has locked the type."""
    row = QualificationRow(type_id=kind.id, worker_id=worker_id, value=value, status=GRANTED, granted_ms=now_ms)
    session.merge(row)
    session.flush()


def _open_of(type_id: str) -> SelectOfScalar[QualificationRequestRow]:
    row = QualificationRequestRow
    return select(row).where(row.type_id == type_id, col(row.state).in_(OPEN)).with_for_update()


def _end(session: Session, request: QualificationRequestRow, state: str, now_ms: int) -> None:
    request.state = state
    request.decided_ms = now_ms
    session.flush()
