"""A desk to work at, and the review application around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desks import Desk, Desks
from reviewing import Office


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
def office(desk: Desk) -> Office:
    return Office(desk)
