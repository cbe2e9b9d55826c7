"""What workers have earned is paid out once, whoever asks, however often, and whatever comes between."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from databases import postgres
from required import missing

from crowdbroker.marketplace import ledger
from crowdbroker.marketplace.payout_tables import PayoutLineRow
from crowdbroker.marketplace.payout_totals import year_totals
from crowdbroker.marketplace.payouts import (
    PayoutRefused,
    Run,
    _post,
    find_run,
    pay_out,
    payable,
    payouts_of,
    reverse,
    runs,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: Any, open_desk: Any) -> Any:
    """A marketplace's desk on each kind of database."""
    if request.param == "sqlite":
        yield open_desk()
        return
    server = postgres()
    if server is None:
        missing("postgresql", "its programs are not installed")
    url = server.empty()
    yield open_desk(url)
    server.drop(url)


def earn(desk: Any, worker_id: str, cents: int = 5) -> None:
    """Let a worker do one HIT that is approved."""
    hit = desk.hit(Reward=f"{cents // 100}.{cents % 100:02d}")
    desk.client.approve_assignment(AssignmentId=desk.done(hit, worker_id))


def owed(desk: Any, worker_id: str) -> int:
    with desk.market.read() as session:
        return ledger.balance_cents(session, ledger.owed(worker_id))


def amounts(run: Run) -> dict[str, int]:
    return {line.worker_id: line.cents for line in run.lines}


def test_a_run_pays_everybody_what_is_owed_and_leaves_nothing(desk: Any) -> None:
    ann, ben, idle = (desk.worker(worker_id=name) for name in ("AANN", "ABEN", "AIDLE"))
    began = desk.clock()
    earn(desk, ann, 250)
    earn(desk, ben, 5)
    desk.clock.move(days=3)
    with desk.market.read() as session:
        assert [(one.worker_id, one.cents) for one in payable(session)] == [(ann, 250), (ben, 5)]
    run = pay_out(desk.market, "march")
    assert amounts(run) == {ann: 250, ben: 5}
    assert run.is_new
    assert run.cents == 255
    assert {(line.since, line.until) for line in run.lines} == {(began, desk.clock())}
    assert [owed(desk, one) for one in (ann, ben, idle)] == [0, 0, 0]
    assert desk.problems() == []


def test_the_same_run_again_is_the_same_lines_and_moves_nothing(desk: Any) -> None:
    ann = desk.worker(worker_id="AANN")
    earn(desk, ann, 100)
    first = pay_out(desk.market, "march")
    earn(desk, ann, 30)
    desk.clock.move(hours=1)
    again = pay_out(desk.market, "march")
    assert again.lines == first.lines
    assert again.made_at == first.made_at
    assert not again.is_new
    assert owed(desk, ann) == 30
    assert desk.problems() == []


def test_the_next_run_begins_where_the_last_one_ended(desk: Any) -> None:
    ann = desk.worker(worker_id="AANN")
    earn(desk, ann, 100)
    first = pay_out(desk.market, "march")
    desk.clock.move(days=30)
    earn(desk, ann, 30)
    second = pay_out(desk.market, "april")
    assert second.lines[0].since == first.lines[0].until
    with desk.market.read() as session:
        assert [line.run_id for line in payouts_of(session, ann)] == ["april", "march"]
        assert [(one.run_id, one.workers, one.cents) for one in runs(session)] == [("april", 1, 30), ("march", 1, 100)]


def test_who_is_owed_less_than_the_minimum_waits(desk: Any) -> None:
    ann, ben = desk.worker(worker_id="AANN"), desk.worker(worker_id="ABEN")
    earn(desk, ann, 100)
    earn(desk, ben, 99)
    assert amounts(pay_out(desk.market, "march", minimum_cents=100)) == {ann: 100}
    assert owed(desk, ben) == 99
    earn(desk, ben, 1)
    assert amounts(pay_out(desk.market, "april", minimum_cents=100)) == {ben: 100}
    assert desk.problems() == []


def test_a_run_with_nobody_to_pay_does_not_use_up_its_id(desk: Any) -> None:
    assert pay_out(desk.market, "march").lines == []
    ann = desk.worker(worker_id="AANN")
    earn(desk, ann)
    assert amounts(pay_out(desk.market, "march")) == {ann: 5}


def test_work_that_time_has_approved_is_paid_too(desk: Any) -> None:
    ann = desk.worker(worker_id="AANN")
    desk.done(desk.hit(AutoApprovalDelayInSeconds=3600), ann)
    desk.clock.move(hours=2)
    assert amounts(pay_out(desk.market, "march")) == {ann: 5}


