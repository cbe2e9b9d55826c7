"""The desks of the broker's tests, and what a doctor says of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crowdbroker.broker.doctor import Examined, Finding, Repaired, examine, repair
from crowdbroker.store.reads import all_batches


@pytest.fixture
def look() -> Callable[..., Examined]:
    """Return what examines everything on a desk; `alone` leaves the marketplace out."""

    def examined(desk: Any, *, alone: bool = False) -> Examined:
        with desk.store.read() as session:
            batches = all_batches(session)
        return examine(desk.store, None if alone else desk.market, batches, desk.clock, marketplace="own")

    return examined


@pytest.fixture
def mend() -> Callable[..., Repaired]:
    """Return what repairs the findings of the first Batch."""

    def repaired(desk: Any, findings: list[Finding]) -> Repaired:
        return repair(desk.store, desk.market, desk.batch("first"), findings, desk.clock, marketplace="own")

    return repaired
