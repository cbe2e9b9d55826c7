"""The Effect that pays a Worker beside the reward."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from crowdbroker.broker.relay.kinds import Desk, Kind, NeedsPerson, Receipt, looked_up, nothing_found, token_protects
from crowdbroker.errors import InsufficientFunds, Refused
from crowdbroker.store.effects import token_of
from crowdbroker.store.ledger import Account, Transfer, post
from crowdbroker.store.tables import EffectRow


def bonus_reason(effect: EffectRow) -> str:
    """What the Worker reads, with the mark by which a lost reply is looked up."""
    return f"{effect.request['reason']} [{token_of(effect.key)[:16]}]"


def _pay(desk: Desk, effect: EffectRow) -> Receipt:
    request = effect.request
    try:
        desk.market.bonus(
            request["worker_id"],
            request["assignment_id"],
            request["cents"],
            bonus_reason(effect),
            token=token_of(effect.key),
        )
    except InsufficientFunds:
        raise
    except Refused as error:
        # A token that was used is refused in words that nobody promises, so the list of payments decides.
        receipt = looked_up(_find, desk, effect) if effect.doubtful else _find(desk, effect)
        if receipt is None and effect.doubtful:
            # An earlier attempt may have paid, and the list of payments may lag behind it.
            raise NeedsPerson(f"it was sent before and is refused now ({error.message})") from error
        if receipt is None:
            raise
        return receipt
    return {"paid": True}


def _look_up(desk: Desk, effect: EffectRow) -> Receipt | None:
    receipt = _find(desk, effect)
    if receipt is None and not token_protects(desk, effect):
        raise nothing_found(desk, effect, "no payment carries its mark")
    return receipt


def _find(desk: Desk, effect: EffectRow) -> Receipt | None:
    reason = bonus_reason(effect)
    for bonus in desk.market.list_bonuses(effect.request["assignment_id"]):
        if bonus.reason == reason and bonus.cents == effect.request["cents"]:
            return {"paid": True}
    return None


def _book(session: Session, effect: EffectRow, _receipt: Receipt, now: datetime) -> None:
    cents, fee = effect.request["cents"], effect.request["fee_cents"]
    moves = {Account.RESERVED: -(cents + fee), Account.BONUSES: cents, Account.FEES: fee}
    post(session, [Transfer(f"bonus:{effect.key}", effect.batch_id, moves)], now)


def _give_back(session: Session, effect: EffectRow, now: datetime) -> None:
    cents = effect.request["cents"] + effect.request["fee_cents"]
    moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
    post(session, [Transfer(f"release:{effect.key}", effect.batch_id, moves)], now)


BONUS = Kind(act=_pay, look_up=_look_up, done=_book, failed=_give_back)
