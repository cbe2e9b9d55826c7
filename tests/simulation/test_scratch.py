from __future__ import annotations

from typing import Any

import pytest
from databases import postgres
from factories import START
from sqlalchemy import create_engine, inspect, text

from crowdbroker.errors import SettingsError
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.simulation.scratch import Scratch
from crowdbroker.simulation.workflow import DESIGN
from crowdbroker.simulation.world import World
from crowdbroker.store.reads import all_batches


def test_every_world_begins_with_nothing_but_its_own_batch(scratch: Any) -> None:
    for _ in range(2):
        with World(scratch, DESIGN) as world, world.store.read() as session:
            assert [batch.id for batch in all_batches(session)] == [1]
            assert world.market.balance_cents() == 1_000_000


def test_the_ids_are_the_same_each_time(scratch: Any) -> None:
    drawn = [scratch.marketplace(ManualClock(START)).ids.entity() for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_nothing_is_left(tmp_path: Any) -> None:
    made = Scratch()
    folder = made._folder
    assert list(folder.iterdir())
    made.close()
    assert not folder.exists()


@pytest.fixture
def database(need: Any) -> Any:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    url = server.empty()
    yield url
    server.drop(url)


@pytest.mark.slow
def test_a_database_with_anything_in_it_is_refused_and_left_alone(database: str) -> None:
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE precious (n integer)"))
    with pytest.raises(SettingsError, match="not empty"):
        Scratch(database)
    assert inspect(engine).get_table_names() == ["precious"]
    engine.dispose()


@pytest.mark.slow
def test_an_empty_database_is_left_as_empty_and_one_of_a_simulation_that_was_killed_is_used_again(
    database: str,
) -> None:
    killed = Scratch(database)
    killed._store.dispose()
    again = Scratch(database)
    with World(again, DESIGN) as world, world.store.read() as session:
        assert len(all_batches(session)) == 1
    again.close()
    engine = create_engine(database)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    killed.close()
