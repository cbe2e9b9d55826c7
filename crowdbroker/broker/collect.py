"""`collect`: new submissions become Assignments and Answers; what the marketplace decided by itself is booked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState, check_move
from crowdbroker.mturk.answers import UnreadableAnswer, read_labels
from crowdbroker.mturk.client import MarketAssignment, MarketHIT, MTurk
from crowdbroker.store.decisions import book_decision
from crowdbroker.store.ingest import Submission, ingest
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, HITItemRow, HITRow, WorkerRow

GROUP = 500
"""Assignments that are committed together."""

_DISPOSED = "Disposed"
_FINISHED = frozenset({"Reviewable", "Reviewing", _DISPOSED})
_DECIDED = {"Approved": AssignmentState.APPROVED, "Rejected": AssignmentState.REJECTED}


@dataclass
class Collected:
    """What one collection found.

    Attributes:
        unreadable: AssignmentIds whose answers could not be read.
        disposed: HITIds that somebody deleted; what was not collected or decided before is lost at the marketplace.
    """

    assignments: int = 0
    closed_hits: int = 0
    decided_there: int = 0
    unreadable: list[str] = field(default_factory=list)
    disposed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _OpenHIT:
    row: int
    hit_id: str
    place_cents: int
    item_rows: tuple[int, ...]
    collected: int
    decided: int
    open: bool
    expires_at: datetime | None


def collect(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> Collected:
    """Bring in what is new on the Batch's HITs; repeats and late input change nothing.

    The pages of ListHITs say which HITs have news, so that a poll costs one call for a hundred HITs; the full listing
    of a HIT's Assignments is what counts.
    """
    check_marketplace(batch, marketplace)
    known = _watched_hits(store, batch.id)
    report = Collected()
    if not known:
        return report
    waiting = iter(_news(market, known))
    while group := list(islice(waiting, 50)):
        # The Assignments of a HIT that was deleted can no longer be read.
        found = [
            (ours, hit, list(market.list_assignments(ours.hit_id))) for ours, hit in group if hit.status != _DISPOSED
        ]
        _ingest(store, batch, found, clock(), report)
        progress(report.assignments)
        for ours, _, listed in found:
            _book_decisions(store, ours, listed, clock(), report)
        report.disposed += [ours.hit_id for ours, hit in group if hit.status == _DISPOSED and ours.open]
        for ours, hit in group:
            _close_if_finished(store, batch.id, ours, hit, clock(), report)
    return report


def _watched_hits(store: Store, batch_id: int) -> dict[str, _OpenHIT]:
    """HITs that are open, and closed ones with Assignments whose decision is not booked."""
    with store.read() as session:
        items: dict[int, list[int]] = {}
        pages = (
            select(HITItemRow.hit_id, HITItemRow.item_id)
            .where(col(HITItemRow.hit_id) == col(HITRow.id), col(HITRow.batch_id) == batch_id)
            .order_by(col(HITItemRow.hit_id), col(HITItemRow.position))
        )
        for hit_row, item in session.exec(pages):
            items.setdefault(hit_row, []).append(item)
        counts = _counts(session, batch_id)
        hits = session.exec(select(HITRow).where(col(HITRow.batch_id) == batch_id, col(HITRow.hit_id).is_not(None)))
        watched = {}
        for hit in hits:
            assert hit.id is not None
            assert hit.hit_id is not None
            collected, decided = counts.get(hit.id, (0, 0))
            if hit.state == HITState.OPEN or decided < collected:
                cents = hit.reward_cents + hit.fee_cents
                watched[hit.hit_id] = _OpenHIT(
                    hit.id,
                    hit.hit_id,
                    cents,
                    tuple(items[hit.id]),
                    collected,
                    decided,
                    hit.state == HITState.OPEN,
                    hit.expires_at,
                )
        return watched


def _counts(session: Session, batch_id: int) -> dict[int, tuple[int, int]]:
    decided = col(AssignmentRow.state).in_([AssignmentState.APPROVED, AssignmentState.REJECTED])
    rows = (
        select(AssignmentRow.hit_row, func.count(), func.count().filter(decided))
        .where(col(AssignmentRow.batch_id) == batch_id)
        .group_by(col(AssignmentRow.hit_row))
    )
    return {hit_row: (collected, done) for hit_row, collected, done in session.exec(rows)}


def _news(market: MTurk, known: dict[str, _OpenHIT]) -> Iterator[tuple[_OpenHIT, MarketHIT]]:
    """HITs whose counters differ from what is stored; one that no listing shows is asked for by itself."""
    unseen = dict(known)
    for hit in market.list_hits():
        ours = unseen.pop(hit.hit_id, None)
        if ours is not None and _has_news(ours, hit):
            yield ours, hit
        if not unseen:
            return
    for ours in unseen.values():
        yield ours, market.get_hit(ours.hit_id)


def _has_news(ours: _OpenHIT, hit: MarketHIT) -> bool:
    submitted = hit.max_assignments - hit.available - hit.pending
    return hit.status in _FINISHED or submitted != ours.collected or hit.completed != ours.decided


def _ingest(
    store: Store,
    batch: BatchView,
    found: list[tuple[_OpenHIT, MarketHIT, list[MarketAssignment]]],
    now: datetime,
    report: Collected,
) -> None:
    submissions = [_submission(batch, ours, one, report) for ours, _, listed in found for one in listed]
    for start in range(0, len(submissions), GROUP):
        with store.write() as session:
            report.assignments += ingest(session, submissions[start : start + GROUP], now)


def _submission(batch: BatchView, ours: _OpenHIT, one: MarketAssignment, report: Collected) -> Submission:
    try:
        labels = read_labels(one.answer_xml, batch.project, ours.item_rows)
    except UnreadableAnswer:
        report.unreadable.append(one.assignment_id)
        labels = []
    return Submission(
        batch.id,
        ours.row,
        ours.place_cents,
        one.assignment_id,
        one.worker_id,
        one.accepted_at,
        one.submitted_at,
        one.auto_approval_at,
        one.answer_xml,
        labels,
    )


def _book_decisions(
    store: Store, ours: _OpenHIT, listed: list[MarketAssignment], now: datetime, report: Collected
) -> None:
    """Book Assignments that were decided without us, by the marketplace's clock or another program."""
    decided = {(one.assignment_id, one.worker_id): _DECIDED[one.status] for one in listed if one.status in _DECIDED}
    if not decided:
        return
    with store.write() as session:
        rows = select(AssignmentRow.id, AssignmentRow.assignment_id, WorkerRow.worker_id).where(
            col(AssignmentRow.hit_row) == ours.row,
            col(AssignmentRow.worker_row) == col(WorkerRow.id),
            col(AssignmentRow.state).in_([AssignmentState.SUBMITTED, AssignmentState.HELD]),
        )
        for row, assignment_id, worker_id in session.exec(rows).all():
            state = decided.get((assignment_id, worker_id))
            if state is not None and row is not None:
                book_decision(session, row, state, now)
                report.decided_there += 1


