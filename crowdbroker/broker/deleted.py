"""HITs that somebody deleted at the marketplace: their lists are gone, but each Assignment can still be asked for."""

from __future__ import annotations

from sqlmodel import col, select

from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.errors import Refused
from crowdbroker.mturk.client import MarketAssignment, MTurk
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow

_UNDECIDED = (AssignmentState.SUBMITTED, AssignmentState.HELD)


def ask_for_undecided(store: Store, market: MTurk, hit_row: int) -> tuple[list[MarketAssignment], list[str]]:
    """What became of a deleted HIT's Assignments that are undecided here, and the ids of those nobody knows of.

    MTurk deletes a HIT only when all its Assignments are decided (API reference, DeleteHIT), so each has an outcome.
    """
    with store.read() as session:
        waiting = session.exec(
            select(AssignmentRow.assignment_id)
            .where(col(AssignmentRow.hit_row) == hit_row, col(AssignmentRow.state).in_(_UNDECIDED))
            .order_by(col(AssignmentRow.id))
        ).all()
    found, unknown = [], []
    for assignment_id in waiting:
        try:
            found.append(market.get_assignment(assignment_id))
        except Refused:
            unknown.append(assignment_id)
    return found, unknown
