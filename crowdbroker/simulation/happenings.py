"""What may happen to a simulated Batch, one thing after the other, drawn from a seed.

Each happening carries a number of its own from which it chooses whom and what it concerns, so that leaving one out
changes nothing about the others: that is what makes a failure's list short enough to read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crowdbroker.simulation import clients, crowding, operating
from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.world import Design, World

Act = Callable[[World, random.Random], None]

LENGTH = 70
"""Happenings of one simulated Batch, before everything calms down and it is brought to its end."""

_MOST_MONTHS = 2
# 800 hours each: with more of them a HIT could be deleted by the marketplace, 120 days after its end, with work
# on it that nobody has collected in all that time.


@dataclass(frozen=True)
class Happening:
    """One thing that happens; `number` is its place in the seed's list."""

    number: int
    kind: str
    choice: int

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


def _wire(world: World, chance: random.Random) -> None:
    world.wire.fault_after(chance.randrange(6), chance.choice(list(WireFault)))


def _kill(world: World, chance: random.Random) -> None:
    world.touches.end_at(len(world.touches.moments) + chance.randrange(30))


def _passing(**passed: float) -> Act:
    return lambda world, _chance: world.pass_time(**passed)


MONTH = "800 hours pass"
KINDS: dict[str, tuple[float, Act]] = {
    "publish": (4, operating.publishing),
    "collect": (4, operating.collecting),
    "judge": (2, operating.judging),
    "settle": (3, operating.settling),
    "a round of run": (6, operating.round_of_run),
    "label": (0.3, operating.labelling),
    "pause": (0.8, operating.pausing),
    "resume": (1.2, operating.resuming),
    "close": (0.15, operating.closing),
    "top up": (4, operating.topping_up),
    "compensate": (4, operating.compensating),
    "decide by hand": (1, operating.deciding),
    "add rows": (0.8, operating.adding_rows),
    "someone works": (6, crowding.working),
    "someone accepts": (2, crowding.accepting),
    "someone hands in": (2, crowding.handing_in),
    "someone returns": (1.5, crowding.returning),
    "money is withdrawn": (0.8, clients.withdrawing),
    "money is deposited": (1, clients.depositing),
    "someone decides elsewhere": (1.5, clients.deciding_elsewhere),
    "lists lag": (0.7, clients.lagging),
    "bad weather": (0.6, clients.storming),
    "calm": (1, clients.calming),
    "a call fails": (12, _wire),
    "the process is killed": (6, _kill),
    "eleven minutes pass": (5, _passing(minutes=11)),
    "an hour passes": (4, _passing(hours=1)),
    "25 hours pass": (1.5, _passing(hours=25)),
    MONTH: (0.25, _passing(hours=800)),
}
"""Kind -> (weight, what it does)."""

_DESIGNS: Sequence[Design] = (
    Design(3, 10, {"items_per_hit": 1, "overlap": 2, "gold": {"per_hit": 5}, "lifetime": "3h"}),
    Design(6, 10, {"items_per_hit": 2, "overlap": 3, "gold": {"per_hit": 5}, "lifetime": "2h"}),
    Design(3, 10, {"items_per_hit": 2, "overlap": 9, "gold": {"per_hit": 5}, "lifetime": "6h"}),
    Design(6, 5, {"items_per_hit": 2, "overlap": 3, "gold": {"per_hit": 1}, "lifetime": "1d", "budget": "1.00"}),
)
_PAYMENTS = (
    {"rejection": "automatic", "reject_cap": 0.5, "decide_within": "1h"},
    {"rejection": "propose", "decide_within": "1d"},
    {"rejection": "never", "decide_within": "1h"},
)


def draw_design(seed: int) -> Design:
    """The Batch of a seed."""
    chance = random.Random(f"design:{seed}")
    base = chance.choice(_DESIGNS)
    drawn = {"payment": chance.choice(_PAYMENTS), "auto_approval": chance.choice(["1h", "1d", "7d", "30d"])}
    return Design(base.items, base.gold, base.settings | drawn)


def draw(seed: int, length: int = LENGTH) -> list[Happening]:
    """What happens under a seed; it begins with a publication."""
    chance = random.Random(f"happenings:{seed}")
    kinds = chance.choices(list(KINDS), [weight for weight, _ in KINDS.values()], k=length)
    months = 0
    for place, kind in enumerate(kinds):
        months += kind == MONTH
        if kind == MONTH and months > _MOST_MONTHS:
            kinds[place] = "an hour passes"
    kinds[chance.randrange(4)] = "publish"
    return [Happening(number, kind, chance.randrange(2**32)) for number, kind in enumerate(kinds)]


def happen(world: World, happening: Happening) -> None:
    """Let it happen."""
    KINDS[happening.kind][1](world, random.Random(happening.choice))