def test_a_reversed_line_is_owed_again_and_the_run_keeps_its_lines(desk: Any) -> None:
    ann, ben = desk.worker(worker_id="AANN"), desk.worker(worker_id="ABEN")
    for one in (ann, ben):
        earn(desk, one, 40)
    pay_out(desk.market, "march")
    desk.clock.move(days=1)
    back = reverse(desk.market, "march", ann, " The bank  sent it back. ")
    assert (back.cents, back.reversed_at, back.reversal_reason) == (40, desk.clock(), "The bank sent it back.")
    assert owed(desk, ann) == 40
    assert amounts(pay_out(desk.market, "march")) == {ann: 40, ben: 40}
    assert desk.problems() == []
    assert amounts(pay_out(desk.market, "april")) == {ann: 40}
    assert desk.problems() == []


def test_a_line_is_reversed_once_and_only_where_there_is_one(desk: Any) -> None:
    ann = desk.worker(worker_id="AANN")
    earn(desk, ann, 40)
    pay_out(desk.market, "march")
    for run_id, worker_id, reason, says in (
        ("april", ann, "why", "no line"),
        ("march", "AX", "why", "no line"),
        ("march", ann, "  ", "reason"),
        ("march", ann, "x" * 1001, "reason"),
    ):
        with pytest.raises(PayoutRefused, match=says):
            reverse(desk.market, run_id, worker_id, reason)
    reverse(desk.market, "march", ann, "why")
    with pytest.raises(PayoutRefused, match="reversed before"):
        reverse(desk.market, "march", ann, "why")
    assert owed(desk, ann) == 40
    assert desk.problems() == []


@pytest.mark.parametrize("run_id", ["", "../x", "a b", "x" * 65, ".x", "-x", "ä"])
def test_a_run_id_is_a_plain_word(open_desk: Any, run_id: str) -> None:
    with pytest.raises(PayoutRefused, match="run id"):
        pay_out(open_desk().market, run_id)


def test_runs_at_the_same_time_pay_each_cent_once(desk: Any) -> None:
    for number in range(3):
        earn(desk, desk.worker(worker_id=f"AW{number}"), 50)
    done: list[Run] = []
    threads = [
        threading.Thread(target=lambda name=name: done.append(pay_out(desk.market, name)))
        for name in ("march", "march", "april", "march")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert sum(run.cents for run in done if run.is_new) == 150
    with desk.market.read() as session:
        assert sum(one.cents for one in runs(session)) == 150
    assert desk.problems() == []


def test_a_run_waits_for_another_that_has_just_taken_the_same_balances(desk: Any) -> None:
    ann, late = desk.worker(worker_id="AANN"), []
    earn(desk, ann, 50)
    pay_out(desk.market, "feb")  # the account of what is paid is there from now on
    earn(desk, ann, 50)
    thread = threading.Thread(target=lambda: late.append(pay_out(desk.market, "april")))
    with desk.market.write() as session:
        assert _post(session, "march", 1, desk.market.now_ms())
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join()
    assert late[0].lines == []
    assert desk.problems() == []


def test_the_books_notice_a_line_without_its_money(desk: Any) -> None:
    ann = desk.worker(worker_id="AANN")
    earn(desk, ann, 40)
    pay_out(desk.market, "march")
    with desk.market.write() as session:
        line = session.get_one(PayoutLineRow, ("march", ann))
        line.cents = 41
    assert desk.problems() == ["Worker AANN was paid 40 cents in the ledger, payout lines come to 41."]


def test_a_year_counts_what_was_paid_in_it_without_reversed_lines(desk: Any) -> None:
    ann, ben = desk.worker(worker_id="AANN"), desk.worker(worker_id="ABEN")
    for one in (ann, ben):
        earn(desk, one, 40)
    pay_out(desk.market, "march")
    earn(desk, ann, 5)
    pay_out(desk.market, "april")
    reverse(desk.market, "march", ben, "The bank sent it back.")
    desk.clock.move(days=365)
    pay_out(desk.market, "next-year")
    with desk.market.read() as session:
        first, second = (year_totals(session, year) for year in (2026, 2027))
        assert find_run(session, "never") is None
    assert [(one.worker_id, one.payouts, one.cents) for one in first] == [(ann, 2, 45)]
    assert [(one.worker_id, one.payouts, one.cents) for one in second] == [(ben, 1, 40)]
