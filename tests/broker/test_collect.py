"""Submissions come in once, and what the marketplace did by itself is booked."""

from __future__ import annotations

from typing import Any

import pytest
from factories import START
from faulty import Fault
from sqlmodel import col, select

from crowdbroker.broker.label import label
from crowdbroker.marketplace import worker
from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import gold_outcomes
from crowdbroker.store.tables import AnswerRow, HITRow, ItemRow


@pytest.fixture
def published(desk: Any) -> Any:
    """Two HITs of three places with four Items and a gold one each, on the marketplace."""
    desk.load()
    desk.publish()
    return desk


def test_a_submission_becomes_an_assignment_with_its_answers(published: Any) -> None:
    [worker_id] = published.workers(1)
    published.work(worker_id)
    found = published.collect()
    assert (found.assignments, found.closed_hits, found.unreadable) == (2, 0, [])
    row = published.assignments()[0]
    assert (row.state, row.verdict) == ("submitted", None)
    assert (row.submitted_at - row.accepted_at).total_seconds() == 40
    assert row.answer_xml.startswith("<?xml")
    with published.store.read() as session:
        pairs = session.exec(select(ItemRow.data, AnswerRow.label).where(AnswerRow.item_id == ItemRow.id)).all()
    assert len(pairs) == 10
    assert all(data["text"].startswith(label) for data, label in pairs)
    assert published.money()[Account.OWED] == 12
    published.check_books()


def test_collecting_twice_collects_once(published: Any) -> None:
    published.work(published.workers(1)[0])
    published.collect()
    before = published.money(), published.count(AnswerRow)
    again = published.collect()
    assert (again.assignments, again.decided_there) == (0, 0)
    assert (published.money(), published.count(AnswerRow)) == before


def test_a_poll_without_news_costs_one_call(published: Any) -> None:
    published.wire.calls.clear()
    published.collect()
    assert published.wire.calls == ["ListHITs"]


def test_nothing_is_asked_about_what_is_not_published(desk: Any) -> None:
    desk.load()
    assert desk.collect().assignments == 0
    assert desk.wire.calls == []


def test_a_hit_with_more_than_a_hundred_assignments_is_collected_whole(desk: Any) -> None:
    desk.load(items=1, overlap=130, items_per_hit=1)
    desk.publish()
    for worker_id in desk.workers(130):
        desk.work(worker_id, seconds=1)
    assert desk.collect().assignments == 130
    assert desk.wire.counted()["ListAssignmentsForHIT"] == 2
    with desk.store.read() as session:
        assert session.exec(select(HITRow.state)).all() == ["closed"]
    assert desk.money()[Account.OWED] == 130 * 7
    desk.check_books()


def test_work_that_nobody_decided_on_is_paid_by_the_clock_and_booked(published: Any) -> None:
    published.work(published.workers(1)[0])
    published.collect()
    published.pass_time(days=8)
    found = published.collect()
    assert found.decided_there == 2
    assert published.states() == ["approved", "approved"]
    money = published.money()
    assert (money[Account.REWARDS], money[Account.FEES], money[Account.OWED]) == (10, 2, 0)
    published.check_books()


def test_work_that_was_paid_by_the_clock_before_it_was_ever_collected_is_booked(published: Any) -> None:
    published.work(published.workers(1)[0])
    published.pass_time(days=8)
    found = published.collect()
    assert (found.assignments, found.decided_there) == (2, 2)
    assert published.money()[Account.REWARDS] == 10
    published.check_books()


@pytest.mark.parametrize("decide", ["approve", "reject"])
def test_what_another_program_decided_is_booked(published: Any, decide: str) -> None:
    published.work(published.workers(1)[0])
    published.collect()
    for row in published.assignments():
        getattr(published.market, decide)(row.assignment_id, feedback="by hand")
    found = published.collect()
    assert found.decided_there == 2
    assert set(published.states()) == {f"{decide}d".replace("rejectd", "rejected")}
    published.check_books()
    assert published.collect().decided_there == 0


def test_places_that_nobody_took_give_their_money_back_when_the_hit_ends(published: Any) -> None:
    published.work(published.workers(1)[0], most=1)
    published.collect()
    published.pass_time(days=3)
    found = published.collect()
    assert found.closed_hits == 2
    money = published.money()
    assert (money[Account.RESERVED], money[Account.OWED]) == (0, 6)
    assert money[Account.AVAILABLE] == 10_000 - 6
    published.check_books()
    assert published.collect().closed_hits == 0


def test_a_place_accepted_before_the_end_and_submitted_after_it_is_not_lost(published: Any) -> None:
    first, second = published.workers(2)
    published.work(first)
    published.pass_time(days=3, minutes=-10)
    late = published.accept(second)
    assert late is not None
    published.pass_time(minutes=15)
    early_news = published.collect()
    assert early_news.closed_hits == 1  # the other one
    assert published.money()[Account.RESERVED] >= 6
    published.submit(late)
    found = published.collect()
    assert (found.assignments, found.closed_hits) == (1, 1)
    money = published.money()
    assert (money[Account.RESERVED], money[Account.OWED]) == (0, 18)
    published.check_books()


def test_a_place_accepted_before_the_end_and_given_up_after_it_gives_its_money_back(published: Any) -> None:
    [first] = published.workers(1)
    published.pass_time(days=3, minutes=-10)
    assert published.accept(first) is not None
    published.pass_time(minutes=15)
    assert published.collect().closed_hits == 1
    published.pass_time(minutes=30)
    assert published.collect().closed_hits == 1
    assert published.money()[Account.AVAILABLE] == 10_000
    published.check_books()


