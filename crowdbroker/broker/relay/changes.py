"""The Effects on HITs that are published: a new end of life, and more places."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from crowdbroker.broker.relay.kinds import (
    Desk,
    EffectKind,
    Kind,
    NeedsPerson,
    Receipt,
    nothing_found,
    token_protects,
)
from crowdbroker.domain.lifecycle import EffectState, HITState, check_move
from crowdbroker.errors import Refused
from crowdbroker.store.effects import Intent, intend, token_of
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import AssignmentRow, BatchRow, EffectRow, HITRow

_PROCESSED = "already been processed"
_SECOND = timedelta(seconds=1)


def expiry_counts(session: Session, batch_id: int) -> dict[int, int]:
    """HIT row -> Effects on its end of life so far."""
    rows = (
        select(EffectRow.hit_row, func.count())
        .where(col(EffectRow.batch_id) == batch_id, col(EffectRow.kind) == EffectKind.EXPIRE)
        .group_by(col(EffectRow.hit_row))
    )
    return {hit: count for hit, count in session.exec(rows) if hit is not None}


def expiry(
    uid: str, hit: HITRow, earlier: int, at: datetime, *, reopen: bool = False, until: datetime | None = None
) -> Intent:
    """The Effect that moves a HIT's end of life.

    Args:
        uid: of the Batch.
        earlier: how many such Effects the HIT has had, so that each has a key of its own.
        reopen: whether a closed HIT is open again by it, after a top-up.
        until: where it stops a HIT before its time, the end that the HIT had.
    """
    key = f"{EffectKind.EXPIRE}:{uid}:{hit.position}:{earlier + 1}"
    request = {
        "hit_id": hit.hit_id,
        "expire_at": at.isoformat(),
        "until": until and until.isoformat(),
        "reopen": reopen,
    }
    return Intent(key, EffectKind.EXPIRE, hit.batch_id, request, hit_row=hit.id)


def end_if_stopped(session: Session, hit: HITRow, now: datetime) -> None:
    """Take an opened HIT off again where its Batch was paused or closed while the call was under way."""
    batch = session.get_one(BatchRow, hit.batch_id)
    if batch.paused_at is not None or batch.closed_at is not None:
        earlier = expiry_counts(session, hit.batch_id).get(hit.id or 0, 0)
        intend(session, [expiry(batch.uid, hit, earlier, now, until=hit.expires_at)], now)


def _superseded(desk: Desk, effect: EffectRow) -> bool:
    """Whether a later Effect moves the same end: one that was held up must not undo it."""
    later = select(EffectRow.id).where(
        col(EffectRow.hit_row) == effect.hit_row,
        col(EffectRow.kind) == EffectKind.EXPIRE,
        col(EffectRow.id) > effect.id,
    )
    with desk.store.read() as session:
        return session.exec(later.limit(1)).first() is not None


def _expire(desk: Desk, effect: EffectRow) -> Receipt:
    if _superseded(desk, effect):
        return {}
    hit_id, at = effect.request["hit_id"], datetime.fromisoformat(effect.request["expire_at"])
    try:
        desk.market.expire(hit_id, at)
    except Refused as error:
        # The same time a second time is refused as a repeat, so the HIT itself says what holds.
        if _PROCESSED not in error.message or _expired(desk, effect) is None:
            raise
    # What has ended before now ended now: a submission that the lists do not show yet is still looked for.
    return {"expires_at": max(at, desk.now).isoformat()}


def _expired(desk: Desk, effect: EffectRow) -> Receipt | None:
    at = datetime.fromisoformat(effect.request["expire_at"])
    hit = desk.market.get_hit(effect.request["hit_id"])
    both_past = hit.expires_at <= desk.now and at <= desk.now
    if not both_past and abs(hit.expires_at - at) >= _SECOND:
        return None
    # The marketplace tells the past moment that it was given; the HIT ended when that was sent.
    return {"expires_at": max(hit.expires_at, effect.first_sent_at or at).isoformat()}


def _keep_expiry(session: Session, effect: EffectRow, receipt: Receipt, now: datetime) -> None:
    if not receipt:
        return
    hit = session.get_one(HITRow, effect.hit_row)
    hit.expires_at = datetime.fromisoformat(receipt["expires_at"])
    if effect.request["reopen"] and hit.state == HITState.CLOSED:
        check_move(HITState.CLOSED, HITState.OPEN)
        hit.state = HITState.OPEN
        end_if_stopped(session, hit, now)


def _stay_closed(session: Session, effect: EffectRow, now: datetime) -> None:
    """A HIT that cannot be reopened, a deleted one for instance, gives back what its empty places reserved."""
    if not effect.request["reopen"]:
        return
    hit = session.get_one(HITRow, effect.hit_row)
    submitted = session.exec(select(func.count()).where(col(AssignmentRow.hit_row) == hit.id)).one()
    cents = (hit.max_assignments - submitted) * (hit.reward_cents + hit.fee_cents)
    moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
    post(session, [Transfer(f"release:{effect.key}", effect.batch_id, moves)], now)


def _extend(desk: Desk, effect: EffectRow) -> Receipt:
    request = effect.request
    try:
        desk.market.extend(request["hit_id"], request["places"], token=token_of(effect.key))
    except Refused:
        # A token that was used is refused in words that nobody promises, so the HIT's own number decides.
        receipt = _extended(desk, effect)
        if receipt is None:
            raise
        return receipt
    return {"max_assignments": request["before"] + request["places"]}


def _extended(desk: Desk, effect: EffectRow) -> Receipt | None:
    """Whether the HIT has the places; one extension of a HIT is open at a time, so the number is proof."""
    request = effect.request
    after = request["before"] + request["places"]
    hit = desk.market.get_hit(request["hit_id"])
    if hit.max_assignments == after:
        return {"max_assignments": after}
    if hit.max_assignments != request["before"]:
        raise NeedsPerson(f"the HIT has {hit.max_assignments} places; {request['before']} or {after} were expected")
    if not token_protects(desk, effect):
        raise nothing_found(desk, effect, "the HIT has no new places")
    return None


def _keep_places(session: Session, effect: EffectRow, receipt: Receipt, now: datetime) -> None:
    hit = session.get_one(HITRow, effect.hit_row)
    hit.max_assignments = receipt["max_assignments"]
    if hit.state == HITState.CLOSED and not _reopens(session, hit):
        # Nobody can take these places any more.
        _give_back(session, effect, now)


def _reopens(session: Session, hit: HITRow) -> bool:
    rows = select(EffectRow.id).where(
        col(EffectRow.hit_row) == hit.id,
        col(EffectRow.kind) == EffectKind.EXPIRE,
        col(EffectRow.request)["reopen"].as_boolean(),
        col(EffectRow.state).in_([EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT]),
    )
    return session.exec(rows.limit(1)).first() is not None


def _give_back(session: Session, effect: EffectRow, now: datetime) -> None:
    hit = session.get_one(HITRow, effect.hit_row)
    cents = effect.request["places"] * (hit.reward_cents + hit.fee_cents)
    moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
    post(session, [Transfer(f"release:{effect.key}", effect.batch_id, moves)], now)


EXPIRE = Kind(act=_expire, look_up=_expired, done=_keep_expiry, failed=_stay_closed)
EXTEND = Kind(act=_extend, look_up=_extended, done=_keep_places, failed=_give_back)
