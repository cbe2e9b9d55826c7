"""`collect`: new submissions become Assignments and Answers; what the marketplace decided by itself is booked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from crowdbroker.broker.deleted import ask_for_undecided
from crowdbroker.broker.late import reserve_late
from crowdbroker.broker.publish import check_marketplace
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.broker.watched import WatchedHIT, watched_hits
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState, check_move
from crowdbroker.errors import Refused
from crowdbroker.mturk.answers import UnreadableAnswer, read_labels
from crowdbroker.mturk.client import MarketAssignment, MarketHIT, MTurk
from crowdbroker.store.decisions import book_decision
from crowdbroker.store.ingest import Submission, ingest
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, HITRow, WorkerRow

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
        disposed: HITIds that somebody deleted; what was not collected before is lost at the marketplace.
        lost: AssignmentIds of deleted HITs that were undecided, and of which the marketplace no longer knows.
        unknown: HITIds of which the marketplace knows nothing; `doctor` says what to do.
    """

    assignments: int = 0
    closed_hits: int = 0
    decided_there: int = 0
    unreadable: list[str] = field(default_factory=list)
    disposed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def collect(
    store: Store,
    market: MTurk,
    batch: BatchView,
    clock: Callable[[], datetime],
    *,
    marketplace: str,
    progress: Callable[[int], None] = lambda _done: None,
    only: Collection[str] | None = None,
    late: Collection[str] = (),
) -> Collected:
    """Bring in what is new on the Batch's HITs; repeats and late input change nothing.

    The pages of ListHITs say which HITs have news, so that a poll costs one call for a hundred HITs; the full listing
    of a HIT's Assignments is what counts.

    Args:
        only: HITIds that something is known of already; None: all are listed.
        late: HITIds of closed HITs that are looked at as well.
    """
    check_marketplace(batch, marketplace)
    known = watched_hits(store, batch.id, late)
    report = Collected()
    if not known:
        return report
    waiting = iter(_news(market, known, report) if only is None else _hinted(market, known, only, report))
    while group := list(islice(waiting, 50)):
        # The Assignments of a HIT that was deleted can no longer be read.
        found = [
            (ours, hit, list(market.list_assignments(ours.hit_id))) for ours, hit in group if hit.status != _DISPOSED
        ]
        _ingest(store, batch, found, clock(), report)
        progress(report.assignments)
        for ours, _, listed in found:
            _book_decisions(store, batch.id, ours, listed, clock(), report)
        for ours, hit in group:
            if hit.status == _DISPOSED and ours.decided < ours.collected:
                decided, lost = ask_for_undecided(store, market, ours.row)
                _book_decisions(store, batch.id, ours, decided, clock(), report)
                report.lost += lost
        report.disposed += [ours.hit_id for ours, hit in group if hit.status == _DISPOSED and ours.open]
        for ours, hit in group:
            _close_if_finished(store, batch.id, ours, hit, clock(), report)
    return report


def _news(market: MTurk, known: dict[str, WatchedHIT], report: Collected) -> Iterator[tuple[WatchedHIT, MarketHIT]]:
    """HITs whose counters differ from what is stored; one that no listing shows is asked for by itself."""
    unseen = dict(known)
    for hit in market.list_hits():
        ours = unseen.pop(hit.hit_id, None)
        if ours is not None and _has_news(ours, hit):
            yield ours, hit
        if not unseen:
            return
    yield from _hinted(market, unseen, unseen, report)


def _hinted(
    market: MTurk, known: dict[str, WatchedHIT], only: Collection[str], report: Collected
) -> Iterator[tuple[WatchedHIT, MarketHIT]]:
    """HITs that are asked for one by one; one that the marketplace does not know stops no other."""
    for hit_id in only:
        if hit_id not in known:
            continue
        try:
            yield known[hit_id], market.get_hit(hit_id)
        except Refused as error:
            if error.code != "HITDoesNotExist":
                raise
            report.unknown.append(hit_id)


def _has_news(ours: WatchedHIT, hit: MarketHIT) -> bool:
    submitted = hit.max_assignments - hit.available - hit.pending
    return hit.status in _FINISHED or submitted != ours.collected or hit.completed != ours.decided


def _ingest(
    store: Store,
    batch: BatchView,
    found: list[tuple[WatchedHIT, MarketHIT, list[MarketAssignment]]],
    now: datetime,
    report: Collected,
) -> None:
    submissions = [_submission(batch, ours, one, report) for ours, _, listed in found for one in listed]
    for start in range(0, len(submissions), GROUP):
        group = submissions[start : start + GROUP]
        with store.write(batch.id) as session:
            reserve_late(session, group, now)
            report.assignments += ingest(session, group, now)


def _submission(batch: BatchView, ours: WatchedHIT, one: MarketAssignment, report: Collected) -> Submission:
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
    store: Store, batch_id: int, ours: WatchedHIT, listed: list[MarketAssignment], now: datetime, report: Collected
) -> None:
    """Book Assignments that were decided without us, by the marketplace's clock or another program."""
    decided = {(one.assignment_id, one.worker_id): _DECIDED[one.status] for one in listed if one.status in _DECIDED}
    if not decided:
        return
    with store.write(batch_id) as session:
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
    ours: WatchedHIT,
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
    with store.write(batch_id) as session:
        stored = session.exec(select(func.count()).where(col(AssignmentRow.hit_row) == ours.row)).one()
        empty = hit.max_assignments - stored
        if empty and session.get_one(BatchRow, batch_id).paused_at is not None:
            return
        if empty and hit.status != _DISPOSED and hit.expires_at > now:
            # Finished before its end means that every place was submitted: the listing lags behind.
            return
        if hit.status != _DISPOSED and hit.completed > stored:
            # The HIT counts a decided submission that the listing does not show yet.
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
        # Places that somebody else has added at the marketplace were never reserved.
        places = session.exec(select(HITRow.max_assignments).where(col(HITRow.id) == ours.row)).one()
        cents = max(0, places - stored) * ours.place_cents
        moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
        post(session, [Transfer(f"close:{ours.row}:{_ends_so_far(session, ours)}", batch_id, moves)], now)
    report.closed_hits += 1


def _ends_so_far(session: Session, ours: WatchedHIT) -> int:
    """How often the HIT's end was moved: a topped-up one is closed again, perhaps with the end that it had before."""
    moved = select(func.count()).where(
        col(EffectRow.hit_row) == ours.row,
        col(EffectRow.kind) == EffectKind.EXPIRE,
        col(EffectRow.state) == EffectState.DONE,
    )
    return session.exec(moved).one()


def _is_changing(session: Session, ours: WatchedHIT) -> bool:
    """Whether the HIT gets more places or another end: what was listed may be older than that.

    Places of which nobody knows whether they were added may be taken: their HIT is not over before that is settled.
    """
    state = col(EffectRow.state)
    in_doubt = (state == EffectState.IN_DOUBT) & (col(EffectRow.kind) == EffectKind.EXTEND)
    unfinished = select(EffectRow.id).where(
        col(EffectRow.hit_row) == ours.row,
        col(EffectRow.kind).in_([EffectKind.EXTEND, EffectKind.EXPIRE]),
        state.in_([EffectState.READY, EffectState.SENT]) | in_doubt,
    )
    if session.exec(unfinished.limit(1)).first() is not None:
        return True
    return session.exec(select(HITRow.expires_at).where(col(HITRow.id) == ours.row)).one() != ours.expires_at
