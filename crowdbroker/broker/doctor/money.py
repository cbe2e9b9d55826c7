"""Money: the balances are the sum of their Entries, and each account holds what the work says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding, Repair
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.domain.money import dollars
from crowdbroker.store.ledger import Account, balances, folded
from crowdbroker.store.reads import BatchView
from crowdbroker.store.tables import AssignmentRow, EffectRow, EntryRow, HITRow

_REPORT = "Keep a copy of the database and report this: no step of crowdbroker may lead here."
_LIVE = (EffectState.READY, EffectState.SENT, EffectState.IN_DOUBT)


def balances_are_folded(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """The balance rows equal the sums of the Entries."""
    kept, proof = balances(session, batch.id), folded(session, batch.id)
    for account in Account:
        if kept[account] != proof[account]:
            repairable = proof[account] >= 0
            yield Finding(
                "balances",
                batch.name,
                account.value,
                f"the account {account} is kept as {dollars(kept[account])} and its Entries come to "
                f"{dollars(proof[account])}",
                "The Entries are the truth; --repair sets the balance to their sum." if repairable else _REPORT,
                {"kept_cents": kept[account], "entries_cents": proof[account]},
                Repair.REBALANCE if repairable else None,
            )


def transfers_sum_to_zero(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """No cent appears or vanishes in a transfer."""
    total = func.sum(EntryRow.cents)
    rows = (
        select(EntryRow.transfer, total)
        .where(col(EntryRow.batch_id) == batch.id)
        .group_by(col(EntryRow.transfer))
        .having(total != 0)
    )
    for transfer, cents in session.exec(rows):
        yield Finding(
            "transfers",
            batch.name,
            transfer,
            f"the transfer {transfer} does not come to zero but to {dollars(int(cents))}",
            _REPORT,
            {"cents": int(cents)},
        )


def budget_is_kept(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """No more was deposited than the budget allows."""
    deposited = balances(session, batch.id)[Account.DEPOSITED]
    if deposited > batch.row.cap_cents:
        yield Finding(
            "budget",
            batch.name,
            batch.name,
            f"{dollars(deposited)} was put into the Batch, {dollars(deposited - batch.row.cap_cents)} more than its "
            "budget: work came in late for a HIT that was closed, and its money had gone to other HITs",
            "Raise `budget` in the Project to what was taken and load again; late work is paid by the marketplace "
            "anyway.",
            {"deposited_cents": deposited, "budget_cents": batch.row.cap_cents},
        )


def accounts_hold_what_the_work_says(session: Session, batch: BatchView, _now: datetime) -> Iterator[Finding]:
    """Owed is undecided work, rewards and fees are approved work and bonuses, reserved is what may still come."""
    kept = balances(session, batch.id)
    for account, (due, meaning) in _due(session, batch.id).items():
        if kept[account] != due:
            yield Finding(
                "accounts",
                batch.name,
                account.value,
                f"the account {account} holds {dollars(kept[account])}, and {meaning} come to {dollars(due)}",
                _REPORT,
                {"kept_cents": kept[account], "due_cents": due},
            )


def _due(session: Session, batch_id: int) -> dict[Account, tuple[int, str]]:
    bonuses, bonus_fees = _bonuses(session, batch_id, [EffectState.DONE])
    undecided = (AssignmentState.SUBMITTED, AssignmentState.HELD)
    reward, fee = col(HITRow.reward_cents), col(HITRow.fee_cents)
    approved = (AssignmentState.APPROVED,)
    return {
        Account.OWED: (_work(session, batch_id, reward + fee, undecided), "the places of undecided work"),
        Account.REWARDS: (_work(session, batch_id, reward, approved), "the rewards of approved work"),
        Account.FEES: (_work(session, batch_id, fee, approved) + bonus_fees, "the fees of approved work and bonuses"),
        Account.BONUSES: (bonuses, "the bonuses that are done"),
        Account.RESERVED: (_reserved(session, batch_id), "the places, bonuses and reversals that may still be taken"),
    }


def _work(session: Session, batch_id: int, price: Any, states: tuple[AssignmentState, ...]) -> int:
    rows = select(func.coalesce(func.sum(price), 0)).where(
        col(AssignmentRow.hit_row) == col(HITRow.id),
        col(AssignmentRow.batch_id) == batch_id,
        col(AssignmentRow.state).in_(states),
    )
    return int(session.exec(rows).one())


def _bonuses(
    session: Session, batch_id: int, states: list[EffectState], kind: EffectKind = EffectKind.BONUS
) -> tuple[int, int]:
    """Amounts and fees of the Effects that pay by themselves: bonuses, or refusals that are taken back."""
    request = col(EffectRow.request)
    cents, fees = request["cents"].as_integer(), request["fee_cents"].as_integer()
    rows = select(func.coalesce(func.sum(cents), 0), func.coalesce(func.sum(fees), 0)).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind) == kind,
        col(EffectRow.state).in_(states),
    )
    found = session.exec(rows).one()
    return int(found[0]), int(found[1])


def _reserved(session: Session, batch_id: int) -> int:
    """Empty places of HITs that are or become open, places that are being added, and bonuses under way.

    A place that is being added may be taken before it is known that it was.
    """
    price = col(HITRow.reward_cents) + col(HITRow.fee_cents)
    submitted = (
        select(func.count()).where(col(AssignmentRow.hit_row) == col(HITRow.id)).correlate(HITRow).scalar_subquery()
    )
    published = _hits_with(batch_id, EffectKind.CREATE_HIT)
    reopening = _hits_with(batch_id, EffectKind.EXPIRE, col(EffectRow.request)["reopen"].as_boolean())
    offered = (
        (col(HITRow.state) == HITState.OPEN)
        | ((col(HITRow.state) == HITState.PLANNED) & col(HITRow.id).in_(published))
        | ((col(HITRow.state) == HITState.CLOSED) & col(HITRow.id).in_(reopening))
    )
    added = (
        select(func.coalesce(func.sum(col(EffectRow.request)["places"].as_integer()), 0))
        .where(
            col(EffectRow.hit_row) == col(HITRow.id),
            col(EffectRow.kind) == EffectKind.EXTEND,
            col(EffectRow.state).in_(_LIVE),
        )
        .correlate(HITRow)
        .scalar_subquery()
    )
    # A HIT that stays closed keeps the money of its new places until it is known whether they were added.
    empty = case((offered, col(HITRow.max_assignments) + added - submitted), else_=added)
    places = select(func.coalesce(func.sum(case((empty > 0, empty * price), else_=0)), 0)).where(
        col(HITRow.batch_id) == batch_id
    )
    paying = _bonuses(session, batch_id, [*_LIVE]) + _bonuses(session, batch_id, [*_LIVE], EffectKind.REVERSE)
    return int(session.exec(places).one()) + sum(paying)


def _hits_with(batch_id: int, kind: EffectKind, *which: Any) -> Any:
    return select(EffectRow.hit_row).where(
        col(EffectRow.batch_id) == batch_id,
        col(EffectRow.kind) == kind,
        col(EffectRow.state).in_(_LIVE),
        *which,
    )
