"""A Batch stops for a while or for good: nobody can accept, what was accepted is collected, no cent is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from faulty import Fault
from stopping import CENTS, HITS, act, completes, ends, on_offer, states

from crowdbroker.broker.close import close, pause, resume
from crowdbroker.errors import InputError, SettingsError
from crowdbroker.marketplace import worker
from crowdbroker.store.ledger import Account


@pytest.fixture
def published(desk: Any) -> Any:
    """Two HITs of three places with four Items and a gold one each, three days on the marketplace."""
    desk.load()
    desk.publish()
    return desk


def test_a_paused_batch_is_offered_to_nobody_and_keeps_its_money(published: Any) -> None:
    assert act(published, pause).done == HITS
    assert on_offer(published) == 0
    published.collect()
    assert states(published) == ["open", "open"]
    assert published.money()[Account.RESERVED] == CENTS
    published.publish()
    assert on_offer(published) == 0


def test_what_was_accepted_before_a_pause_can_be_submitted_and_is_collected(published: Any) -> None:
    [worker_id] = published.workers(1)
    held = published.accept(worker_id)
    act(published, pause)
    published.pass_time(minutes=5)
    published.submit(held)
    found = published.collect()
    assert (found.assignments, found.closed_hits) == (1, 0)
    assert published.money()[Account.OWED] == 6
    assert published.money()[Account.RESERVED] == CENTS - 6


def test_a_place_that_is_given_back_during_a_pause_is_offered_again_after_it(published: Any) -> None:
    [worker_id] = published.workers(1)
    held = published.accept(worker_id)
    act(published, pause)
    worker.give_back(published.marketplace, worker_id, held.assignment_id)
    published.collect()
    act(published, resume)
    for other in ("AW1", "AW2", "AW3"):
        worker.enrol(published.marketplace, other, worker_id=other)
        assert published.work(other) == HITS
    published.collect()
    assert states(published) == ["closed", "closed"]
    published.check_books()


def test_a_full_hit_is_closed_during_a_pause(published: Any) -> None:
    held = [published.accept(one) for one in published.workers(3)]
    act(published, pause)
    for one in held:
        published.submit(one)
    assert published.collect().closed_hits == 1
    assert sorted(states(published)) == ["closed", "open"]


def test_resuming_gives_back_the_time_that_was_left(published: Any) -> None:
    before = ends(published)
    published.pass_time(hours=10)
    act(published, pause)
    published.pass_time(days=20)
    act(published, resume)
    assert ends(published) == [end + timedelta(days=20) for end in before]
    assert on_offer(published) == HITS
    for worker_id in published.workers(3):
        published.work(worker_id)
    assert published.collect().closed_hits == HITS
    published.check_books()


def test_pausing_twice_in_a_life_loses_no_time(published: Any) -> None:
    """The second pause counts from the end that the first resumption set, not from the publication."""
    before = ends(published)
    for _ in range(2):
        published.pass_time(hours=30)
        act(published, pause)
        published.pass_time(days=10)
        act(published, resume)
    assert ends(published) == [end + timedelta(days=20) for end in before]


def test_hits_that_were_published_later_keep_their_own_time(desk: Any) -> None:
    desk.load(items=8, lifetime="3d")
    desk.wire.next("CreateHITWithHITType", *[Fault.LOST_REQUEST] * 8)
    desk.publish()
    desk.pass_time(days=1)
    desk.publish()
    before = ends(desk)
    desk.pass_time(hours=1)
    act(desk, pause)
    desk.pass_time(hours=5)
    act(desk, resume)
    assert ends(desk) == [end + timedelta(hours=5) for end in before]


def test_a_pause_just_before_the_end_leaves_a_minute(published: Any) -> None:
    published.pass_time(days=3, seconds=-5)
    act(published, pause)
    published.pass_time(days=1)
    act(published, resume)
    assert ends(published) == [published.clock() + timedelta(seconds=60)] * HITS


def test_what_had_ended_before_a_pause_stays_ended(published: Any) -> None:
    published.pass_time(days=4)
    assert act(published, pause).done == 0
    act(published, resume)
    assert on_offer(published) == 0
    assert published.collect().closed_hits == HITS
    assert published.money()[Account.AVAILABLE] == 10_000
    published.check_books()


@pytest.mark.parametrize(
    ("before", "step", "says"),
    [
        ([], resume, "the Batch 'first' is not paused"),
        ([pause], pause, "the Batch 'first' is paused already"),
        ([pause, resume], resume, "is not paused"),
        ([close], pause, "the Batch 'first' is closed"),
        ([close], resume, "the Batch 'first' is closed"),
        ([close], close, "the Batch 'first' is closed"),
        ([pause, close], resume, "the Batch 'first' is closed"),
    ],
)
def test_what_makes_no_sense_is_one_clear_error(published: Any, before: list[Any], step: Any, says: str) -> None:
    for one in before:
        published.pass_time(seconds=1)
        act(published, one)
    calls = len(published.wire.calls)
    with pytest.raises(InputError, match=says) as caught:
        act(published, step)
    assert caught.value.field == "--batch"
    assert caught.value.remedy
    assert len(published.wire.calls) == calls


@pytest.mark.parametrize("step", [pause, close])
def test_another_marketplace_is_left_alone(published: Any, step: Any) -> None:
    with pytest.raises(SettingsError, match="was published on 'own'"):
        act(published, step, marketplace="sandbox")
    assert on_offer(published) == HITS
    assert published.effects("expire") == []


def test_a_paused_batch_sends_nothing_to_another_marketplace(published: Any) -> None:
    published.wire.next("UpdateExpirationForHIT", *[Fault.THROTTLED] * 8)
    act(published, pause)
    published.pass_time(minutes=2)
    calls = len(published.wire.calls)
    with pytest.raises(SettingsError):
        published.publish(marketplace="sandbox")
    assert len(published.wire.calls) == calls


def test_a_batch_that_was_paused_before_it_was_published_is_published_after_its_resumption(desk: Any) -> None:
    desk.load()
    act(desk, pause)
    assert desk.publish().done == 0
    assert desk.wire.calls == []
    act(desk, resume)
    desk.publish()
    assert on_offer(desk) == HITS


def test_closing_ends_what_is_open_and_gives_its_money_back(published: Any) -> None:
    [worker_id] = published.workers(1)
    published.work(worker_id)
    published.collect()
    act(published, close)
    assert on_offer(published) == 0
    assert completes(published)
    assert states(published) == ["closed", "closed"]
    assert published.states() == ["approved", "approved"]
    assert published.money()[Account.AVAILABLE] == 10_000 - 12
    assert published.money()[Account.RESERVED] == 0
    published.check_books()


def test_what_is_planned_in_a_closed_batch_is_never_published_and_its_work_is_decided_at_once(desk: Any) -> None:
    """Workers with too little evidence must not wait for a day because of HITs that will never be."""
    desk.load()
    desk.wire.next("CreateHITWithHITType", *[Fault.THROTTLED] * 8)
    desk.publish()
    desk.work(desk.workers(1)[0])
    desk.collect()
    act(desk, close)
    assert completes(desk)
    assert sorted(states(desk)) == ["closed", "planned"]
    assert desk.states() == ["approved"]
    assert len(list(desk.market.list_hits())) == 1
    assert desk.money()[Account.RESERVED] == 0
    desk.check_books()


def test_a_batch_that_was_never_published_can_be_closed(desk: Any) -> None:
    desk.load()
    assert act(desk, close).done == 0
    assert completes(desk)
    assert desk.wire.calls == []
    assert desk.money()[Account.AVAILABLE] == 10_000


def test_accepted_work_of_a_closed_batch_still_comes_in_and_is_paid(published: Any) -> None:
    [worker_id] = published.workers(1)
    held = published.accept(worker_id)
    act(published, close)
    assert not completes(published)
    published.pass_time(minutes=20)
    published.submit(held)
    assert completes(published)
    assert published.paid() == {worker_id: 5}
    assert published.money()[Account.AVAILABLE] == 10_000 - 6
    published.check_books()


def test_accepted_work_of_a_closed_batch_that_never_comes_frees_its_money(published: Any) -> None:
    published.accept(published.workers(1)[0])
    act(published, close)
    published.pass_time(minutes=31)
    assert completes(published)
    assert published.money()[Account.AVAILABLE] == 10_000
    published.check_books()


def test_a_paused_batch_can_be_closed(published: Any) -> None:
    act(published, pause)
    published.pass_time(hours=1)
    act(published, close)
    assert completes(published)
    assert published.money()[Account.AVAILABLE] == 10_000
    published.check_books()
