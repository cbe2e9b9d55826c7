"""What a kind of Effect must say to the relay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from crowdbroker.errors import OutcomeUnknown, Refused
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.store import Store
from crowdbroker.store.tables import EffectRow

TOKEN_LIFE = timedelta(hours=23)
"""MTurk forgets a UniqueRequestToken after 24 hours; from here on an Effect is only looked up."""

_CLOCKS_DIFFER = timedelta(minutes=30)

Receipt = dict[str, Any]


class EffectKind(StrEnum):
    """The calls that change the marketplace."""

    CREATE_QUALIFICATION_TYPE = "create_qualification_type"
    CREATE_HIT = "create_hit"
    EXTEND = "extend"
    EXPIRE = "expire"
    APPROVE = "approve"
    REJECT = "reject"
    REVERSE = "reverse"
    BONUS = "bonus"
    EXCLUDE = "exclude"
    READMIT = "readmit"


class NeedsPerson(Exception):
    """The marketplace's state contradicts the Effect, or nothing can tell whether it happened."""


def looked_up(look_up: Callable[[Desk, EffectRow], Receipt | None], desk: Desk, effect: EffectRow) -> Receipt | None:
    """What a look-up says of an earlier call.

    Raises:
        NeedsPerson: the marketplace refuses the look-up, which says nothing about the call.
    """
    try:
        return look_up(desk, effect)
    except Refused as error:
        raise NeedsPerson(f"it was sent before and cannot be looked up ({error.message})") from error


def token_protects(desk: Desk, effect: EffectRow) -> bool:
    """Whether the marketplace certainly still knows the token of an Effect that was sent.

    Where the clock was set back, its age cannot be told, and the token counts as forgotten.
    """
    assert effect.first_sent_at is not None
    return -_CLOCKS_DIFFER <= desk.now - effect.first_sent_at < TOKEN_LIFE


def nothing_found(desk: Desk, effect: EffectRow, what: str) -> Exception:
    """What to raise where the token may be forgotten and nothing at the marketplace shows that the Effect happened."""
    assert effect.first_sent_at is not None
    if desk.now - effect.first_sent_at < -_CLOCKS_DIFFER:
        return OutcomeUnknown(
            f"this machine's clock stands before {effect.first_sent_at:%Y-%m-%d %H:%M} UTC, when it was sent: set it"
        )
    return NeedsPerson(f"it was sent more than 23 hours ago and {what}")


@dataclass
class Desk:
    """What carrying out one group of Effects needs.

    Attributes:
        pages: HIT row -> Question XML, for the HITs of the group.
    """

    store: Store
    market: MTurk
    now: datetime
    pages: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """How one kind of Effect is called, looked up, and what follows from its end.

    Attributes:
        act: call it once and return the receipt. It may raise any MarketError.
        look_up: the receipt if it has happened, None if it certainly has not; raises NeedsPerson if neither is sure.
        done: the business change and the ledger's transfers, in the transaction that records the outcome.
        failed: the same for a refusal; a HIT that was not made gives its money back.
        all_done: `done` for a whole group at once, where that is faster; it takes its place.
        prepare: load what `act` needs for a whole group at once.
    """

    act: Callable[[Desk, EffectRow], Receipt]
    look_up: Callable[[Desk, EffectRow], Receipt | None]
    done: Callable[[Session, EffectRow, Receipt, datetime], None]
    failed: Callable[[Session, EffectRow, datetime], None]
    all_done: Callable[[Session, list[tuple[EffectRow, Receipt]], datetime], None] | None = None
    prepare: Callable[[Desk, list[EffectRow]], None] = lambda _desk, _effects: None


def nothing_follows(_session: Session, _effect: EffectRow, _now: datetime) -> None:
    """For Effects whose refusal changes nothing here."""
