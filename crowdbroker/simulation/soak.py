"""Simulated Batches with faults, one a seed; a failure comes with the shortest replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crowdbroker.simulation.ending import conclude, open_ends
from crowdbroker.simulation.happenings import Happening, draw, draw_design, happen
from crowdbroker.simulation.invariants import Watch
from crowdbroker.simulation.scratch import Scratch
from crowdbroker.simulation.shrink import shrink
from crowdbroker.simulation.world import World

_MOST_REPLAYS = 200


@dataclass(frozen=True)
class Simulated:
    """What one simulated Batch came to.

    Attributes:
        happened: what happened, in order; of a failure whose list was shortened, what is needed for it.
        violations: a sentence for everything that did not hold; empty: all held after every step.
        in_the_end: whether all that happened went well and only the end did not.
        calls, kills: calls to the marketplace, and how often the process was killed.
        faults: how often each fault was met.
    """

    seed: int
    happened: tuple[Happening, ...]
    violations: tuple[str, ...]
    in_the_end: bool
    calls: int
    kills: int
    faults: Counter[str]

    @property
    def replay(self) -> str:
        """The command that shows the failure again."""
        numbers = ",".join(str(one.number) for one in self.happened) or "none"
        return f"crowdbroker simulate-faults --seed {self.seed} --only {numbers}"


def simulate(scratch: Scratch, seed: int, only: Iterable[int] | None = None) -> Simulated:
    """One Batch under a seed, checked after every step.

    Args:
        only: the numbers of the happenings that happen; all where left out.
    """
    chosen = None if only is None else set(only)
    happenings = [one for one in draw(seed) if chosen is None or one.number in chosen]
    return _play(scratch, seed, happenings)


def soak(
    scratch: Scratch, seeds: Iterable[int], *, progress: Callable[[int], None] = lambda _done: None
) -> Iterable[Simulated]:
    """Simulate one seed after the other; the list of one that fails is shortened."""
    for done, seed in enumerate(seeds, start=1):
        found = simulate(scratch, seed)
        yield shortened(scratch, found) if found.violations else found
        progress(done)


def shortened(scratch: Scratch, failure: Simulated) -> Simulated:
    """The same failure with only what is needed for it."""

    def fails(happenings: Sequence[Happening]) -> bool:
        return bool(_play(scratch, failure.seed, happenings, to_the_end=failure.in_the_end).violations)

    return _play(scratch, failure.seed, shrink(failure.happened, fails, most=_MOST_REPLAYS))


def _play(scratch: Scratch, seed: int, happenings: Sequence[Happening], *, to_the_end: bool = True) -> Simulated:
    with World(scratch, draw_design(seed)) as world:
        watch = Watch(world)
        violations: list[str] = []
        happened = []
        for one in happenings:
            happen(world, one)
            happened.append(one)
            violations = watch.violations()
            if violations:
                break
        went_well = not violations
        if went_well and to_the_end:
            conclude(world)
            violations = watch.violations() or open_ends(world)
    return Simulated(
        seed,
        tuple(happened),
        tuple(violations),
        went_well and bool(violations),
        world.wire.calls.total(),
        world.kills,
        world.wire.met,
    )
