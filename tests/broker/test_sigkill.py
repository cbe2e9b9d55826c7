"""A real `crowdbroker run` against a real marketplace server, killed with SIGKILL at seeded requests and started again.

Ten kills a database by default; `CROWDBROKER_KILLS=300` for more, `CROWDBROKER_KILLS_SEED=17` to begin with another
seed: a failure names the seed of its Batch.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import new_sqlite, postgres
from driving import REFUSING, summary
from killing import Operator, Proxy, enrol_crowd, kill, some_moment, undisturbed, work
from marketplace.serving import server_process

from crowdbroker.app import utc_now
from crowdbroker.marketplace import Marketplace
from crowdbroker.store.store import Store

KILLS = int(os.environ.get("CROWDBROKER_KILLS", "10"))
FIRST_SEED = int(os.environ.get("CROWDBROKER_KILLS_SEED", "0"))
HITS = 4
BATCH = REFUSING | {"items": HITS, "gold": 5 * HITS}
_REQUESTS = 12
_PATIENCE_S = 120

Need = Callable[[str, bool, str], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path, need: Need) -> Iterator[Callable[[], str]]:
    """Return a maker of store URLs."""
    if request.param == "sqlite":
        yield lambda: new_sqlite(tmp_path)
        return
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    made: list[str] = []

    def new() -> str:
        made.append(server.new())
        return made[-1]

    yield new
    for url in made:
        server.drop(url)


@contextmanager
def served(desks: Any, folder: Path, url: str) -> Iterator[tuple[Any, Proxy]]:
    """A desk whose marketplace is served by another process, and the proxy before that."""
    database = f"sqlite:///{folder}/marketplace.db"
    marketplace = Marketplace.open(database, clock=utc_now)
    desk = desks.around(Store.open(url), marketplace, utc_now)
    with server_process(database) as (address, _):
        proxy = Proxy(address)
        yield desk, proxy
        proxy.close()
    desk.store.close()
    marketplace.close()


def killed_until_complete(desk: Any, proxy: Proxy, operator: Operator, seed: int) -> int:
    """Start `run` and kill it until one comes to the end of the Batch; return how often it was killed."""
    chance = random.Random(seed)
    kills, worked = 0, False
    while True:
        process = operator.start()
        request, moment, delay = some_moment(chance, _REQUESTS)
        proxy.kill_at(request, moment, delay, lambda process=process: kill(process))  # type: ignore[misc]
        _, errors = process.communicate(timeout=_PATIENCE_S)
        if process.returncode == 0:
            return kills
        assert process.returncode == -9, f"seed {seed}, after {kills} kills: {errors}"
        kills += 1
        worked = worked or work(desk.marketplace, HITS)


@pytest.mark.slow
def test_everybody_is_paid_once_however_often_run_is_killed(
    desks: Any, tmp_path: Path, new_database: Callable[[], str], record_property: Callable[[str, object], None]
) -> None:
    expected = undisturbed(desks, BATCH, HITS)
    assert expected["paid"] == {"ACAREFUL": 5 * HITS, "ACARELESS": 0}
    assert expected["hits"] == HITS
    kills = 0
    for seed in itertools.count(FIRST_SEED):
        folder = tmp_path / str(seed)
        folder.mkdir()
        url = new_database()
        with served(desks, folder, url) as (desk, proxy):
            desk.load(**BATCH)
            enrol_crowd(desk.marketplace)
            kills += killed_until_complete(desk, proxy, Operator(folder, url, proxy.address), seed)
            assert summary(desk) == expected, f"seed {seed}"
            desk.check_books()
        if kills >= KILLS:
            break
    record_property("kills", kills)
    record_property("seeds", f"{FIRST_SEED} to {seed}")
