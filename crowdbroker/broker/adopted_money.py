"""The bonuses of a lost Batch: those whose mark proves that we paid them stand in the books again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crowdbroker.broker.compensate import bonus_key
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.money import Tariff
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.adoption import adopt_effects
from crowdbroker.store.effects import Intent, token_of
from crowdbroker.store.ledger import Account, Transfer, post

_MARKED = re.compile(r"(.*) \[([0-9a-f]{16})\]", re.DOTALL)
_MOST_TRIES = 99


@dataclass(frozen=True)
class PaidBonus:
    """A payment at the marketplace, with the Effect that it must have been."""

    key: str
    request: dict[str, Any]


def our_bonuses(market: MTurk, uid: str, hit_id: str, tariff: Tariff) -> Iterator[PaidBonus]:
    """The bonuses of a HIT that carry the mark of an Effect of this Batch."""
    for one in market.list_hit_bonuses(hit_id):
        marked = _MARKED.fullmatch(one.reason)
        if marked is None:
            continue
        first = bonus_key(uid, one.worker_id, one.cents, marked[1])
        tries = [first, *(f"{first}:{number}" for number in range(2, _MOST_TRIES + 1))]
        key = next((key for key in tries if token_of(key).startswith(marked[2])), None)
        if key is not None:
            request = {
                "worker_id": one.worker_id,
                "assignment_id": one.assignment_id,
                "cents": one.cents,
                "fee_cents": tariff.bonus_fee(one.cents),
                "reason": marked[1],
            }
            yield PaidBonus(key, request)


def post_bonuses(session: Session, batch_id: int, paid: Sequence[PaidBonus], now: datetime) -> int:
    """Write their Effects as done, with both transfers of each; return how many."""
    transfers = []
    for one in paid:
        cents, fee = one.request["cents"], one.request["fee_cents"]
        reserve = {Account.AVAILABLE: -(cents + fee), Account.RESERVED: cents + fee}
        spend = {Account.RESERVED: -(cents + fee), Account.BONUSES: cents, Account.FEES: fee}
        transfers += [
            Transfer(f"reserve:{one.key}", batch_id, reserve),
            Transfer(f"bonus:{one.key}", batch_id, spend),
        ]
    post(session, transfers, now)
    made = [(Intent(one.key, EffectKind.BONUS, batch_id, one.request), {"paid": True}) for one in paid]
    adopt_effects(session, made, now)
    return len(paid)
