"""Verdicts on real submissions, and the payments and refusals that follow."""

from __future__ import annotations

from typing import Any

from driving import worked
from factories import always_negative, wrong
from sqlmodel import select

from crowdbroker.broker.judge import judge
from crowdbroker.marketplace import worker
from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import held, progress
from crowdbroker.store.tables import ExclusionRow

AUTOMATIC = {"rejection": "automatic", "reject_cap": 1.0}


def test_nothing_is_decided_without_work(desk: Any) -> None:
    desk.load()
    assert desk.judge() == judge(desk.store, desk.batch(), desk.clock())
    assert desk.judge().decisions == {}


def test_good_work_is_paid_and_bad_work_refused_where_the_project_says_so(desk: Any) -> None:
    good, spammer = worked(desk, payment=AUTOMATIC)
    assert desk.judge().decisions == {"approve": 20, "reject": 10}
    report = desk.settle()
    assert (report.failed, report.in_doubt, report.later) == (0, 0, 0)
    assert {row.state for worker_id in good for row in desk.of(worker_id)} == {"approved"}
    assert {row.state for row in desk.of(spammer)} == {"rejected"}
    assert desk.paid() == {good[0]: 50, good[1]: 50, spammer: 0}
    money = desk.money()
    assert (money[Account.REWARDS], money[Account.FEES], money[Account.OWED]) == (100, 20, 0)
    assert money[Account.AVAILABLE] == 10_000 - 120
    desk.check_books()


def test_a_refused_worker_reads_why_with_counts_and_without_the_items(desk: Any) -> None:
    _, spammer = worked(desk, payment=AUTOMATIC)
    desk.judge()
    desk.settle()
    told = {past.feedback for past in worker.history(desk.marketplace, spammer)}
    [text] = told
    assert "10 check questions" in text
    assert "0 of 10 agreed (0%" in text
    assert len(text) < 1024
    assert not any(f"g{n}" in text.split() for n in range(10))


def test_by_default_bad_work_is_held_for_a_person(desk: Any) -> None:
    _, spammer = worked(desk)
    assert desk.judge().decisions == {"approve": 20, "hold": 10}
    desk.settle()
    assert {row.state for row in desk.of(spammer)} == {"held"}
    assert desk.money()[Account.OWED] == 60
    assert desk.judge().decisions == {}
    with desk.store.read() as session:
        assert len(held(session, 1)) == 10
        assert progress(session, 1).complete
    desk.check_books()


def test_where_refusals_are_never_made_bad_work_is_paid_and_its_worker_excluded(desk: Any) -> None:
    _, spammer = worked(desk, payment={"rejection": "never"})
    assert desk.judge().decisions == {"approve": 20, "approve_and_exclude": 10}
    desk.settle()
    assert desk.paid()[spammer] == 50
    desk.check_books()


def test_a_lazy_worker_with_one_answer_for_all_is_found(desk: Any) -> None:
    _, lazy = worked(desk, bad=always_negative)
    desk.judge()
    [row, *_] = desk.of(lazy)
    assert row.verdict in ("approve_and_exclude", "hold")
    assert "nearly all answers were the same" in row.evidence["signals"]


def test_few_gold_answers_are_no_evidence_while_more_may_come(desk: Any) -> None:
    desk.load(items=40, gold=10)
    desk.publish()
    [worker_id] = desk.workers(1)
    desk.work(worker_id, answer=wrong, most=4)
    desk.collect()
    assert (desk.judge().decisions, desk.judge().waiting) == ({}, 4)
    desk.pass_time(hours=25)
    assert desk.judge().decisions == {"approve": 4}


def test_few_gold_answers_are_enough_to_pay_when_the_batch_takes_no_more_work(desk: Any) -> None:
    desk.load(items=4, gold=5, overlap=1, payment={"decide_within": "30d"})
    desk.publish()
    desk.work(desk.workers(1)[0], answer=wrong)
    desk.collect()
    assert desk.judge().decisions == {"approve": 1}


def test_the_automatic_approval_is_never_a_surprise(desk: Any) -> None:
    desk.load(items=40, gold=10, auto_approval="1d", payment={"decide_within": "30d"})
    desk.publish()
    desk.work(desk.workers(1)[0], most=1)
    desk.collect()
    desk.pass_time(hours=22)
    assert desk.judge().decisions == {}
    desk.pass_time(hours=1, minutes=1)
    assert desk.judge().decisions == {"approve": 1}


def test_five_gold_answers_can_exclude_and_not_refuse(desk: Any) -> None:
    desk.load(items=40, gold=10, payment=AUTOMATIC)
    desk.publish()
    [worker_id] = desk.workers(1)
    desk.work(worker_id, answer=wrong, most=9)
    desk.collect()
    found = desk.judge()
    assert (found.decisions, found.excluded) == ({"approve_and_exclude": 9}, 9)