def _close_if_finished(
    store: Store,
    batch_id: int,
    ours: _OpenHIT,
    hit: MarketHIT,
    now: datetime,
    report: Collected,
) -> None:
    """Close a HIT on which no place can be submitted any more, and give back what its empty places reserved.

    An accepted place may be submitted after the HIT has expired, so the status decides and not the clock. While a
    Batch is paused, the empty places of its HITs are kept for later.
    """
    if hit.status not in _FINISHED or not ours.open:
        return
    check_move(HITState.OPEN, HITState.CLOSED)
    with store.write() as session:
        stored = session.exec(select(func.count()).where(col(AssignmentRow.hit_row) == ours.row)).one()
        empty = hit.max_assignments - stored
        if empty and session.get_one(BatchRow, batch_id).paused_at is not None:
            return
        if empty and hit.status != _DISPOSED and hit.expires_at > now:
            # Finished before its end means that every place was submitted: the listing lags behind.
            return
        if _is_changing(session, ours):
            return
        closed = session.exec(
            update(HITRow)
            .where(col(HITRow.id) == ours.row, col(HITRow.state) == HITState.OPEN)
            .values(state=HITState.CLOSED)
        )
        if closed.rowcount == 0:
            return
        cents = empty * ours.place_cents
        moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
        # A topped-up HIT is closed again, with another end of life.
        post(session, [Transfer(f"close:{ours.row}:{hit.expires_at.isoformat()}", batch_id, moves)], now)
    report.closed_hits += 1


def _is_changing(session: Session, ours: _OpenHIT) -> bool:
    """Whether the HIT gets more places or another end: what was listed may be older than that."""
    unfinished = select(EffectRow.id).where(
        col(EffectRow.hit_row) == ours.row,
        col(EffectRow.kind).in_([EffectKind.EXTEND, EffectKind.EXPIRE]),
        col(EffectRow.state).in_([EffectState.READY, EffectState.SENT]),
    )
    if session.exec(unfinished.limit(1)).first() is not None:
        return True
    return session.exec(select(HITRow.expires_at).where(col(HITRow.id) == ours.row)).one() != ours.expires_at
