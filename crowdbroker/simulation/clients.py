"""What others do to a simulated Batch's account at the marketplace, and how the marketplace itself misbehaves."""

from __future__ import annotations

import random

from sqlmodel import col, select

from crowdbroker.marketplace import ledger, lifecycle, requester_rows
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER
from crowdbroker.marketplace.sweep import catch_up
from crowdbroker.marketplace.tables import AssignmentRow
from crowdbroker.simulation.world import World

_PURSE = ledger.available(DEFAULT_REQUESTER)
_FEW_CENTS = 30
_PLENTY_CENTS = 1_000_000
_FAULTS = ("service_fault_before", "service_fault_after", "http_505", "reset_before", "reset_after", "reply_lost")


def withdrawing(world: World, chance: random.Random) -> None:
    """All but a few cents leave the account, as if another program had spent them."""
    left = chance.randrange(_FEW_CENTS)
    with world.marketplace.write() as session:
        cents = ledger.balance_cents(session, _PURSE) - left
        if cents > 0:
            ledger.move(session, _PURSE, ledger.BANK, cents, "withdrawn", world.marketplace.now_ms())


def depositing(world: World, _chance: random.Random) -> None:
    """There is plenty again."""
    with world.marketplace.write() as session:
        requester_rows.deposit(session, DEFAULT_REQUESTER, _PLENTY_CENTS, at_ms=world.marketplace.now_ms())


def deciding_elsewhere(world: World, chance: random.Random) -> None:
    """Another program of the same requester decides on a submitted Assignment."""
    # What is decided here is decided before its time is up, as through the API.
    catch_up(world.marketplace, world.marketplace.now_ms())
    waiting = select(AssignmentRow.id).where(col(AssignmentRow.status) == lifecycle.SUBMITTED)
    with world.marketplace.read() as session:
        found = session.exec(waiting.order_by(col(AssignmentRow.id))).all()
    if not found:
        return
    assignment_id, now_ms = chance.choice(found), world.marketplace.now_ms()
    with world.marketplace.write() as session:
        place = lifecycle.locked_assignment(session, assignment_id)
        assert place is not None
        hit = lifecycle.locked_hit(session, place.hit_id)
        assert hit is not None
        if chance.random() < 0.5:
            lifecycle.approve(session, hit, place, now_ms)
        else:
            lifecycle.reject(session, hit, place, now_ms, "Decided elsewhere.")


def lagging(world: World, chance: random.Random) -> None:
    """New HITs and submissions are missing from lists for a while."""
    world.marketplace.switches.change(
        list_lag_s=chance.choice([0, 5, 120]), submission_lag_s=chance.choice([0, 5, 120])
    )


def storming(world: World, chance: random.Random) -> None:
    """Two of five calls meet one of the marketplace's own faults, until it is calm."""
    world.marketplace.switches.change(seed=chance.randrange(10**6), **dict.fromkeys(_FAULTS, 0.066))


def calming(world: World, _chance: random.Random) -> None:
    """The marketplace behaves, and nothing that was planned to go wrong does."""
    world.marketplace.switches.reset()
    world.wire.calm()
    world.touches.forget()
