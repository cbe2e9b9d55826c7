"""Reconciliation call by call: every Assignment and every bonus of a HIT, here and at the marketplace."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.broker.reconcile import OurHIT, our_hits
from crowdbroker.broker.relay.bonuses import bonus_reason
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.domain.money import dollars
from crowdbroker.mturk.client import MarketAssignment, MarketBonus, MTurk
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, WorkerRow

_UNDECIDED = (AssignmentState.SUBMITTED, AssignmentState.HELD)


@dataclass
class Compared:
    """How much was compared, one by one."""

    hits: int = 0
    assignments: int = 0
    bonuses: int = 0


def compare(
    store: Store,
    market: MTurk,
    batch: BatchView,
    listed: frozenset[str],
    compared: Compared,
    progress: Callable[[int], None] = lambda _done: None,
) -> Iterator[Finding]:
    """Go through every HIT that the marketplace lists: two calls each.

    Raises:
        EndpointUnreachable, WrongKeys, OutcomeUnknown, Throttled: the marketplace cannot be asked now.
    """
    with store.read() as session:
        ours = our_hits(session, batch.id)
    seen: Counter[str] = Counter()
    for hit in ours:
        if hit.hit_id not in listed:
            continue
        work = list(market.list_assignments(hit.hit_id))
        bonuses = list(market.list_hit_bonuses(hit.hit_id))
        with store.read() as session:
            yield from _work(session, batch, hit, work)
        seen.update(_mark(one.assignment_id, one.cents, one.reason) for one in bonuses)
        compared.hits += 1
        compared.assignments += len(work)
        compared.bonuses += len(bonuses)
        progress(compared.hits)
        with store.read() as session:
            yield from _unknown_bonuses(session, batch, bonuses)
    with store.read() as session:
        yield from _our_bonuses(session, batch, listed, seen)


def _work(session: Session, batch: BatchView, hit: OurHIT, work: Sequence[MarketAssignment]) -> Iterator[Finding]:
    rows = select(AssignmentRow, WorkerRow.worker_id).where(
        col(AssignmentRow.worker_row) == col(WorkerRow.id), col(AssignmentRow.hit_row) == hit.row
    )
    stored = {(row.assignment_id, worker_id): row for row, worker_id in session.exec(rows)}
    there = {(one.assignment_id, one.worker_id): one for one in work}
    for who, theirs in there.items():
        row = stored.get(who)
        if row is None:
            yield _not_collected(batch, hit, theirs)
        else:
            yield from _differences(batch, row, theirs)
    for assignment_id, worker_id in sorted(stored.keys() - there.keys()):
        yield _found(
            batch,
            assignment_id,
            f"Assignment {assignment_id} of {worker_id} was collected and the marketplace does not list it",
            "Look again later, for its list may lag. If the marketplace was restored from a backup, "
            "restore a newer one.",
        )


def _not_collected(batch: BatchView, hit: OurHIT, theirs: MarketAssignment) -> Finding:
    return Finding(
        "assignments",
        batch.name,
        theirs.assignment_id,
        f"Assignment {theirs.assignment_id} of {theirs.worker_id} was submitted and is not collected",
        "crowdbroker run and --repair collect it.",
        {"hit_id": hit.hit_id, "status_there": theirs.status},
        Repair.COLLECT,
        note=hit.state == HITState.OPEN,
    )


def _differences(batch: BatchView, row: AssignmentRow, theirs: MarketAssignment) -> Iterator[Finding]:
    if hashlib.sha256(theirs.answer_xml.encode()).hexdigest() != row.answer_sha256:
        yield _found(
            batch,
            row.assignment_id,
            f"Assignment {row.assignment_id} has another answer at the marketplace than was collected",
            "The stored one is what was judged: compare both before anybody is refused pay.",
        )
    if row.state in _UNDECIDED:
        if theirs.status != "Submitted":
            yield Finding(
                "assignments",
                batch.name,
                row.assignment_id,
                f"Assignment {row.assignment_id} is {row.state} here and {theirs.status} at the marketplace",
                "crowdbroker run and --repair book it.",
                {"state_here": row.state, "status_there": theirs.status},
                Repair.COLLECT,
                note=True,
            )
    elif row.state != theirs.status.lower():
        yield _found(
            batch,
            row.assignment_id,
            f"Assignment {row.assignment_id} is {row.state} here and {theirs.status} at the marketplace",
            "Somebody decided on it at the marketplace itself; these books do not have its money.",
        )


def _unknown_bonuses(session: Session, batch: BatchView, bonuses: Sequence[MarketBonus]) -> Iterator[Finding]:
    for one in bonuses:
        effects = select(EffectRow).where(
            col(EffectRow.batch_id) == batch.id,
            col(EffectRow.kind) == EffectKind.BONUS,
            col(EffectRow.request)["assignment_id"].as_string() == one.assignment_id,
        )
        known = {bonus_reason(effect): effect for effect in session.exec(effects)}
        effect = known.get(one.reason)
        if effect is None:
            yield _found(
                batch,
                one.assignment_id,
                f"{one.worker_id} had a bonus of {dollars(one.cents)} at the marketplace that no Effect paid",
                "Another program, or a person, paid it with this account; these books do not have it.",
            )
        elif effect.state == EffectState.FAILED:
            yield _found(
                batch, effect.key, f"the bonus {effect.key} failed here and was paid at the marketplace", "Report this."
            )


def _our_bonuses(
    session: Session, batch: BatchView, listed: frozenset[str], seen: Mapping[str, int]
) -> Iterator[Finding]:
    rows = select(EffectRow).where(
        col(EffectRow.batch_id) == batch.id,
        col(EffectRow.kind) == EffectKind.BONUS,
        col(EffectRow.state) == EffectState.DONE,
    )
    hit_of = _hit_ids(session, batch.id)
    for effect in session.exec(rows.order_by(col(EffectRow.id))):
        request = effect.request
        if hit_of.get(request["assignment_id"]) not in listed:
            continue
        times = seen.get(_mark(request["assignment_id"], request["cents"], bonus_reason(effect)), 0)
        if times != 1:
            yield _found(
                batch,
                effect.key,
                f"the bonus {effect.key} is done and the marketplace lists it {times} times",
                "Its list may lag: look again later." if not times else "It was paid more than once: report this.",
            )


def _hit_ids(session: Session, batch_id: int) -> dict[str, str]:
    from crowdbroker.store.tables import HITRow

    rows = select(AssignmentRow.assignment_id, HITRow.hit_id).where(
        col(AssignmentRow.hit_row) == col(HITRow.id), col(AssignmentRow.batch_id) == batch_id
    )
    return {assignment_id: hit_id or "" for assignment_id, hit_id in session.exec(rows)}


def _mark(assignment_id: str, cents: int, reason: str) -> str:
    return f"{assignment_id} {cents} {reason}"


def _found(batch: BatchView, subject: str, what: str, remedy: str) -> Finding:
    return Finding("assignments" if "Assignment" in what else "bonuses", batch.name, subject, what, remedy)
