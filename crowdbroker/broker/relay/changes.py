"""The Effects on HITs that are published: a new end of life, and more places."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from crowdbroker.broker.relay.kinds import TOKEN_LIFE, Desk, Kind, NeedsPerson, Receipt, nothing_follows
from crowdbroker.domain.lifecycle import HITState, check_move
from crowdbroker.errors import Refused
from crowdbroker.store.effects import token_of
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import EffectRow, HITRow

_PROCESSED = "already been processed"
_SECOND = timedelta(seconds=1)


def _expire(desk: Desk, effect: EffectRow) -> Receipt:
    hit_id, at = effect.request["hit_id"], datetime.fromisoformat(effect.request["expire_at"])
    try:
        desk.market.expire(hit_id, at)
    except Refused as error:
        # The same time a second time is refused as a repeat, so the HIT itself says what holds.
        if _PROCESSED not in error.message:
            raise
    return {"expires_at": at.isoformat()}


def _expired(desk: Desk, effect: EffectRow) -> Receipt | None:
    at = datetime.fromisoformat(effect.request["expire_at"])
    hit = desk.market.get_hit(effect.request["hit_id"])
    both_past = hit.expires_at <= desk.now and at <= desk.now
    return {"expires_at": at.isoformat()} if both_past or abs(hit.expires_at - at) < _SECOND else None


def _keep_expiry(session: Session, effect: EffectRow, receipt: Receipt, _now: datetime) -> None:
    hit = session.get_one(HITRow, effect.hit_row)
    hit.expires_at = datetime.fromisoformat(receipt["expires_at"])
    if effect.request.get("reopen") and hit.state == HITState.CLOSED:
        check_move(HITState.CLOSED, HITState.OPEN)
        hit.state = HITState.OPEN


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
    assert effect.first_sent_at is not None
    if desk.now - effect.first_sent_at >= TOKEN_LIFE:
        raise NeedsPerson("it was sent more than 23 hours ago and the HIT has no new places")
    return None


def _keep_places(session: Session, effect: EffectRow, receipt: Receipt, _now: datetime) -> None:
    session.get_one(HITRow, effect.hit_row).max_assignments = receipt["max_assignments"]


def _give_back(session: Session, effect: EffectRow, now: datetime) -> None:
    hit = session.get_one(HITRow, effect.hit_row)
    cents = effect.request["places"] * (hit.reward_cents + hit.fee_cents)
    moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
    post(session, [Transfer(f"release:{effect.key}", effect.batch_id, moves)], now)


EXPIRE = Kind(act=_expire, look_up=_expired, done=_keep_expiry, failed=nothing_follows)
EXTEND = Kind(act=_extend, look_up=_extended, done=_keep_places, failed=_give_back)
