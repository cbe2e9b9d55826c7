"""What differs between our books and the marketplace's, and what mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from crowdbroker.broker.late import lately_ended
from crowdbroker.broker.orphans import mark_of
from crowdbroker.broker.resolve import inspect, resolve
from crowdbroker.store.audit import acts_on
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import HITRow


class Lagging:
    """The market, whose listings of Assignments lack the latest one."""

    def __init__(self, market: Any) -> None:
        self._market = market

    def __getattr__(self, name: str) -> Any:
        return getattr(self._market, name)

    def list_assignments(self, hit_id: str) -> list[Any]:
        return list(self._market.list_assignments(hit_id))[:-1]


@pytest.fixture
def late(desk: Any) -> Any:
    """A HIT of three places with one submission, closed here on a listing that did not show it yet."""
    desk.load(items=3, gold=1, lifetime="1h")
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.pass_time(hours=2)
    market, desk.market = desk.market, Lagging(desk.market)
    assert desk.collect().closed_hits == 1
    desk.market = market
    return desk


def test_work_that_comes_after_its_hit_was_closed_is_found_and_collected(
    late: Any, look: Callable[..., Any], mend: Callable[..., Any]
) -> None:
    assert [one.check for one in look(late).wrong] == ["assignments"]
    late.pass_time(days=8)
    found = look(late)
    assert {one.check for one in found.wrong} == {"late work", "assignments"}
    before = late.money()
    assert (before[Account.RESERVED], before[Account.OWED]) == (0, 0)
    assert mend(late, found.findings).done == ["1 Assignments were collected and 1 decisions booked."]
    assert late.states() == ["approved"]
    assert look(late).findings == []
    late.check_books()


def test_late_work_whose_money_has_gone_elsewhere_is_kept_and_told(
    late: Any, look: Callable[..., Any], mend: Callable[..., Any]
) -> None:
    with late.store.write() as session:
        moved = "UPDATE balance SET cents = cents {} WHERE account = '{}'"
        entry = "INSERT INTO entry (transfer, account, batch_id, cents, at) VALUES ('elsewhere', '{}', 1, {}, :at)"
        for account, cents in (("available", -9997), ("deposited", 9997)):
            session.connection().execute(text(moved.format(f"+ {cents}", account)))
            session.connection().execute(text(entry.format(account, cents)), {"at": "2026-03-02 09:00:00.000000"})
        session.connection().execute(text("UPDATE batch SET cap_cents = 3"))
    mend(late, look(late).findings)
    assert late.states() == ["submitted"]
    assert (late.money()[Account.DEPOSITED], late.money()[Account.AVAILABLE]) == (6, 0)
    assert [one.check for one in look(late).findings] == []
    with late.store.read() as session:
        [act] = acts_on(session, late.assignments()[0].assignment_id)
    assert (act.action, act.evidence["cents"]) == ("overrun", 3)


def test_a_hit_that_ended_with_empty_places_is_listed_once_more(desk: Any) -> None:
    desk.load(items=3, gold=1, lifetime="1h")
    desk.publish()
    desk.pass_time(hours=1, minutes=1)
    assert desk.collect().closed_hits == 1
    with desk.store.read() as session:
        again = lately_ended(session, 1, desk.clock())
        assert again == session.exec(select(HITRow.hit_id)).all()
        desk.pass_time(hours=2)
        assert lately_ended(session, 1, desk.clock()) == []


@pytest.mark.parametrize(("happened", "state"), [(True, "approved"), (False, "rejected")])
def test_work_of_a_hit_that_was_deleted_by_hand_is_said_and_settled_by_a_person(
    desk: Any, look: Callable[..., Any], happened: bool, state: str
) -> None:
    desk.load(items=3, gold=1)
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.collect()
    [hit_id] = [hit.hit_id for hit in desk.market.list_hits()]
    [row] = desk.assignments()
    desk.market.expire(hit_id, desk.clock())
    desk.market.approve(row.assignment_id)
    desk.market._client.delete_hit(HITId=hit_id)
    assert [one.check for one in look(desk).wrong] == ["deleted hits"]
    found = desk.collect()
    assert (found.disposed, found.lost, found.closed_hits) == ([hit_id], [row.assignment_id], 1)
    assert desk.money()[Account.RESERVED] == 0
    desk.judge()
    assert desk.settle().in_doubt == 1
    [effect] = desk.effects("approve")
    seen = inspect(desk.store, desk.market, effect, desk.clock(), marketplace="own")
    resolve(desk.store, effect, seen, desk.clock, happened=happened, actor="ann", reason="I asked the Worker.")
    assert desk.states() == [state]
    assert desk.money()[Account.OWED] == 0
    assert look(desk).findings == []


def test_hits_that_an_older_backup_of_the_marketplace_lacks_stop_nothing_and_are_closed_on_request(
    desk: Any, look: Callable[..., Any], mend: Callable[..., Any]
) -> None:
    desk.load()
    desk.publish()
    desk.work(desk.workers(1)[0], most=1)
    with desk.store.write() as session:
        gone, _ = session.exec(select(HITRow).order_by(HITRow.position)).all()  # type: ignore[arg-type]
        gone.hit_id = "3" + "0" * 29
    found = desk.collect()
    assert found.unknown == ["3" + "0" * 29]
    wrong = look(desk).wrong
    assert {one.check for one in wrong} == {"unknown hits", "strange hits"}
    mend(desk, wrong)
    assert {one.check for one in look(desk).wrong} == {"strange hits"}
    assert desk.money()[Account.RESERVED] + desk.money()[Account.OWED] == 18


def test_places_that_somebody_added_at_the_marketplace_are_told(desk: Any, look: Callable[..., Any]) -> None:
    desk.load(items=3, gold=1)
    desk.publish()
    [hit] = desk.market.list_hits()
    desk.market.extend(hit.hit_id, 2, token="t" * 64)
    [one] = look(desk).wrong
    assert (one.check, one.evidence) == ("places", {"places_there": 5, "places_here": 3})
    # What is done on them is kept and paid all the same.
    for worker_id in desk.workers(5):
        desk.work(worker_id)
    assert (desk.collect().assignments, desk.money()[Account.OWED]) == (5, 30)
    assert [one.check for one in look(desk).wrong] == ["places", "places"]
    desk.judge()
    desk.settle()
    assert set(desk.states()) == {"approved"}
    assert desk.money()[Account.RESERVED] == 0
    desk.check_books()


def test_a_bonus_that_nobody_here_paid_is_told(desk: Any, look: Callable[..., Any]) -> None:
    desk.load(items=3, gold=1)
    desk.publish()
    [worker_id] = desk.workers(1)
    desk.work(worker_id)
    desk.collect()
    row = desk.assignments()[0]
    desk.market.bonus(worker_id, row.assignment_id, 500, "From somebody else.", token="t" * 64)
    [one] = look(desk).wrong
    assert "$5.00" in one.what


def test_a_marketplace_that_does_not_answer_is_one_finding(desk: Any, look: Callable[..., Any]) -> None:
    from faulty import Fault

    desk.load()
    desk.publish()
    desk.wire.next("ListHITs", *[Fault.UNREACHABLE] * 8)
    [one] = look(desk).findings
    assert one.check == "marketplace"


def test_hits_of_another_database_are_a_note(desk: Any, look: Callable[..., Any]) -> None:
    desk.load()
    desk.publish()
    with desk.store.write() as session:
        session.connection().execute(text("UPDATE batch SET uid = 'another'"))
        session.connection().execute(text("UPDATE effect SET key = 'x' || id"))
    found = look(desk)
    [one] = [one for one in found.findings if one.check == "orphans"]
    assert one.note
    assert one.evidence["hits"] == 2


def test_a_mark_is_read_from_an_annotation_of_ours_alone() -> None:
    mark = mark_of("create_hit:ab12:7:2")
    assert mark is not None
    assert (mark.uid, mark.position) == ("ab12", 7)
    assert [mark_of(other) for other in ("", "bonus:ab12:7", "create_hit:ab12", "create_hit:ab12:7:2:x")] == [None] * 4
