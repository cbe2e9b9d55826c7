"""Claim a group, carry it out call by call, record the outcomes together; until nothing is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from crowdbroker.broker.relay import bonuses, changes, hits, payments, reversals, workers
from crowdbroker.broker.relay.kinds import Desk, EffectKind, Kind, NeedsPerson, Receipt, looked_up
from crowdbroker.domain.lifecycle import EffectState
from crowdbroker.errors import (
    EndpointUnreachable,
    InsufficientFunds,
    MarketError,
    OutcomeUnknown,
    Refused,
    Throttled,
    WrongKeys,
)
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.effects import Outcome, claim, end
from crowdbroker.store.leases import free_effects, holders_gone, this_process
from crowdbroker.store.store import Store
from crowdbroker.store.tables import BatchRow, EffectRow, HITRow

GROUP = 50
"""Effects that are committed as *sent* together, and ended together."""

LEASE = timedelta(minutes=10)
_BEFORE_LEASE_ENDS = timedelta(minutes=2)
_AGAIN_AFTER = timedelta(minutes=1)
_ANOTHER_LOOK_AFTER = timedelta(seconds=5)
_SPENDING = frozenset(
    {EffectKind.CREATE_HIT, EffectKind.EXTEND, EffectKind.EXPIRE, EffectKind.BONUS, EffectKind.REVERSE}
)
"""What the marketplace takes money for when it is called; a decision is paid from what its HIT set aside."""

KINDS: dict[str, Kind] = {
    EffectKind.CREATE_QUALIFICATION_TYPE: workers.QUALIFICATION_TYPE,
    EffectKind.EXCLUDE: workers.EXCLUDE,
    EffectKind.READMIT: workers.READMIT,
    EffectKind.CREATE_HIT: hits.CREATE_HIT,
    EffectKind.EXTEND: changes.EXTEND,
    EffectKind.EXPIRE: changes.EXPIRE,
    EffectKind.APPROVE: payments.APPROVE,
    EffectKind.REJECT: payments.REJECT,
    EffectKind.REVERSE: reversals.REVERSE,
    EffectKind.BONUS: bonuses.BONUS,
}


@dataclass
class RelayReport:
    """How many Effects ended how, and the first thing that stopped the relay."""

    done: int = 0
    failed: int = 0
    in_doubt: int = 0
    later: int = 0
    problem: str = ""


def relay(
    store: Store,
    market: MTurk,
    clock: Callable[[], datetime],
    *,
    batch_id: int | None = None,
    owner: str = "",
    progress: Callable[[int], None] = lambda _done: None,
    hit_is_there: Callable[[], None] = lambda: None,
) -> RelayReport:
    """Carry out all Effects that are due and return how they ended.

    Args:
        hit_is_there: called after each HIT that was made, before the next call; it must not raise.

    Raises:
        EndpointUnreachable, WrongKeys: nothing more can be carried out now; what was claimed is ready again, and the
            next relay goes on.
        InsufficientFunds: the same for what spends; all else is carried out.
    """
    owner = owner or this_process()
    report, short = RelayReport(), _Short()
    _take_over(store, clock(), batch_id)
    while True:
        without = _SPENDING if short.error else frozenset[str]()
        with store.write() as session:
            group = claim(
                session, now=clock(), owner=owner, lease=LEASE, limit=GROUP, batch_id=batch_id, without=without
            )
        if not group:
            break
        stopped = _carry_out_group(store, market, clock, group, owner, report, short, progress, hit_is_there)
        if stopped is not None:
            raise stopped
        if report.later > short.waiting:
            break
    if short.error is not None:
        raise short.error
    return report


@dataclass
class _Short:
    """The first refusal for lack of money, and how many Effects wait for money since."""

    error: InsufficientFunds | None = None
    waiting: int = 0

    def error_for(self, effect: EffectRow) -> InsufficientFunds | None:
        """What an Effect that spends must wait for. Ending a HIT's life spends nothing."""
        ends = effect.kind == EffectKind.EXPIRE and effect.request.get("until") is not None
        if self.error is None or effect.kind not in _SPENDING or ends:
            return None
        self.waiting += 1
        return self.error


def _take_over(store: Store, now: datetime, batch_id: int | None) -> None:
    """What a process that was killed had claimed is due at once, not first when its lease has run out."""
    with store.read() as session:
        abandoned = holders_gone(session, batch_id)
    if abandoned:
        with store.write() as session:
            free_effects(session, abandoned, now)


