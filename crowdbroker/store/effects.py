"""Effects: intents that are written once, claimed by compare-and-set with a lease, and ended once."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, func, or_
from sqlmodel import Session, col, select, update

from crowdbroker.domain.lifecycle import EffectState, check_move
from crowdbroker.errors import StaleState
from crowdbroker.store.bulk import insert_many
from crowdbroker.store.tables import EffectRow


@dataclass(frozen=True)
class Intent:
    """An Effect to be: its unique key says what it is, its request how it is called."""

    key: str
    kind: str
    batch_id: int
    request: dict[str, Any]
    hit_row: int | None = None
    assignment_row: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How one attempt at an Effect ended; `state` ready means: certainly without effect, try again later."""

    effect_id: int
    state: EffectState
    receipt: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def token_of(key: str) -> str:
    """The UniqueRequestToken of an Effect: 64 hex digits, the same on every attempt."""
    return hashlib.sha256(key.encode()).hexdigest()


def intend(session: Session, intents: Iterable[Intent], now: datetime) -> int:
    """Write Effects in the caller's transaction and return how many were new.

    Raises:
        StaleState: a key exists with another request; a key means one call for ever.
    """
    rows = [_row(intent, now) for intent in intents]
    if not rows:
        return 0
    new = {key for (key,) in insert_many(session, EffectRow, rows, ("key",))}
    _refuse_other_requests(session, {row["key"]: row["request_sha256"] for row in rows if row["key"] not in new})
    return len(new)


def _row(intent: Intent, now: datetime) -> dict[str, Any]:
    request = json.dumps(intent.request, sort_keys=True)
    return {
        "batch_id": intent.batch_id,
        "key": intent.key,
        "kind": intent.kind,
        "request": intent.request,
        "request_sha256": hashlib.sha256(request.encode()).hexdigest(),
        "hit_row": intent.hit_row,
        "assignment_row": intent.assignment_row,
        "state": EffectState.READY.value,
        "attempts": 0,
        "doubtful": False,
        "next_at": now,
        "receipt": {},
        "problem": "",
    }


def _refuse_other_requests(session: Session, known: dict[str, str]) -> None:
    if not known:
        return
    stored = session.exec(select(EffectRow.key, EffectRow.request_sha256).where(col(EffectRow.key).in_(known)))
    for key, digest in stored:
        if known[key] != digest:
            raise StaleState(f"the Effect {key} exists with another request")


def claim(
    session: Session,
    *,
    now: datetime,
    owner: str,
    lease: timedelta,
    limit: int,
    batch_id: int | None = None,
    without: Collection[str] = (),
) -> list[EffectRow]:
    """Take up to `limit` Effects that are due, as *sent*, those that have been due longest first.

    Due are those that were sent by somebody whose lease has run out, which come back with `doubtful` set, and those
    that are ready. One statement takes each kind, so two claimants never get the same Effect.

    Args:
        without: kinds of Effects that are left.
    """
    sent = and_(col(EffectRow.state) == EffectState.SENT, col(EffectRow.lease_until) <= now)
    ready = and_(col(EffectRow.state) == EffectState.READY, col(EffectRow.next_at) <= now)
    rows: list[EffectRow] = []
    # Each on its own is a walk along the index, however many are waiting; both in one condition are sorted every time.
    for due, oldest in ((sent, EffectRow.lease_until), (ready, EffectRow.next_at)):
        chosen = select(col(EffectRow.id)).where(due).order_by(col(oldest), col(EffectRow.id)).limit(limit - len(rows))
        if batch_id is not None:
            chosen = chosen.where(col(EffectRow.batch_id) == batch_id)
        if without:
            chosen = chosen.where(col(EffectRow.kind).not_in(without))
        rows += _take(session, chosen, now, owner, lease)
        if len(rows) == limit:
            break
    return sorted(rows, key=lambda row: row.id or 0)


def _take(session: Session, chosen: Any, now: datetime, owner: str, lease: timedelta) -> Sequence[EffectRow]:
    if session.get_bind().dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    statement = (
        update(EffectRow)
        .where(col(EffectRow.id).in_(chosen))
        .values(
            state=EffectState.SENT,
            doubtful=or_(col(EffectRow.doubtful), col(EffectRow.state) == EffectState.SENT),
            attempts=EffectRow.attempts + 1,
            leased_by=owner,
            lease_until=now + lease,
            first_sent_at=func.coalesce(EffectRow.first_sent_at, now),
        )
        .returning(EffectRow)
    )
    return session.scalars(statement, execution_options={"synchronize_session": False}).all()


def end(
    session: Session,
    outcomes: Sequence[Outcome],
    *,
    owner: str,
    attempts: Mapping[int, int],
    now: datetime,
    again_at: datetime,
    look_again_at: datetime,
) -> set[int]:
    """Record how attempts ended and return the ids of the Effects that this owner still held.

    An Effect whose lease was lost to another claim, perhaps of the same process, is left to it. The caller commits the
    consequences of the outcomes in the same transaction, for the returned ids only.

    Args:
        attempts: Effect -> the number that its attempt was claimed with.
        again_at: when an Effect that went back to *ready* is due.
        look_again_at: when an Effect that stays *sent* is due for another look.
    """
    for outcome in outcomes:
        if outcome.state is not EffectState.SENT:
            check_move(EffectState.SENT, outcome.state)
    mine = [
        col(EffectRow.id).in_([outcome.effect_id for outcome in outcomes]),
        col(EffectRow.state) == EffectState.SENT,
        col(EffectRow.leased_by) == owner,
    ]
    sent = session.exec(select(EffectRow.id, EffectRow.attempts).where(*mine).with_for_update())
    held = {one for one, attempt in sent if one is not None and attempts.get(one) == attempt}
    ended: dict[EffectState, list[dict[str, Any]]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.effect_id in held:
            ended[outcome.state].append(
                {"this": outcome.effect_id, "outcome": outcome.receipt, "said": outcome.problem}
            )
    for state, rows in ended.items():
        session.connection().execute(_ending(state, now, again_at, look_again_at), rows)
    return held


def _ending(state: EffectState, now: datetime, again_at: datetime, look_again_at: datetime) -> Update:
    """The UPDATE of Effects (`this`) that ended in a state, with their receipts and problems."""
    values: dict[str, Any] = {"leased_by": None, "lease_until": None, "problem": bindparam("said")}
    if state is EffectState.SENT:
        values |= {"lease_until": look_again_at}
    else:
        values |= {"state": state, "receipt": bindparam("outcome")}
        values |= _ready_again(again_at) if state is EffectState.READY else {"ended_at": now}
    table = EffectRow.__table__  # type: ignore[attr-defined]
    return update(table).where(table.c.id == bindparam("this")).values(**values)


def _ready_again(at: datetime) -> dict[str, Any]:
    # An attempt without effect leaves no doubt, unless an earlier one did.
    return {"next_at": at, "first_sent_at": case((col(EffectRow.doubtful), EffectRow.first_sent_at), else_=None)}


def unfinished(session: Session, batch_id: int, kinds: Collection[str] = ()) -> int:
    """How many Effects of a Batch (of these kinds) are still ready or sent."""
    waiting = select(func.count()).where(
        col(EffectRow.batch_id) == batch_id, col(EffectRow.state).in_([EffectState.READY, EffectState.SENT])
    )
    if kinds:
        waiting = waiting.where(col(EffectRow.kind).in_(kinds))
    return session.exec(waiting).one()
