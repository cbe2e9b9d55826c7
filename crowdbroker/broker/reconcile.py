"""Reconciliation: our books against the marketplace's, HIT by HIT; each difference is one finding.

This part costs one call for a hundred HITs, so that `run` can afford it. `compare` goes through every Assignment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.errors import Refused
from crowdbroker.mturk.client import MarketHIT, MTurk
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITRow

_UNDECIDED = (AssignmentState.SUBMITTED, AssignmentState.HELD)
_DISPOSED = "Disposed"


@dataclass(frozen=True)
class OurHIT:
    """A published HIT as the store has it; `changing` says that an Effect on its places is not ended."""

    row: int
    position: int
    hit_id: str
    state: str
    places: int
    submitted: int
    undecided: int
    changing: bool


def our_hits(session: Session, batch_id: int) -> list[OurHIT]:
    """The published HITs of a Batch, in their order."""
    undecided = func.count().filter(col(AssignmentRow.state).in_(_UNDECIDED))
    counts = {
        row: (total, waiting)
        for row, total, waiting in session.exec(
            select(AssignmentRow.hit_row, func.count(), undecided)
            .where(col(AssignmentRow.batch_id) == batch_id)
            .group_by(col(AssignmentRow.hit_row))
        )
    }
    changing = set(
        session.exec(
            select(EffectRow.hit_row).where(
                col(EffectRow.batch_id) == batch_id,
                col(EffectRow.kind) == EffectKind.EXTEND,
                col(EffectRow.state).in_([EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT]),
            )
        )
    )
    rows = select(HITRow).where(col(HITRow.batch_id) == batch_id, col(HITRow.hit_id).is_not(None))
    return [
        OurHIT(
            hit.id or 0,
            hit.position,
            hit.hit_id or "",
            hit.state,
            hit.max_assignments,
            *counts.get(hit.id or 0, (0, 0)),
            hit.id in changing,
        )
        for hit in session.exec(rows.order_by(col(HITRow.position)))
    ]


def reconcile(store: Store, market: MTurk, batch: BatchView, listed: Sequence[MarketHIT]) -> list[Finding]:
    """Compare what is published with the marketplace's list of HITs.

    Args:
        listed: everything that ListHITs gives; a HIT that it misses is asked for by itself.

    Raises:
        EndpointUnreachable, WrongKeys, OutcomeUnknown, Throttled: the marketplace cannot be asked now.
    """
    with store.read() as session:
        ours = our_hits(session, batch.id)
        keys = _effects_of_hits(session, batch.id)
    known = {hit.hit_id: hit for hit in listed}
    findings: list[Finding] = []
    for hit in ours:
        theirs = known.get(hit.hit_id)
        if theirs is None and (hit.state == HITState.OPEN or hit.undecided):
            theirs = _ask_for(market, hit.hit_id)
            if theirs is None:
                findings.append(_unknown(batch, hit))
        if theirs is not None:
            findings += _of_hit(batch, hit, theirs)
    return [*findings, *_strangers(batch, listed, {hit.hit_id for hit in ours}, keys)]


def _effects_of_hits(session: Session, batch_id: int) -> dict[str, str]:
    rows = select(EffectRow.key, EffectRow.state).where(
        col(EffectRow.batch_id) == batch_id, col(EffectRow.kind) == EffectKind.CREATE_HIT
    )
    return dict(session.exec(rows).all())


def _ask_for(market: MTurk, hit_id: str) -> MarketHIT | None:
    try:
        return market.get_hit(hit_id)
    except Refused as error:
        if error.code != "HITDoesNotExist":
            raise
        return None


def _unknown(batch: BatchView, hit: OurHIT) -> Finding:
    open_ = hit.state == HITState.OPEN
    return Finding(
        "unknown hits",
        batch.name,
        hit.hit_id,
        f"the marketplace does not know HIT {hit.position + 1} ({hit.hit_id}), which is {hit.state} here",
        "Was it restored from an older backup, or does the profile name another account? Restore a newer one; where "
        "the HIT is gone for good, --repair closes it here and frees the money of its empty places."
        if open_
        else "Its undecided work cannot be paid any more: restore a newer backup of the marketplace.",
        {"state": hit.state, "submitted": hit.submitted, "undecided": hit.undecided},
        Repair.FORGET_HIT if open_ else None,
    )


def _of_hit(batch: BatchView, hit: OurHIT, theirs: MarketHIT) -> Iterator[Finding]:
    name = f"HIT {hit.position + 1} ({hit.hit_id})"
    if theirs.status == _DISPOSED:
        if hit.state == HITState.OPEN or hit.undecided:
            yield Finding(
                "deleted hits",
                batch.name,
                hit.hit_id,
                f"{name} was deleted at the marketplace; {hit.undecided:,} of its Assignments are undecided here",
                "Collecting frees its empty places and asks for each of them; what cannot be seen any more is in doubt "
                "after crowdbroker settle, and a person says what was decided.",
                {"undecided": hit.undecided, "completed_there": theirs.completed},
                Repair.COLLECT,
            )
        return
    if theirs.max_assignments != hit.places and not hit.changing:
        yield Finding(
            "places",
            batch.name,
            hit.hit_id,
            f"{name} has {theirs.max_assignments} places at the marketplace and {hit.places} here",
            "Somebody else changed it; the money of the difference is not in these books. End the Batch with "
            "crowdbroker close where that is not wanted.",
            {"places_there": theirs.max_assignments, "places_here": hit.places},
        )
    # Where a HIT has expired, its other counters say nothing of what was submitted.
    if hit.state == HITState.CLOSED and theirs.completed > hit.submitted:
        yield Finding(
            "late work",
            batch.name,
            hit.hit_id,
            f"{name} was closed here with {hit.submitted} Assignments, and {theirs.completed} are decided there",
            "They came late; --repair collects them, and so does crowdbroker run.",
            {"completed_there": theirs.completed, "submitted_here": hit.submitted},
            Repair.COLLECT,
        )


def _strangers(
    batch: BatchView, listed: Sequence[MarketHIT], ours: set[str], keys: Mapping[str, str]
) -> Iterator[Finding]:
    """HITs that carry a key of this Batch and are not the HIT that its Effect made."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for hit in listed:
        if hit.annotation in keys and hit.hit_id not in ours:
            by_key[hit.annotation].append(hit.hit_id)
    for key, hit_ids in sorted(by_key.items()):
        if keys[key] in (EffectState.DONE, EffectState.FAILED):
            yield Finding(
                "strange hits",
                batch.name,
                key,
                f"{', '.join(hit_ids)} carries the mark of the Effect {key}, which is {keys[key]} without it",
                "It is on offer without money set aside here: end it at the marketplace, and pay what was done on it.",
                {"hit_ids": hit_ids, "effect_state": keys[key]},
            )
