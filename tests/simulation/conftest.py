from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import postgres
from factories import LABELS, START, a_project, a_template, some_items

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.mturk.connect import connect
from crowdbroker.mturk.question import html_question
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.scratch import Scratch

Open = Callable[[str], tuple[Marketplace, ManualClock, Any]]


@pytest.fixture
def open_market(tmp_path: Path) -> Iterator[Open]:
    """Return what opens a marketplace with a clock that stands still, and a boto3 client of it."""
    opened: list[Marketplace] = []

    def open_named(name: str) -> tuple[Marketplace, ManualClock, Any]:
        clock = ManualClock(START)
        market = Marketplace.open(f"sqlite:///{tmp_path / name}.db", clock=clock, seed=5)
        opened.append(market)
        client = connect(None, access_key="k", secret_key="k", answer=answer_in_process(market))
        return market, clock, client

    yield open_named
    for market in opened:
        market.close()


def publish(client: Any, *, hits: int, places: int, items: int = 3) -> None:
    """Publish HITs of Items whose text begins with the label that they deserve."""
    rows = [dict(item.data) for item in some_items(hits * items)]
    for number in range(hits):
        page = a_template().render(a_project(labels=list(LABELS)), rows[number * items : (number + 1) * items])
        client.create_hit(
            Title="How does the writer feel?",
            Description="Read short reviews.",
            Reward="0.05",
            MaxAssignments=places,
            AssignmentDurationInSeconds=600,
            LifetimeInSeconds=round(timedelta(days=1).total_seconds()),
            Question=html_question(page),
        )


@pytest.fixture
def publish_hits() -> Callable[..., None]:
    """Return what publishes HITs over the wire."""
    return publish


@pytest.fixture(scope="session")
def scratch() -> Iterator[Scratch]:
    """Databases that one simulation after the other begins with."""
    made = Scratch()
    yield made
    made.close()


@pytest.fixture(scope="session")
def empty_postgres(need: Callable[[str, bool, str], None]) -> Iterator[str]:
    """The URL of a database that holds nothing."""
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    url = server.empty()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def postgres_scratch(empty_postgres: str) -> Iterator[Scratch]:
    """The same with the store on PostgreSQL."""
    made = Scratch(empty_postgres)
    yield made
    made.close()
