"""What the doctor finds in a store that something else has changed, and nothing in one that was only used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from driving import CROWD, REFUSING, _round
from sqlalchemy import text

from crowdbroker.broker.compensate import compensate
from crowdbroker.domain.money import Tariff


@pytest.fixture
def busy(desk: Any) -> Any:
    """Two HITs: one Worker paid, one refused and excluded, a bonus paid; one Assignment more waits."""
    desk.load(**REFUSING | {"overlap": 3})
    for _ in range(3):
        _round(desk)
    compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker=next(iter(CROWD)),
        cents=25,
        reason="Thank you.",
        tariff=Tariff(),
        marketplace="own",
    )
    desk.work(desk.workers(1)[0], most=1)
    desk.collect()
    return desk


def test_nothing_is_found_at_any_moment_of_a_batch_that_has_it_all(desk: Any, look: Callable[..., Any]) -> None:
    assert look(desk).findings == []
    desk.load(**REFUSING)
    assert look(desk).findings == []
    for _ in range(3):
        _round(desk)
        assert look(desk).wrong == []
    desk.pass_time(days=12)
    _round(desk)
    found = look(desk)
    assert found.findings == []
    assert (found.compared.hits, found.compared.assignments) == (2, 4)


def test_a_busy_batch_is_clean(busy: Any, look: Callable[..., Any]) -> None:
    found = look(busy)
    assert found.findings == []
    assert found.compared.bonuses == 1


WRONG = {
    "UPDATE balance SET cents = cents + 1 WHERE account = 'owed'": {"balances", "accounts"},
    "UPDATE entry SET cents = cents + 1 WHERE transfer LIKE 'bonus:%' AND account = 'bonuses'": {
        "balances",
        "transfers",
    },
    "UPDATE batch SET cap_cents = 1": {"budget"},
    "UPDATE assignment SET state = 'approved' WHERE state = 'rejected'": {"accounts", "assignments"},
    "UPDATE assignment SET state = 'submitted' WHERE state = 'approved'": {
        "accounts",
        "decisions",
        "effects",
    },
    "UPDATE hit SET max_assignments = 2": {"accounts", "places"},
    "UPDATE hit SET max_assignments = 1": {"accounts", "places"},
    "UPDATE hit SET state = 'closed'": {"accounts"},
    "UPDATE hit SET state = 'planned'": {"accounts", "hits"},
    "UPDATE hit SET hit_id = NULL WHERE position = 0": {"hits", "strange hits"},
    "UPDATE effect SET state = 'failed' WHERE kind = 'bonus'": {"accounts", "effects", "bonuses"},
    "UPDATE effect SET state = 'failed' WHERE kind = 'create_hit'": {"effects", "hits"},
    "UPDATE effect SET state = 'sent' WHERE kind = 'create_hit'": {"hits"},
    'UPDATE effect SET request = \'{"cents": 25, "fee_cents": 5, "assignment_id": "A", "reason": "x"}\''
    " WHERE kind = 'bonus'": {"tokens", "bonuses"},
    "UPDATE assignment SET answer_xml = '<x/>' WHERE id = 1": {"answers"},
    "UPDATE assignment SET answer_sha256 = 'x' WHERE id = 1": {"answers", "assignments"},
    "UPDATE answer SET worker_row = 3 WHERE assignment_row = 1": {"answers"},
    "UPDATE answer SET item_id = (SELECT max(id) FROM item) + 1 WHERE assignment_row = 1 AND item_id = "
    "(SELECT min(item_id) FROM answer WHERE assignment_row = 1)": {"answers"},
    "UPDATE assignment SET worker_row = 1 WHERE worker_row = 2": {"answers", "places", "assignments"},
    "DELETE FROM answer WHERE assignment_row = 3; DELETE FROM assignment WHERE id = 3": {"accounts", "assignments"},
    "DELETE FROM assignment WHERE id = 3": {"accounts", "answers", "assignments"},
}


@pytest.mark.parametrize("statement", WRONG)
def test_what_something_else_has_changed_is_found(busy: Any, look: Callable[..., Any], statement: str) -> None:
    connection = sqlite3.connect(busy.store.engine.url.database)
    connection.executescript(statement)
    connection.close()
    found = look(busy)
    assert {one.check for one in found.wrong} == WRONG[statement]
    for one in found.findings:
        assert one.what
        assert one.remedy.endswith(".")
        assert one.batch == "first"


def test_a_wrong_balance_is_repaired_from_its_entries_and_that_is_kept(
    busy: Any, look: Callable[..., Any], mend: Callable[..., Any]
) -> None:
    from crowdbroker.store.audit import acts_on

    with busy.store.write() as session:
        session.connection().execute(text("UPDATE balance SET cents = cents + 7 WHERE account = 'available'"))
        session.connection().execute(text("UPDATE balance SET cents = cents - 7 WHERE account = 'deposited'"))
    found = look(busy, alone=True)
    assert [one.subject for one in found.findings if one.repair] == ["deposited", "available"]
    assert len(mend(busy, found.findings).done) == 2
    assert look(busy).findings == []
    with busy.store.read() as session:
        [act] = acts_on(session, "available")
    assert (act.actor, act.action, act.evidence["kept_cents"] - act.evidence["entries_cents"]) == (
        "crowdbroker doctor",
        "repair",
        7,
    )


def test_a_refusal_that_silence_will_turn_is_warned_of_a_day_before(desk: Any, look: Callable[..., Any]) -> None:
    from driving import worked

    worked(desk)
    desk.judge()
    assert look(desk).wrong == []
    desk.pass_time(days=6, hours=1)
    found = {one.check for one in look(desk).wrong}
    assert found == {"deadlines"}
