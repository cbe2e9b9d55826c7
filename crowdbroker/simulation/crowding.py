"""What workers of a simulated Batch may do: work, take a place and keep it, hand in, give back."""

from __future__ import annotations

import random
from contextlib import suppress

from crowdbroker.marketplace import worker
from crowdbroker.simulation.world import World


def working(world: World, chance: random.Random) -> None:
    """Do some of what is on offer."""
    world.work(_someone(world, chance), most=chance.randint(1, 2))


def accepting(world: World, chance: random.Random) -> None:
    """Take a place, and leave it at that for now."""
    world.accept(_someone(world, chance))


def handing_in(world: World, chance: random.Random) -> None:
    """Hand in everything that one worker holds."""
    for held in worker.held(world.marketplace, _holder(world, chance)):
        world.submit(held)


def returning(world: World, chance: random.Random) -> None:
    """Give places back; the next worker gets them with the same AssignmentIds."""
    for held in worker.held(world.marketplace, _holder(world, chance)):
        with suppress(worker.WorkError):
            worker.give_back(world.marketplace, held.worker_id, held.assignment_id)


def _someone(world: World, chance: random.Random) -> str:
    return chance.choice([*world.careful, *world.careless])


def _holder(world: World, chance: random.Random) -> str:
    """Somebody who holds a place, if anybody does."""
    everybody = [*world.careful, *world.careless]
    holding = [one for one in everybody if worker.held(world.marketplace, one)]
    return chance.choice(holding or everybody)
