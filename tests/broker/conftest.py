"""Desks to work at: a broker's store, a marketplace, and the wire between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import new_sqlite
from desks import Desk, Desks
from factories import START

from crowdbroker.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.store import Store


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks(tmp_path_factory.mktemp("desks"))
    yield made
    made.close()


@pytest.fixture
def desk(desks: Desks) -> Iterator[Desk]:
    """A desk with an empty store and an empty marketplace, whose account holds 10,000.00."""
    taken = desks.take()
    yield taken
    desks.give_back(taken)


@pytest.fixture
def poor_desk(desks: Desks, tmp_path: Path) -> Iterator[Callable[[int], Desk]]:
    """Return a maker of a desk whose account at the marketplace holds that many cents."""
    opened: list[Desk] = []

    def make(cents: int) -> Desk:
        clock = ManualClock(START)
        url = f"sqlite:///{tmp_path}/m.db"
        marketplace = Marketplace.open(url, clock=clock, seed=7, starting_balance_cents=cents)
        opened.append(desks.around(Store.open(new_sqlite(tmp_path)), marketplace, clock))
        return opened[-1]

    yield make
    for one in opened:
        one.store.close()
        one.marketplace.close()
