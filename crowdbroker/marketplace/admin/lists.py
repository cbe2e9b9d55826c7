"""What the admin page lists: workers, HITs, ledger entries and events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col
from starlette.requests import Request

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.admin.listing import Listing, Order, listed
from crowdbroker.marketplace.disabled_workers import DisabledWorkerRow
from crowdbroker.marketplace.event_tables import EventRow
from crowdbroker.marketplace.layout_tables import HitWarningRow
from crowdbroker.marketplace.tables import AccountRow, EntryRow, HitRow, HitTypeRow, RequesterRow, WorkerRow

HIT_STATUSES = ("Assignable", "Unassignable", "Reviewable", "Reviewing", "Disposed")
LONGEST_SEARCH = 100

Rows = Select[*tuple[Any, ...]]


def workers(session: Session, request: Request) -> Listing:
    """List the workers; `search` is a part of a name or a WorkerId."""
    search = request.query_params.get("search", "").strip()[:LONGEST_SEARCH]
    owed = col(AccountRow.balance_cents)
    rows: Rows = (
        select(
            col(WorkerRow.id),
            col(WorkerRow.name),
            col(WorkerRow.country),
            col(WorkerRow.submitted),
            col(WorkerRow.approved),
            col(WorkerRow.rejected),
            col(WorkerRow.created_ms),
            owed.label("owed_cents"),
            col(DisabledWorkerRow.disabled_ms),
        )
        .join(AccountRow, col(AccountRow.id) == ledger.owed("") + col(WorkerRow.id))
        .outerjoin(DisabledWorkerRow, col(DisabledWorkerRow.worker_id) == col(WorkerRow.id))
    )
    if search:
        name, number = col(WorkerRow.name), col(WorkerRow.id)
        rows = rows.where(or_(name.icontains(search, autoescape=True), number == search.upper()))
    by_id = col(WorkerRow.id)
    orders = {
        "newest": Order("Newest", (col(WorkerRow.created_ms).desc(), by_id)),
        "name": Order("Name", (col(WorkerRow.name), by_id)),
        "submitted": Order("Most submitted", (col(WorkerRow.submitted).desc(), by_id)),
        "owed": Order("Most owed", (owed.desc(), by_id)),
    }
    return listed(session, request, rows, orders, search=search)


def hits(session: Session, request: Request) -> Listing:
    """List the HITs; `status` narrows them to one."""
    status = request.query_params.get("status", "")
    status = status if status in HIT_STATUSES else ""
    rows: Rows = (
        select(
            col(HitRow.id),
            col(HitRow.hit_type_id),
            col(HitRow.status),
            col(HitRow.max_assignments),
            col(HitRow.available),
            col(HitRow.pending),
            col(HitRow.submitted),
            col(HitRow.completed),
            col(HitRow.created_ms),
            col(HitRow.expires_ms),
            col(HitTypeRow.title),
            col(HitTypeRow.reward_cents),
            col(RequesterRow.name).label("requester"),
        )
        .join(HitTypeRow, col(HitTypeRow.id) == col(HitRow.hit_type_id))
        .join(RequesterRow, col(RequesterRow.id) == col(HitRow.requester_id))
    )
    if status:
        rows = rows.where(col(HitRow.status) == status)
    newest = col(HitRow.seq).desc()
    orders = {
        "newest": Order("Newest", (newest,)),
        "expires": Order("Expires first", (col(HitRow.expires_ms), newest)),
        "reward": Order("Highest reward", (col(HitTypeRow.reward_cents).desc(), newest)),
        "undecided": Order("Most undecided", (col(HitRow.submitted).desc(), newest)),
    }
    return listed(session, request, rows, orders, status=status)


def warnings_of(session: Session, listing: Listing) -> dict[str, list[str]]:
    """Return what is doubtful about the pages of the HITs of a listing, by HIT type."""
    types = {row.hit_type_id for row in listing.rows}
    row = HitWarningRow
    wanted = select(col(row.hit_type_id), col(row.text)).where(col(row.hit_type_id).in_(types)).order_by(col(row.seq))
    found: dict[str, list[str]] = {}
    for hit_type_id, text in session.execute(wanted):
        found.setdefault(hit_type_id, []).append(text)
    return found


def entries(session: Session, request: Request) -> Listing:
    """List the ledger's entries."""
    row = EntryRow
    rows: Rows = select(col(row.seq), col(row.at_ms), col(row.source), col(row.target), col(row.cents), col(row.reason))
    newest = col(row.seq).desc()
    orders = {"newest": Order("Newest", (newest,)), "largest": Order("Largest", (col(row.cents).desc(), newest))}
    return listed(session, request, rows, orders)


def events(session: Session, request: Request) -> Listing:
    """List the events that a HIT type's notification specification asked for."""
    row = EventRow
    rows: Rows = select(
        col(row.seq),
        col(row.at_ms),
        col(row.event_type),
        col(row.hit_id),
        col(row.assignment_id),
        col(row.transport),
        col(row.destination),
        col(row.tries),
        col(row.due_ms),
        col(row.outcome),
        col(row.problem),
    )
    newest = col(row.seq).desc()
    orders = {"newest": Order("Newest", (newest,)), "tries": Order("Most tries", (col(row.tries).desc(), newest))}
    return listed(session, request, rows, orders)
