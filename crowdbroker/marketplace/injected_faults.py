"""Faults on purpose: which of the configured ones, if any, a call meets; drawn from the seed, call by call."""

from __future__ import annotations

import itertools
import random
from enum import Enum

from crowdbroker.marketplace.fidelity import Fidelity


class InjectedFault(Enum):
    """What happens to one call; the values are the switches' names."""

    SERVICE_FAULT_BEFORE = "service_fault_before"
    SERVICE_FAULT_AFTER = "service_fault_after"
    HTTP_505 = "http_505"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    REPLY_LOST = "reply_lost"

    @property
    def spares_the_effect(self) -> bool:
        """Whether the call is done all the same."""
        return self in (InjectedFault.SERVICE_FAULT_AFTER, InjectedFault.RESET_AFTER, InjectedFault.REPLY_LOST)


class FaultDraws:
    """One draw a call: with the same seed the n-th call of a marketplace always meets the same fault."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def draw(self, fidelity: Fidelity) -> InjectedFault | None:
        """Return the fault of the next call, None for none."""
        number = next(self._numbers)
        faults = fidelity.faults()
        if not any(faults.values()):
            return None
        left = random.Random(f"{fidelity.seed}:{number}").random()
        for name, probability in faults.items():
            left -= probability
            if left < 0:
                return InjectedFault(name)
        return None
