"""What is missing is asked for again: exactly that many places, at the HIT itself where it may grow."""

from __future__ import annotations

from typing import Any

import pytest
from topping import DAYS, again, ended, hits, new_work, offered, places_there, prepare, refuse

from crowdbroker.broker.compensate import compensate
from crowdbroker.broker.label import label
from crowdbroker.broker.top_up import ToppedUp, deficits
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import OverBudget
from crowdbroker.store.ledger import Account


def operations(desk: Any) -> set[str]:
    """The calls since the last look that change HITs."""
    made = set(desk.wire.calls) & {
        "CreateAdditionalAssignmentsForHIT",
        "UpdateExpirationForHIT",
        "CreateHITWithHITType",
    }
    desk.wire.calls.clear()
    return made


def spend(desk: Any, cents: int) -> None:
    """A bonus to the first worker uses up what a refusal gave back."""
    desk.judge()
    desk.settle()
    compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker="AW0",
        cents=cents,
        reason="thanks",
        tariff=Tariff(),
        marketplace="own",
    )


def test_empty_places_are_opened_again_by_a_new_end_alone(desk: Any) -> None:
    ended(desk, good=1)
    operations(desk)
    assert again(desk) == ToppedUp(reopened=1, siblings=0, places=2, cents=12)
    assert operations(desk) == {"UpdateExpirationForHIT"}
    assert places_there(desk) == [(3, 2)]
    desk.check_books()
    assert new_work(desk, "AX1", "AX2", "AX3") == [1, 1, 0]
    desk.collect()
    assert hits(desk) == [("closed", 3)]
    assert len(desk.assignments()) == 3
    desk.check_books()


def test_refused_work_is_made_good_by_places_that_are_added(desk: Any) -> None:
    names = ended(desk, good=2, refused=1)
    operations(desk)
    assert again(desk) == ToppedUp(reopened=1, siblings=0, places=1, cents=6)
    assert operations(desk) == {"CreateAdditionalAssignmentsForHIT", "UpdateExpirationForHIT"}
    assert places_there(desk) == [(4, 1)]
    desk.check_books()
    assert [desk.work(name) if offered(desk, name) else 0 for name in names] == [0, 0, 0], "nobody answers a HIT twice"
    assert new_work(desk, "AX1", "AX2") == [1, 0]
    desk.collect()
    assert hits(desk) == [("closed", 4)]
    assert prepare(desk).places == 0
    desk.check_books()


def test_empty_and_refused_places_at_once(desk: Any) -> None:
    ended(desk, good=1, refused=1)
    assert again(desk) == ToppedUp(reopened=1, siblings=0, places=2, cents=12)
    assert places_there(desk) == [(4, 2)]
    desk.check_books()
    new_work(desk, "AX1", "AX2")
    desk.collect()
    assert hits(desk) == [("closed", 4)]
    assert len({row.worker_row for row in desk.assignments()}) == 4
    desk.check_books()


def test_only_the_hits_that_lack_something_are_topped_up(desk: Any) -> None:
    desk.load(items=8, **DAYS)
    desk.publish()
    for name in desk.workers(3):
        desk.work(name, most=1)
    desk.collect()
    desk.pass_time(days=4)
    desk.collect()
    assert sorted(len(desk.of(name)) for name in ("AW0", "AW1", "AW2")) == [1, 1, 1]
    assert again(desk) == ToppedUp(reopened=1, siblings=0, places=3, cents=18)
    assert sorted(state for state, _ in hits(desk)) == ["closed", "open"]
    desk.check_books()


def test_when_nothing_is_missing_nothing_is_done(desk: Any) -> None:
    ended(desk, good=3)
    operations(desk)
    assert again(desk) == ToppedUp(0, 0, 0, 0)
    assert operations(desk) == set()
    assert desk.effects("expire") == []


def test_what_is_still_open_lacks_nothing_yet(desk: Any) -> None:
    desk.load(items=4)
    assert prepare(desk).places == 0
    desk.publish()
    assert prepare(desk).places == 0


def test_topping_up_twice_in_a_row_counts_once(desk: Any) -> None:
    ended(desk, good=1, refused=1)
    again(desk)
    assert again(desk).places == 0
    assert places_there(desk) == [(4, 2)]
    desk.check_books()


def test_topping_up_again_before_the_first_was_sent_counts_once(desk: Any) -> None:
    ended(desk, good=1, refused=1)
    assert prepare(desk).places == 2
    assert prepare(desk).places == 0
    desk.publish()
    assert places_there(desk) == [(4, 2)]
    desk.check_books()