def test_a_place_that_was_given_back_and_taken_by_another_worker_counts_for_the_other(published: Any) -> None:
    first, second = published.workers(2)
    held = published.accept(first)
    assert held is not None
    worker.give_back(published.marketplace, first, held.assignment_id)
    published.work(second)
    published.collect()
    assert published.of(first) == []
    assert len(published.of(second)) == 2
    published.check_books()


def test_an_answer_outside_the_label_set_is_kept_and_not_counted(published: Any) -> None:
    published.work(published.workers(1)[0], answer=lambda _: "<script>alert(1)</script>")
    published.collect()
    with published.store.read() as session:
        assert set(session.exec(select(AnswerRow.label))) == {"<script>alert(1)</script>"}
    made = label(published.store, published.batch(), published.clock())
    assert (made.labelled, made.strange, made.votes) == (0, 10, 10)


def test_a_page_that_was_sent_half_empty_brings_what_is_there(published: Any) -> None:
    [worker_id] = published.workers(1)
    held = published.accept(worker_id)
    assert held is not None
    fields = [("item-1", "neutral"), ("item-99", "positive"), ("ünrelated", "x"), ("item-1", "positive")]
    worker.submit(published.marketplace, worker_id, held.assignment_id, fields)
    assert published.collect().unreadable == []
    assert published.count(AnswerRow) == 1
    published.check_books()


def test_an_answer_that_cannot_be_read_is_reported_and_its_money_is_owed_all_the_same(published: Any) -> None:
    [worker_id] = published.workers(1)
    held = published.accept(worker_id)
    assert held is not None
    worker.submit(published.marketplace, worker_id, held.assignment_id, [("item-1", "x" * 1_000_001)])
    found = published.collect()
    assert (found.assignments, found.unreadable) == (1, [held.assignment_id])
    assert published.money()[Account.OWED] == 6
    published.check_books()


@pytest.mark.parametrize("operation", ["ListHITs", "ListAssignmentsForHIT"])
@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.THROTTLED, Fault.ERROR_500, Fault.UNREACHABLE])
def test_collecting_survives_what_goes_wrong_on_the_way(published: Any, operation: str, fault: Fault) -> None:
    published.work(published.workers(1)[0])
    published.wire.next(operation, fault, fault)
    assert published.collect().assignments == 2
    published.check_books()


def test_a_hit_that_was_deleted_by_hand_after_its_work_was_decided_is_closed(published: Any) -> None:
    """DeleteHIT takes it out of every list: only GetHIT still shows it."""
    for worker_id in published.workers(3):
        published.work(worker_id)
    published.collect()
    for row in published.assignments():
        published.market.approve(row.assignment_id)
    published.collect()
    published.pass_time(days=130)
    assert published.collect().closed_hits == 0
    published.check_books()


def test_times_of_an_assignment_are_the_marketplaces(published: Any) -> None:
    published.work(published.workers(1)[0], most=1)
    published.collect()
    [row] = published.assignments()
    assert row.accepted_at == START
    assert (row.auto_approval_at - row.submitted_at).days == 7


def test_batches_at_one_marketplace_do_not_see_each_others_work(desk: Any) -> None:
    desk.load()
    desk.load(name="second")
    desk.publish("first")
    [worker_id] = desk.workers(1)
    desk.work(worker_id)
    desk.publish("second")
    desk.work(worker_id)
    assert desk.collect("first").assignments == 2
    assert desk.collect("second").assignments == 2
    desk.check_books()
    with desk.store.read() as session:
        owners = select(HITRow.batch_id).order_by(col(HITRow.id))
        assert session.exec(owners).all() == [1, 1, 2, 2]


class Lagging:
    """The market, whose listings of Assignments lack the latest one."""

    def __init__(self, market: Any) -> None:
        self._market = market

    def __getattr__(self, name: str) -> Any:
        return getattr(self._market, name)

    def list_assignments(self, hit_id: str) -> list[Any]:
        return list(self._market.list_assignments(hit_id))[:-1]


def test_a_hit_is_not_closed_on_a_listing_that_lags(published: Any) -> None:
    market = published.market
    for worker_id in published.workers(3):
        published.work(worker_id)
    published.market = Lagging(market)
    found = published.collect()
    assert found.closed_hits == 0
    published.market = market
    published.collect()
    hits = list(market.list_hits())
    assert len(published.states()) == sum(hit.max_assignments for hit in hits)
    with published.store.read() as session:
        assert set(session.exec(select(HITRow.state))) == {"closed"}
    published.check_books()


def test_gold_that_was_left_out_counts_as_wrong(desk: Any) -> None:
    desk.load(items=1, gold=5, items_per_hit=1, settings={"gold": {"per_hit": 5}})
    desk.publish()
    (lazy,) = desk.workers(1)
    (kind,) = [group.hit_type_id for group in worker.groups(desk.marketplace, lazy)]
    held = worker.accept_next(desk.marketplace, lazy, kind)
    worker.submit(desk.marketplace, lazy, held.assignment_id, [("seconds", "1")])
    desk.collect()
    with desk.store.read() as session:
        assert list(gold_outcomes(session, desk.batch().id).values()) == [[False] * 5]
    assert desk.judge().decisions == {"approve_and_exclude": 1}
