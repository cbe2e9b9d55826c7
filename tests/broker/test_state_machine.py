"""The broker's public verbs in any order, with faults, kills, workers and clock jumps between them.

Hypothesis chooses what happens next; after every step all books, states and owners are checked, and in the end that
nothing is lost. Where it finds a failure it shortens it by itself.
"""

from __future__ import annotations

import atexit
import functools
import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crowdbroker.simulation import clients, crowding, operating
from crowdbroker.simulation.ending import conclude, open_ends
from crowdbroker.simulation.faults import WireFault
from crowdbroker.simulation.happenings import draw_design
from crowdbroker.simulation.invariants import Watch
from crowdbroker.simulation.scratch import Scratch
from crowdbroker.simulation.world import World

VERBS = (
    operating.publishing,
    operating.collecting,
    operating.judging,
    operating.settling,
    operating.round_of_run,
    operating.labelling,
    operating.pausing,
    operating.resuming,
    operating.closing,
    operating.topping_up,
    operating.compensating,
    operating.deciding,
    operating.adding_rows,
)
WORKERS = (crowding.working, crowding.accepting, crowding.handing_in, crowding.returning)
OTHERS = (clients.withdrawing, clients.depositing, clients.deciding_elsewhere, clients.lagging, clients.calming)

numbers = st.integers(0, 9)


@functools.cache
def scratch() -> Scratch:
    """One for all examples; the process's end removes it with the RAM disk's folder."""
    made = Scratch()
    atexit.register(made.close)
    return made


class AnyOrder(RuleBasedStateMachine):
    months = 0

    @initialize(design=numbers)
    def begin(self, design: int) -> None:
        self.world = World(scratch(), draw_design(design))
        self.world.__enter__()
        self.watch = Watch(self.world)

    def act(self, what: Any, number: int) -> None:
        what(self.world, random.Random(number))

    @rule(verb=st.sampled_from(VERBS), number=numbers)
    def the_operator_gives_a_command(self, verb: Any, number: int) -> None:
        self.act(verb, number)

    @rule(what=st.sampled_from(WORKERS), number=numbers)
    def a_worker_does_something(self, what: Any, number: int) -> None:
        self.act(what, number)

    @rule(what=st.sampled_from(OTHERS), number=numbers)
    def somebody_else_does_something(self, what: Any, number: int) -> None:
        self.act(what, number)

    @rule(hours=st.sampled_from([0.2, 1, 25]))
    def time_passes(self, hours: float) -> None:
        self.world.pass_time(hours=hours)

    @precondition(lambda self: self.months < 2)
    @rule()
    def a_month_passes(self) -> None:
        """Twice at the most: the marketplace deletes a HIT 120 days after its end, with whatever nobody collected."""
        self.months += 1
        self.world.pass_time(hours=800)

    @rule(after=st.integers(0, 7), fault=st.sampled_from(WireFault))
    def a_call_will_fail(self, after: int, fault: WireFault) -> None:
        self.world.wire.fault_after(after, fault)

    @rule(after=st.integers(0, 30))
    def the_process_will_be_killed(self, after: int) -> None:
        self.world.touches.end_at(len(self.world.touches.moments) + after)

    @invariant()
    def nothing_is_violated(self) -> None:
        if hasattr(self, "watch"):
            assert self.watch.violations() == []

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            if self.watch.violations() == []:
                conclude(self.world)
                assert self.watch.violations() == []
                assert open_ends(self.world) == []
        finally:
            self.world.__exit__()


MANY = int(os.environ.get("CROWDBROKER_EXAMPLES", "20"))
FEW = settings(max_examples=3, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))


class TestAnyOrder(AnyOrder.TestCase):
    settings = FEW


@pytest.mark.slow
@pytest.mark.timeout(1200)
class TestManyOrders(AnyOrder.TestCase):
    settings = settings(FEW, max_examples=MANY, stateful_step_count=40)