def _carry_out_group(
    store: Store,
    market: MTurk,
    clock: Callable[[], datetime],
    group: list[EffectRow],
    owner: str,
    report: RelayReport,
    short: _Short,
    progress: Callable[[int], None],
    hit_is_there: Callable[[], None],
) -> EndpointUnreachable | WrongKeys | InsufficientFunds | None:
    """Carry out a group and record it; return what stops the relay at once."""
    desk = Desk(store, market, clock())
    for kind in {effect.kind for effect in group}:
        KINDS[kind].prepare(desk, [effect for effect in group if effect.kind == kind])
    outcomes: list[Outcome] = []
    stopped: EndpointUnreachable | WrongKeys | InsufficientFunds | None = None
    for effect in group:
        assert effect.lease_until is not None
        if clock() >= effect.lease_until - _BEFORE_LEASE_ENDS:
            # Another process will soon look the rest up, so nothing of it is called from here any more.
            report.later += len(group) - len(outcomes)
            break
        waits_for = stopped or short.error_for(effect)
        if waits_for is not None:
            outcomes.append(Outcome(_id(effect), EffectState.READY, problem=waits_for.message))
            continue
        try:
            outcomes.append(_carry_out(desk, effect))
        except (EndpointUnreachable, WrongKeys, InsufficientFunds) as error:
            outcomes.append(Outcome(_id(effect), EffectState.READY, problem=error.message))
            if isinstance(error, InsufficientFunds) and effect.kind in _SPENDING:
                short.waiting += 1
                short.error = error
            else:
                stopped = error
            continue
        if effect.kind == EffectKind.CREATE_HIT and outcomes[-1].state is EffectState.DONE:
            hit_is_there()
    _record(store, group, outcomes, owner, clock(), report)
    progress(report.done)
    return stopped


def _carry_out(desk: Desk, effect: EffectRow) -> Outcome:
    """One attempt at one Effect: look up what is doubtful, call what has certainly not happened."""
    kind = KINDS[effect.kind]
    try:
        receipt = looked_up(kind.look_up, desk, effect) if effect.doubtful else None
        if receipt is None:
            receipt = kind.act(desk, effect)
    except OutcomeUnknown:
        return _after_lost_reply(desk, effect, kind)
    except Throttled as error:
        return Outcome(_id(effect), EffectState.READY, problem=error.message)
    except InsufficientFunds:
        raise
    except Refused as error:
        return Outcome(_id(effect), EffectState.FAILED, problem=error.message)
    except NeedsPerson as error:
        return Outcome(_id(effect), EffectState.IN_DOUBT, problem=str(error))
    return Outcome(_id(effect), EffectState.DONE, receipt)


def _after_lost_reply(desk: Desk, effect: EffectRow, kind: Kind) -> Outcome:
    """Look at once; where even that fails the Effect stays *sent*, and is looked up when its lease has run out."""
    try:
        receipt = kind.look_up(desk, effect)
    except MarketError as error:
        return Outcome(_id(effect), EffectState.SENT, problem=error.message)
    except NeedsPerson as error:
        return Outcome(_id(effect), EffectState.IN_DOUBT, problem=str(error))
    if receipt is None:
        return Outcome(_id(effect), EffectState.SENT, problem="the reply was lost and nothing is to be seen yet")
    return Outcome(_id(effect), EffectState.DONE, receipt)


def _record(
    store: Store, group: list[EffectRow], outcomes: list[Outcome], owner: str, now: datetime, report: RelayReport
) -> None:
    by_id = {_id(effect): effect for effect in group}
    with store.write(*{effect.batch_id for effect in group}) as session:
        held = end(
            session,
            outcomes,
            owner=owner,
            attempts={_id(effect): effect.attempts for effect in group},
            now=now,
            again_at=now + _AGAIN_AFTER,
            look_again_at=now + _ANOTHER_LOOK_AFTER,
        )
        _kept = _rows_of(session, [by_id[one] for one in held])
        _follow(session, [(by_id[one.effect_id], one) for one in outcomes if one.effect_id in held], now)
    for outcome in outcomes:
        _count(report, outcome)


def _rows_of(session: Session, effects: list[EffectRow]) -> list[HITRow | BatchRow]:
    """The HITs and Batches of a group, read at once; while they are kept, `get_one` finds them without a query."""
    hits = {effect.hit_row for effect in effects if effect.hit_row is not None}
    batches = {effect.batch_id for effect in effects}
    of_hits = select(HITRow).where(col(HITRow.id).in_(hits)).order_by(col(HITRow.id)).with_for_update()
    return [*session.exec(of_hits), *session.exec(select(BatchRow).where(col(BatchRow.id).in_(batches)))]


def _follow(session: Session, ended: list[tuple[EffectRow, Outcome]], now: datetime) -> None:
    """What follows from outcomes, in the transaction that records them."""
    together: dict[str, list[tuple[EffectRow, Receipt]]] = defaultdict(list)
    # Whether a HIT is open again must be known before the places that it has got are.
    for effect, outcome in sorted(ended, key=lambda one: one[0].kind == EffectKind.EXTEND):
        kind = KINDS[effect.kind]
        if outcome.state is EffectState.FAILED:
            kind.failed(session, effect, now)
        elif outcome.state is EffectState.DONE and kind.all_done is not None:
            together[effect.kind].append((effect, outcome.receipt))
        elif outcome.state is EffectState.DONE:
            kind.done(session, effect, outcome.receipt, now)
    for name, group in together.items():
        all_done = KINDS[name].all_done
        assert all_done is not None
        all_done(session, group, now)


def _count(report: RelayReport, outcome: Outcome) -> None:
    match outcome.state:
        case EffectState.DONE:
            report.done += 1
        case EffectState.FAILED:
            report.failed += 1
        case EffectState.IN_DOUBT:
            report.in_doubt += 1
        case _:
            report.later += 1
    report.problem = report.problem or outcome.problem


def _id(effect: EffectRow) -> int:
    assert effect.id is not None
    return effect.id