def test_a_top_up_that_expires_too_may_be_repeated(desk: Any) -> None:
    ended(desk, good=1, refused=1)
    for _ in range(2):
        again(desk)
        desk.pass_time(hours=80)
        desk.collect()
        assert hits(desk) == [("closed", 4)]
        desk.check_books()
    assert desk.money()[Account.RESERVED] == 0
    assert again(desk).places == 2
    new_work(desk, "AX1", "AX2")
    desk.collect()
    assert prepare(desk).places == 0
    desk.check_books()


def test_work_that_is_refused_after_a_top_up_is_made_good_by_the_next(desk: Any) -> None:
    ended(desk, good=2, refused=1)
    again(desk)
    new_work(desk, "AX1")
    desk.collect()
    refuse(desk, "AX1")
    assert again(desk).places == 1
    assert places_there(desk) == [(5, 1)]
    new_work(desk, "AX2")
    desk.collect()
    assert prepare(desk).places == 0
    desk.check_books()


def test_nine_places_cannot_become_ten_so_a_sibling_is_published(desk: Any) -> None:
    ended(desk, good=7, refused=2, overlap=9)
    assert again(desk) == ToppedUp(reopened=0, siblings=1, places=2, cents=12)
    assert hits(desk) == [("closed", 9), ("open", 2)]
    assert places_there(desk) == [(9, 0), (2, 2)]
    desk.check_books()
    assert again(desk).places == 0
    new_work(desk, "AX1", "AX2")
    desk.collect()
    assert prepare(desk).places == 0, "the siblings' work counts for the first"
    desk.check_books()


def test_ten_places_may_grow_and_keep_their_fee(desk: Any) -> None:
    ended(desk, good=9, refused=1, overlap=10)
    assert again(desk) == ToppedUp(reopened=1, siblings=0, places=1, cents=7)
    new_work(desk, "AX1")
    desk.collect()
    assert prepare(desk).places == 0
    desk.check_books()


def test_empty_places_beyond_what_is_missing_are_not_opened(desk: Any) -> None:
    """A sibling filled most of what lacked; the first HIT's empty places are more than the rest, and not paid for."""
    ended(desk, good=5, refused=3, overlap=9)
    assert again(desk) == ToppedUp(reopened=0, siblings=1, places=4, cents=24)
    new_work(desk, "AX1", "AX2", "AX3", "AX4")
    desk.collect()
    refuse(desk, "AX4")
    ended_first = places_there(desk)[0]
    assert ended_first == (9, 0)
    made = again(desk)
    assert made.places == 1
    assert sum(free for _, free in places_there(desk)) == 1
    desk.check_books()
    new_work(desk, "AX5", "AX6")
    desk.collect()
    assert prepare(desk).places == 0
    desk.check_books()


def test_a_second_answer_of_a_worker_on_a_sibling_is_paid_and_not_counted(desk: Any) -> None:
    names = ended(desk, good=8, refused=1, overlap=9)
    again(desk)
    assert desk.work(names[0], answer=lambda _: "negative") == 1
    desk.collect()
    desk.check_books()
    assert again(desk) == ToppedUp(reopened=0, siblings=1, places=1, cents=6)
    made = label(desk.store, desk.batch(), desk.clock(), method="majority")
    assert made.strange == 0
    desk.judge()
    desk.settle()
    with desk.store.read() as session:
        assert deficits(session, desk.batch()) == []
    desk.check_books()


@pytest.mark.parametrize(
    ("changes", "left"), [({"good": 1, "refused": 1}, 8), ({"good": 7, "refused": 2, "overlap": 9}, 8)]
)
def test_over_the_budget_nothing_is_sent(desk: Any, changes: dict[str, Any], left: int) -> None:
    """At the HIT itself and as a sibling alike."""
    ended(desk, budget=f"0.{6 * changes.get('overlap', 3)}", **changes)
    spend(desk, 3)
    before, calls = desk.money(), len(desk.wire.calls)
    with pytest.raises(OverBudget, match=r"at most \$0\.12 and the Batch has \$0\.08 left") as caught:
        prepare(desk)
    assert (caught.value.needed_cents, caught.value.available_cents) == (12, left)
    desk.publish()
    assert (desk.money(), len(desk.wire.calls)) == (before, calls)
    assert desk.effects("expire") == desk.effects("extend") == []
    assert len(hits(desk)) == 1
    desk.check_books()
