"""One small Batch with every kind of Effect, driven to the same end however often its process is killed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.broker.close import close, pause, resume
from crowdbroker.broker.collect import collect
from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.judge import judge
from crowdbroker.broker.label import label
from crowdbroker.broker.payers import Payer
from crowdbroker.broker.publish import publish
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.broker.reverse import reverse
from crowdbroker.broker.settle import settle
from crowdbroker.broker.top_up import top_up
from crowdbroker.domain.lifecycle import AssignmentState, EffectState, HITState
from crowdbroker.marketplace import worker
from crowdbroker.simulation.ending import open_ends
from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.invariants import Watch
from crowdbroker.simulation.scratch import Scratch
from crowdbroker.simulation.world import TARIFF, Design, Saved, World
from crowdbroker.store.ledger import balances
from crowdbroker.store.reads import progress
from crowdbroker.store.tables import AssignmentRow, EffectRow, HITRow, ItemRow, LabelRow

DESIGN = Design(
    2,
    10,
    {
        "items_per_hit": 1,
        "overlap": 2,
        "gold": {"per_hit": 5},
        "lifetime": "3d",
        "auto_approval": "30d",
        "payment": {"rejection": "automatic", "reject_cap": 0.5, "decide_within": "30d"},
    },
)
"""Two HITs of an Item and five gold ones; a careful worker is paid, a careless one refused and excluded."""

_TRIES = 12


@dataclass(frozen=True)
class Stage:
    """One command of the operator, given again until it has come to its end; `reached` may ask for more than that."""

    name: str
    verb: Callable[[World], bool]
    reached: Callable[[Session], bool] = lambda _session: True
    after: Callable[[World], None] = lambda _world: None


_SENT = "before it is sent"
_LOOKS = ("Get", "List")


@dataclass(frozen=True)
class Walked:
    """What a workflow came to.

    Attributes:
        moments: the moments at which the process touched the outside, in order.
        calls: the calls among them.
        summary: states, money and Labels at the end, without anything that a restart may change.
        violations: a sentence for everything that did not hold.
    """

    moments: tuple[str, ...]
    calls: int
    kills: int
    summary: dict[str, Any]
    violations: tuple[str, ...]

    @property
    def touches(self) -> int:
        """How many moments there were."""
        return len(self.moments)

    @property
    def effect_points(self) -> list[int]:
        """The moments around every call that changes the marketplace, up to the commit that records its outcome."""
        found, inside = [], False
        for number, what in enumerate(self.moments):
            inside = inside or (what.endswith(_SENT) and not what.startswith(_LOOKS))
            found += [number] if inside else []
            inside = inside and what != "commit of the store"
        return found


def walk(
    scratch: Scratch,
    ends_at: tuple[int, ...] = (),
    *,
    faults: Mapping[int, WireFault] = MappingProxyType({}),
    late: bool = False,
    waypoints: Sequence[Saved] = (),
    before: Callable[[World], None] = lambda _world: None,
) -> Walked:
    """Drive the workflow to its end; the process is killed right before the moments of these numbers.

    Args:
        faults: number of a call, from 0 -> what happens to it.
        late: it is started anew after 25 hours only, when the marketplace has forgotten every token: what cannot be
            looked up then waits for a person, so that the end may be another one, and only the books must be right.
        waypoints: the worlds before each stage of an undisturbed walk; this one goes on from the last of them that
            lies before its first kill and fault.
        before: called with the world before each stage.
    """
    begun = sum(_lies_before(one, ends_at, faults) for one in waypoints)
    saved = waypoints[begun - 1] if begun else None
    with World(scratch, DESIGN, careful=2, careless=1, saved=saved) as world:
        for number in ends_at:
            world.touches.end_at(number)
        for number, fault in faults.items():
            world.wire.fault_after(number - world.wire.calls.total(), fault)
        watch = Watch(world)
        violations = watch.violations()
        for stage in STAGES[max(begun - 1, 0) :]:
            before(world)
            violations += _through(world, stage, watch, late=late)
            if violations:
                break
            stage.after(world)
        if late and not violations:
            world.run(collect)
        violations += [] if violations else open_ends(world, complete=not late)
        calls = world.wire.calls.total()
        return Walked(tuple(world.touches.moments), calls, world.kills, summary_of(world), tuple(violations))


def waypoints_of(scratch: Scratch) -> list[Saved]:
    """The worlds before each stage of an undisturbed walk, so that walks need not begin at the beginning.

    None where a database is on a server: it is not put back as fast as it is walked to.
    """
    found: list[Saved] = []
    if scratch.is_files:
        walk(scratch, before=lambda world: found.append(world.save()))
    return found


def _lies_before(saved: Saved, ends_at: Sequence[int], faults: Mapping[int, WireFault]) -> bool:
    if not ends_at and not faults:
        return False
    kills = all(len(saved.moments) <= number for number in ends_at)
    return kills and all(saved.calls.total() <= number for number in faults)


def crash_pair(
    scratch: Scratch, seed: int, moments: int, waypoints: Sequence[Saved] = ()
) -> tuple[tuple[int, int], Walked]:
    """Two moments of a seed, and what comes of being killed at both."""
    first, second = sorted(random.Random(f"pair:{seed}").sample(range(moments), 2))
    return (first, second), walk(scratch, (first, second), waypoints=waypoints)


def summary_of(world: World) -> dict[str, Any]:
    """What the Batch came to."""
    with world.store.read() as session:
        labels = select(ItemRow.key, LabelRow.label).where(LabelRow.item_id == ItemRow.id)
        return {
            "effects": sorted((one.kind, one.state) for one in session.exec(select(EffectRow))),
            "hits": sorted((one.position, one.state, one.max_assignments) for one in session.exec(select(HITRow))),
            "assignments": sorted(session.exec(select(AssignmentRow.state))),
            "money": {account.value: cents for account, cents in balances(session).items()},
            "labels": dict(sorted(session.exec(labels).all())),
            "account": world.market.balance_cents(),
        }


def _through(world: World, stage: Stage, watch: Watch, *, late: bool) -> list[str]:
    for _ in range(2 if late else _TRIES):
        ended = stage.verb(world)
        violations = watch.violations()
        if violations:
            return violations
        with world.store.read() as session:
            reached = stage.reached(session)
        if ended and reached:
            return []
        # Longer than a lease: what the killed process had taken up is free again.
        world.pass_time(hours=25 if late else 0.2)
    return [] if late else [f"The stage {stage.name!r} does not come to its end: {world.told[-3:]}"]


def _verb(verb: Callable[..., Any], **more: Any) -> Callable[[World], bool]:
    return lambda world: world.run(verb, **more)


def _stopping(verb: Callable[..., Any]) -> Callable[[World], bool]:
    """A verb that is refused the second time; what its first try left behind is carried out by the next command."""
    return lambda world: world.run(verb) and world.run(settle)


def _nothing_waits(session: Session) -> bool:
    waiting = (EffectState.READY, EffectState.SENT)
    return not any(effect.state in waiting for effect in session.exec(select(EffectRow)))


def _all_open(session: Session) -> bool:
    return _nothing_waits(session) and set(session.exec(select(HITRow.state))) == {HITState.OPEN}


def _all_collected(count: int) -> Callable[[Session], bool]:
    return lambda session: len(session.exec(select(AssignmentRow.id)).all()) == count


def _complete(session: Session) -> bool:
    return progress(session, 1).complete


def _first_crowd(world: World) -> None:
    for worker_id in (world.careful[0], world.careless[0]):
        world.work(worker_id)


def _second_crowd(world: World) -> None:
    """The other careful worker does one of the two HITs, and takes and returns the other."""
    world.work(world.careful[1], most=1)
    held = world.accept(world.careful[1])
    if held is not None:
        worker.give_back(world.marketplace, held.worker_id, held.assignment_id)


def _judge(world: World) -> bool:
    return world.operate(lambda: judge(world.store, world.batch(), world.clock()))


def _take_back(world: World) -> bool:
    """Reverse each refusal that is not being reversed yet; the last one gives the Worker work again."""
    payer = Payer("operator")
    for row in _refused(world):
        again = partial(reverse, world.store, world.batch(), row, reason="", payer=payer, now=world.clock())
        if not world.operate(again):
            return False
    return True


def _refused(world: World) -> list[int]:
    under_way = select(EffectRow.assignment_row).where(EffectRow.kind == EffectKind.REVERSE)
    with world.store.read() as session:
        rejected = select(AssignmentRow.id).where(AssignmentRow.state == AssignmentState.REJECTED)
        return [row for row in session.exec(rejected.where(col(AssignmentRow.id).not_in(under_way))) if row]


def _none_refused(session: Session) -> bool:
    return _nothing_waits(session) and AssignmentState.REJECTED not in session.exec(select(AssignmentRow.state)).all()


def _label(world: World) -> bool:
    return world.operate(lambda: label(world.store, world.batch(), world.clock()))


def _top_up(world: World) -> bool:
    return world.operate(lambda: top_up(world.store, world.batch(), TARIFF, world.clock()))


def _ended(world: World) -> None:
    world.pass_time(days=4)


def _a_moment(world: World) -> None:
    world.pass_time(minutes=1)


_BONUS = {"worker": "ACAREFUL0", "cents": 7, "reason": "Thank you.", "tariff": TARIFF}

STAGES: tuple[Stage, ...] = (
    Stage("publish", _verb(publish), _all_open, _first_crowd),
    Stage("collect", _verb(collect), _all_collected(4)),
    Stage("judge", _judge),
    Stage("settle", _verb(settle), _nothing_waits, _ended),
    Stage("collect the ended", _verb(collect)),
    Stage("compensate", _verb(compensate, **_BONUS), _nothing_waits),
    Stage("top up", _top_up),
    Stage("publish the missing", _verb(publish), _all_open),
    Stage("pause", _stopping(pause), _nothing_waits, _a_moment),
    Stage("resume", _stopping(resume), _nothing_waits, _second_crowd),
    Stage("collect the second", _verb(collect), _all_collected(5)),
    Stage("close", _stopping(close), _nothing_waits, _a_moment),
    Stage("collect the last", _verb(collect)),
    Stage("judge the last", _judge),
    Stage("settle the last", _verb(settle), _complete),
    Stage("take refusals back", _take_back),
    Stage("settle what was taken back", _verb(settle), _none_refused),
    Stage("label", _label),
)
