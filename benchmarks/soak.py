"""A soak of the simulation: faults and pairs of kills in the workflow with every Effect, and Batches with faults.

Each pair kills the process right before two drawn moments of the workflow and compares its end with that of a run
without a kill; a fault seed is one fault at one call of it (all of them: as many seeds as calls times faults); each
Batch is checked after every step. Violations and counts are printed as JSON lines, one every 25 seeds, so that a soak
that was ended is gone on with at the seed after the last line.

    python benchmarks/soak.py pairs|faults|batches FIRST_SEED COUNT [EMPTY_POSTGRES_URL]
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.scratch import Scratch
from crowdbroker.simulation.soak import shortened, simulate
from crowdbroker.simulation.workflow import crash_pair, walk, waypoints_of

_A_LINE = 25
Seed = Callable[[int], tuple[Counter[str], str]]
"""A seed -> what it counted, and the violation; empty: none."""


def pairs(scratch: Scratch) -> Seed:
    """Pairs of kills; a pair is a violation where its end differs from that of a run without a kill."""
    clean, waypoints = walk(scratch), waypoints_of(scratch)
    assert not clean.violations, clean.violations

    def one(seed: int) -> tuple[Counter[str], str]:
        pair, walked = crash_pair(scratch, seed, clean.touches, waypoints)
        differs = walked.violations or walked.summary != clean.summary
        return Counter(runs=1, kills=walked.kills), f"moments {pair}: {walked.violations}" if differs else ""

    return one


def faults(scratch: Scratch) -> Seed:
    """Every fault at every call: a seed beyond the last begins anew."""
    clean, waypoints = walk(scratch), waypoints_of(scratch)
    every = [(number, fault) for number in range(clean.calls) for fault in WireFault]

    def one(seed: int) -> tuple[Counter[str], str]:
        number, fault = every[seed % len(every)]
        walked = walk(scratch, faults={number: fault}, waypoints=waypoints)
        differs = walked.violations or walked.summary != clean.summary
        return Counter(runs=1), f"{fault} at call {number}: {walked.violations}" if differs else ""

    return one


def batches(scratch: Scratch) -> Seed:
    """Batches with faults."""

    def one(seed: int) -> tuple[Counter[str], str]:
        found = simulate(scratch, seed)
        counts = Counter(runs=1, kills=found.kills, calls=found.calls, faulty_calls=found.faults.total())
        if not found.violations:
            return counts, ""
        short = shortened(scratch, found)
        return counts, f"{found.violations[0]} {short.replay}"

    return one


def soaked(one: Seed, first: int, count: int) -> Iterator[str]:
    """One line every 25 seeds, and one for each violation."""
    total: Counter[str] = Counter()
    began = time.monotonic()
    for seed in range(first, first + count):
        counts, violation = one(seed)
        total += counts
        if violation:
            total["violations"] += 1
            yield json.dumps({"seed": seed, "violation": violation})
        if (seed - first + 1) % _A_LINE == 0 or seed == first + count - 1:
            seconds = round(time.monotonic() - began)
            yield json.dumps({"seeds": [first, seed], "violations": 0, **total, "seconds": seconds})


def main() -> int:
    """Soak and return 1 where something was violated."""
    what, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    scratch = Scratch(sys.argv[4] if len(sys.argv) > 4 else None)
    violated = False
    try:
        for line in soaked({"pairs": pairs, "faults": faults, "batches": batches}[what](scratch), first, count):
            print(line, flush=True)
            violated = violated or '"violation"' in line
    finally:
        scratch.close()
    return int(violated)


if __name__ == "__main__":
    sys.exit(main())
