"""The doctor's checks and mending on PostgreSQL, with every kind of Effect in the Batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import postgres
from driving import REFUSING, _round, worked
from factories import START
from sqlalchemy import text

from crowdbroker.broker.adopt import adopt
from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.judge import decide_by_hand
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.quality import Decision
from crowdbroker.marketplace import Marketplace
from crowdbroker.simulation.clock import ManualClock
from crowdbroker.store.store import Store


@pytest.fixture
def postgres_desk(desks: Any, tmp_path: Path, need: Callable[[str, bool, str], None]) -> Iterator[Any]:
    server = postgres()
    need("postgres", server is not None, "there is no PostgreSQL server on this machine")
    assert server is not None
    url, clock = server.new(), ManualClock(START)
    marketplace = Marketplace.open(f"sqlite:///{tmp_path}/m.db", clock=clock, seed=7)
    desk = desks.around(Store.open(url), marketplace, clock)
    yield desk
    desk.store.close()
    marketplace.close()
    server.drop(url)


def _bonus(desk: Any, worker_id: str) -> None:
    compensate(
        desk.store,
        desk.market,
        desk.batch("first"),
        desk.clock,
        worker=worker_id,
        cents=25,
        reason="Thank you.",
        tariff=Tariff(),
        marketplace="own",
    )


def test_a_whole_batch_is_clean_and_a_wrong_balance_is_mended(
    postgres_desk: Any, look: Callable[..., Any], mend: Callable[..., Any]
) -> None:
    desk = postgres_desk
    desk.load(**REFUSING)
    for _ in range(3):
        _round(desk)
        assert look(desk).wrong == []
    _bonus(desk, "ACAREFUL")
    assert look(desk).findings == []
    with desk.store.write() as session:
        session.connection().execute(text("UPDATE balance SET cents = cents + 7 WHERE account = 'available'"))
    found = look(desk)
    assert {one.check for one in found.wrong} == {"balances"}
    mend(desk, found.findings)
    assert look(desk).findings == []


def test_a_lost_batch_is_adopted(postgres_desk: Any, look: Callable[..., Any]) -> None:
    desk = postgres_desk
    good, spammer = worked(desk)
    desk.judge()
    for row in desk.of(spammer):
        decide_by_hand(
            desk.store, desk.batch(), row.assignment_id, Decision.APPROVE, reason="I looked.", now=desk.clock()
        )
    desk.settle()
    _bonus(desk, good[0])
    assert look(desk).findings == []
    with desk.store.write() as session:
        session.connection().execute(text("UPDATE batch SET uid = 'forgotten', name = 'old'"))
        session.connection().execute(text("UPDATE effect SET key = 'old' || id"))
        session.connection().execute(text("UPDATE entry SET transfer = 'old' || transfer"))
        session.connection().execute(text("UPDATE hit SET hit_id = NULL, state = 'planned'"))
        session.connection().execute(text("UPDATE assignment SET assignment_id = 'old' || assignment_id"))
    desk.load(items=40, gold=10)
    adopted = adopt(
        desk.store, desk.market, desk.batch("first"), desk.clock, marketplace="own", tariff=Tariff(), actor="a test"
    )
    assert (adopted.hits, adopted.collected.assignments, adopted.bonuses) == (10, 30, 1)
    assert [one for one in look(desk).findings if one.batch == "first"] == []
