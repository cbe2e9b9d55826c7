"""A Batch that was stopped or resumed ends up so, whatever goes wrong on the way and whatever else is under way."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from driving import restarted
from faulty import Crash, Fault
from stopping import CENTS, HITS, act, completes, ends, on_offer, spend_a_place, states

from crowdbroker.broker.close import close, pause, resume
from crowdbroker.errors import EndpointUnreachable, InsufficientFunds
from crowdbroker.store.ledger import Account


@pytest.fixture
def published(desk: Any) -> Any:
    """Two HITs of three places with four Items and a gold one each, three days on the marketplace."""
    desk.load()
    desk.publish()
    return desk


FAULTS: dict[str, list[Fault]] = {
    "the reply is lost": [Fault.LOST_REPLY],
    "the request is lost": [Fault.LOST_REQUEST],
    "throttled for long": [Fault.THROTTLED] * 8,
    "nobody is there for long": [Fault.UNREACHABLE] * 8,
    "crash before": [Fault.CRASH_BEFORE],
    "crash after": [Fault.CRASH_AFTER],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("step", [pause, close])
def test_every_hit_is_stopped_whatever_goes_wrong(published: Any, step: Any, faults: list[Fault]) -> None:
    published.wire.next("UpdateExpirationForHIT", *faults)
    with suppress(Crash, EndpointUnreachable):
        act(published, step)
    restarted(published)
    published.pass_time(minutes=11)
    published.publish()
    assert on_offer(published) == 0
    assert {effect.state for effect in published.effects("expire")} == {"done"}
    if step is close:
        assert completes(published)
        published.check_books()


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_pause_that_was_held_up_does_not_undo_the_resumption_after_it(published: Any, faults: list[Fault]) -> None:
    before = ends(published)
    published.wire.next("UpdateExpirationForHIT", *faults)
    with suppress(Crash, EndpointUnreachable):
        act(published, pause)
    published.pass_time(seconds=1)
    act(published, resume)
    for _ in range(3):
        published.pass_time(minutes=11)
        published.publish()
        published.collect()
    assert states(published) == ["open", "open"]
    assert on_offer(published) == HITS
    assert all(abs(now - end) <= timedelta(seconds=1) for now, end in zip(ends(published), before, strict=True))
    published.check_books()


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_collecting_before_a_held_up_resumption_closes_nothing(published: Any, faults: list[Fault]) -> None:
    """Its HITs still look finished then; closed here and open there, their work would never be collected."""
    act(published, pause)
    published.pass_time(hours=1)
    published.wire.next("UpdateExpirationForHIT", *faults)
    with suppress(Crash, EndpointUnreachable):
        act(published, resume)
    restarted(published)
    assert published.collect().closed_hits == 0
    published.pass_time(minutes=11)
    published.publish()
    assert on_offer(published) == HITS
    for worker_id in published.workers(3):
        published.work(worker_id)
    assert (published.collect().closed_hits, states(published)) == (HITS, ["closed", "closed"])
    published.check_books()


def test_a_collection_that_overtakes_a_resumption_closes_nothing(published: Any) -> None:
    """Another process resumes between the listing and the closing."""
    act(published, pause)
    published.pass_time(hours=1)
    answer = published.wire._answer

    def resuming(request: Any) -> Any:
        reply = answer(request)
        if "ListHITs" in str(request.headers["X-Amz-Target"]):
            published.wire._answer = answer
            act(published, resume)
        return reply

    published.wire._answer = resuming
    assert published.collect().closed_hits == 0
    assert states(published) == ["open", "open"]


@pytest.mark.parametrize("step", [pause, close])
def test_a_publication_that_was_throttled_is_taken_back(desk: Any, step: Any) -> None:
    desk.load()
    desk.wire.next("CreateHITWithHITType", *[Fault.THROTTLED] * 16)
    desk.publish()
    assert desk.money()[Account.RESERVED] == CENTS
    act(desk, step)
    desk.pass_time(minutes=5)
    desk.publish()
    assert list(desk.market.list_hits()) == []
    assert desk.money()[Account.RESERVED] == 0
    if step is pause:
        act(desk, resume)
        desk.publish()
        assert on_offer(desk) == HITS
    desk.check_books()


@pytest.mark.parametrize("step", [pause, close])
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_hit_that_comes_to_light_after_the_stop_is_stopped_too(desk: Any, step: Any, fault: Fault) -> None:
    """Its call was under way, so nobody could take it back."""
    desk.load()
    desk.wire.next("CreateHITWithHITType", fault)
    with suppress(Crash):
        desk.publish()
    restarted(desk)
    act(desk, step)
    desk.pass_time(minutes=11)
    desk.settle()
    assert on_offer(desk) == 0
    if step is pause:
        desk.pass_time(minutes=1)
        act(desk, resume)
        assert on_offer(desk) == HITS
    else:
        assert completes(desk)
        assert desk.money()[Account.AVAILABLE] == 10_000
    desk.check_books()


def test_an_empty_account_does_not_keep_a_batch_from_closing(poor_desk: Any) -> None:
    """What waits for money would else stop the relay before the calls that end the open HITs."""
    desk = poor_desk(CENTS)
    desk.load()
    answer = desk.wire._answer

    def spending(request: Any) -> Any:
        """Somebody else spends the account's money after the first HIT."""
        reply = answer(request)
        if "CreateHITWithHITType" in str(request.headers["X-Amz-Target"]):
            desk.wire._answer = answer
            spend_a_place(desk)
        return reply

    desk.wire._answer = spending
    with pytest.raises(InsufficientFunds):
        desk.publish()
    act(desk, close)
    assert completes(desk)
    assert desk.money()[Account.AVAILABLE] == 10_000


def test_a_resumption_that_the_account_cannot_pay_waits_for_money(poor_desk: Any) -> None:
    desk = poor_desk(CENTS)
    desk.load()
    desk.publish()
    act(desk, pause)
    spend_a_place(desk)
    with pytest.raises(InsufficientFunds):
        act(desk, resume)
    assert desk.collect().closed_hits == 0
    desk.pass_time(hours=2)
    desk.publish()
    assert on_offer(desk) >= HITS
    desk.check_books()
