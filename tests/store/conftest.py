"""A store on each database, and a Batch in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import migrated, new_sqlite, postgres, rewrite, truncate, without_waiting_for_the_disk
from factories import START, a_project, a_template, some_gold, some_items
from sqlalchemy import create_engine
from sqlmodel import Session

from crowdbroker.broker.load import load
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.store.reads import BatchView, find_batch
from crowdbroker.store.store import Store

Need = Callable[[str, bool, str], None]


KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path, need: Need) -> Iterator[str]:
    """The URL of a new database of each kind, for tests that open it themselves."""
    if request.param == "sqlite":
        yield new_sqlite(tmp_path)
        return
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    made = server.new()
    yield made
    server.drop(made)


@pytest.fixture(scope="session")
def kept() -> Iterator[dict[str, Store]]:
    """One open store of each kind: an engine compiles its statements once, which takes longer than most tests."""
    stores: dict[str, Store] = {}
    yield stores
    for one in stores.values():
        one.close()


@pytest.fixture(params=KINDS)
def store(
    request: pytest.FixtureRequest, kept: dict[str, Store], tmp_path_factory: pytest.TempPathFactory, need: Need
) -> Store:
    """An empty store on each kind of database."""
    kind = request.param
    if kind == "postgresql":
        server = postgres()
        need("postgres", server is not None, "there is no PostgreSQL server on this machine")
        assert server is not None
        kept.setdefault(kind, Store(create_engine(server.url("kept"))))
        truncate(kept[kind].engine)
        return kept[kind]
    if kind not in kept:
        kept[kind] = Store.open(new_sqlite(tmp_path_factory.mktemp("store")))
        without_waiting_for_the_disk(kept[kind].engine)
    rewrite(kept[kind].engine, migrated())
    return kept[kind]


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """An open transaction that is committed at the end of the test."""
    with store.write() as opened:
        yield opened


@pytest.fixture
def batch(store: Store) -> BatchView:
    """A Batch with two HITs of four Items and one gold Item, three places of 6 cents each, and 100.00 to spend."""
    plans = plan_hits(some_items(8), some_gold(5), items_per_hit=4, gold_per_hit=1, overlap=3, seed=1)
    load(
        store,
        a_project(),
        a_template(),
        plans,
        name="first",
        mixed_in=frozenset(item.key for item in some_gold(5)),
        tariff=Tariff(),
        seed=1,
        now=START,
    )
    with store.read() as reading:
        return find_batch(reading)