def test_whoever_is_excluded_is_offered_no_more_work_and_is_paid_for_what_is_done(desk: Any) -> None:
    desk.load(items=40, gold=10)
    desk.publish()
    bad, good = desk.workers(2)
    taken = desk.accept(bad)
    desk.work(bad, answer=wrong, most=6)
    desk.collect()
    desk.judge()
    desk.settle()
    assert [group.qualified for group in worker.groups(desk.marketplace, bad) if group.qualified] == []
    assert desk.work(bad) == 0
    assert desk.work(good, most=2) == 2
    assert taken is not None
    desk.submit(taken, wrong)
    desk.collect()
    assert desk.judge().decisions == {"approve_and_exclude": 1}
    desk.settle()
    assert desk.paid()[bad] == 35
    assert len(desk.effects("exclude")) == 1
    desk.check_books()


def test_an_excluded_worker_is_kept_out_of_other_batches_of_the_project_too(desk: Any) -> None:
    worked(desk)
    desk.judge()
    desk.settle()
    desk.load(name="second")
    desk.publish("second")
    assert desk.work("AW2") == 0
    assert desk.work("AW0") == 2


def test_a_project_of_another_name_does_not_exclude(desk: Any) -> None:
    worked(desk)
    desk.judge()
    desk.settle()
    desk.load(name="second", settings={"name": "others", "title": "Other work"})
    desk.publish("second")
    assert desk.work("AW2") == 2


def test_refusals_stay_under_the_cap_and_the_rest_is_held(desk: Any) -> None:
    worked(desk, payment={"rejection": "automatic", "reject_cap": 0.1})
    assert desk.judge().decisions == {"approve": 20, "reject": 3, "hold": 7}
    desk.settle()
    assert sorted(desk.states()) == ["approved"] * 20 + ["held"] * 7 + ["rejected"] * 3
    assert desk.judge().decisions == {"hold": 7}
    desk.settle()
    assert desk.states().count("rejected") == 3
    desk.check_books()


def test_what_only_the_cap_held_is_refused_when_more_work_makes_room(desk: Any) -> None:
    desk.load(items=40, gold=10, overlap=3, payment={"rejection": "automatic", "reject_cap": 0.25})
    desk.publish()
    first, second, spammer = desk.workers(3)
    desk.work(first)
    desk.work(spammer, answer=wrong)
    desk.collect()
    assert desk.judge().decisions == {"approve": 10, "reject": 5, "hold": 5}
    desk.work(second)
    desk.collect()
    assert desk.judge().decisions == {"approve": 10, "reject": 2, "hold": 3}
    desk.settle()
    assert desk.states().count("rejected") == 7
    desk.check_books()


def test_held_work_that_nobody_decides_on_is_paid_by_the_clock(desk: Any) -> None:
    _, spammer = worked(desk)
    desk.judge()
    desk.settle()
    desk.pass_time(days=8)
    desk.collect()
    assert {row.state for row in desk.of(spammer)} == {"approved"}
    desk.check_books()


def test_a_refusal_that_comes_after_the_automatic_approval_is_booked_as_paid(desk: Any) -> None:
    _, spammer = worked(desk, payment=AUTOMATIC)
    desk.judge()
    desk.pass_time(days=8)
    report = desk.settle()
    assert (report.failed, report.in_doubt) == (0, 0)
    assert {row.state for row in desk.of(spammer)} == {"approved"}
    assert desk.paid()[spammer] == 50
    desk.check_books()


def test_settling_twice_pays_once(desk: Any) -> None:
    worked(desk, payment=AUTOMATIC)
    desk.judge()
    desk.settle()
    before, paid = desk.money(), desk.paid()
    desk.wire.calls.clear()
    assert desk.settle().done == 0
    assert (desk.money(), desk.paid(), desk.wire.calls) == (before, paid, [])


def test_an_exclusion_is_written_with_its_evidence(desk: Any) -> None:
    worked(desk)
    desk.judge()
    with desk.store.read() as session:
        [row] = session.exec(select(ExclusionRow)).all()
    assert (row.evidence["look"], row.evidence["right"]) == (10, 0)
    assert row.evidence["below_bar"] > 0.99


def test_without_gold_everybody_is_paid(desk: Any) -> None:
    desk.load(gold=0, settings={"gold": {"per_hit": 0}})
    desk.publish()
    for worker_id in desk.workers(3):
        desk.work(worker_id, answer=always_negative)
    desk.collect()
    assert desk.judge().decisions == {"approve": 6}
