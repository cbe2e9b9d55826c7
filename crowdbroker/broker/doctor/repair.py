"""`doctor --repair`: what is safe is done. Nothing of it pays, refuses or asks for work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from crowdbroker.broker.collect import collect
from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.broker.resolve import inspect, look_again
from crowdbroker.domain.lifecycle import HITState, check_move
from crowdbroker.mturk.client import MTurk
from crowdbroker.store.audit import record
from crowdbroker.store.doubts import find_effect
from crowdbroker.store.ledger import Account, Transfer, folded, post
from crowdbroker.store.reads import BatchView
from crowdbroker.store.store import Store
from crowdbroker.store.tables import AssignmentRow, BalanceRow, HITRow

ACTOR = "crowdbroker doctor"


@dataclass
class Repaired:
    """What was done, a sentence each."""

    done: list[str] = field(default_factory=list)


def repair(
    store: Store,
    market: MTurk | None,
    batch: BatchView,
    findings: Iterable[Finding],
    clock: Callable[[], datetime],
    *,
    marketplace: str,
) -> Repaired:
    """Carry out the repairs of a Batch's findings; each can be killed and done again.

    Args:
        market: None: only what the store alone needs is repaired.
    """
    done = Repaired()
    wanted = [one for one in findings if one.batch == batch.name and one.repair is not None]
    for one in wanted:
        if one.repair is Repair.REBALANCE:
            _rebalance(store, batch, one, clock(), done)
        elif one.repair is Repair.LOOK_AGAIN and market is not None:
            _look_again(store, market, one, clock, done, marketplace)
        elif one.repair is Repair.FORGET_HIT:
            _forget(store, batch, one, clock(), done)
    if market is not None and any(one.repair is Repair.COLLECT for one in wanted):
        late = [one.subject for one in wanted if one.check == "late work"]
        late += [str(one.evidence["hit_id"]) for one in wanted if "hit_id" in one.evidence]
        found = collect(store, market, batch, clock, marketplace=marketplace, late=late)
        done.done.append(
            f"{found.assignments:,} Assignments were collected and {found.decided_there:,} decisions booked."
        )
    return done


def _rebalance(store: Store, batch: BatchView, one: Finding, now: datetime, done: Repaired) -> None:
    account = Account(one.subject)
    with store.write(batch.id) as session:
        proof = folded(session, batch.id)[account] * (-1 if account is Account.DEPOSITED else 1)
        session.exec(
            update(BalanceRow)
            .where(col(BalanceRow.batch_id) == batch.id, col(BalanceRow.account) == account)
            .values(cents=proof)
        )
        _record(session, batch, one, now)
    done.done.append(f"The balance of {account} was set to the sum of its Entries.")


def _look_again(
    store: Store,
    market: MTurk,
    one: Finding,
    clock: Callable[[], datetime],
    done: Repaired,
    marketplace: str,
) -> None:
    with store.read() as session:
        effect = find_effect(session, one.subject)
    evidence = inspect(store, market, effect, clock(), marketplace=marketplace)
    if look_again(store, effect, evidence, clock, actor=ACTOR):
        done.done.append(f"The Effect {effect.id} has happened: {' '.join(evidence.seen)}")


def _forget(store: Store, batch: BatchView, one: Finding, now: datetime, done: Repaired) -> None:
    check_move(HITState.OPEN, HITState.CLOSED)
    with store.write(batch.id) as session:
        hit = session.exec(select(HITRow).where(col(HITRow.hit_id) == one.subject).with_for_update()).one()
        if hit.state != HITState.OPEN:
            return
        submitted = session.exec(select(func.count()).where(col(AssignmentRow.hit_row) == hit.id)).one()
        cents = max(0, hit.max_assignments - submitted) * (hit.reward_cents + hit.fee_cents)
        hit.state = HITState.CLOSED
        moves = {Account.RESERVED: -cents, Account.AVAILABLE: cents}
        post(session, [Transfer(f"close:{hit.id}:unknown:{now.isoformat()}", batch.id, moves)], now)
        _record(session, batch, one, now)
    done.done.append(f"HIT {hit.position + 1} was closed here.")


def _record(session: Session, batch: BatchView, one: Finding, now: datetime) -> None:
    record(
        session,
        actor=ACTOR,
        action="repair",
        subject=one.subject,
        reason=one.what,
        evidence=one.evidence,
        batch_id=batch.id,
        at=now,
    )
