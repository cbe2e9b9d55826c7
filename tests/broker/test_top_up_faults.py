"""A top-up ends in exactly the wanted number of places, whatever goes wrong and whatever else is under way."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from driving import restarted
from faulty import Crash, Fault
from topping import again, ended, hits, new_work, places_there, prepare

from crowdbroker.broker.close import close, pause, resume
from crowdbroker.broker.resolve import inspect, resolve
from crowdbroker.errors import EndpointUnreachable, InputError, InsufficientFunds
from crowdbroker.store.ledger import Account
from crowdbroker.store.reads import progress

FAULTS: dict[str, list[Fault]] = {
    "the reply is lost": [Fault.LOST_REPLY],
    "the reply is lost twice": [Fault.LOST_REPLY, Fault.LOST_REPLY],
    "the request is lost": [Fault.LOST_REQUEST],
    "throttled for long": [Fault.THROTTLED] * 8,
    "nobody is there for long": [Fault.UNREACHABLE] * 8,
    "crash before": [Fault.CRASH_BEFORE],
    "crash after": [Fault.CRASH_AFTER],
}


def test_a_closed_or_paused_batch_is_not_topped_up(desk: Any) -> None:
    ended(desk, good=1)
    at = (desk.store, desk.market, desk.batch(), desk.clock)
    pause(*at, marketplace="own")
    with pytest.raises(InputError, match="the Batch 'first' is paused"):
        prepare(desk)
    resume(*at, marketplace="own")
    close(*at, marketplace="own")
    with pytest.raises(InputError, match="the Batch 'first' is closed"):
        prepare(desk)


@pytest.mark.parametrize("step", [pause, close])
def test_a_top_up_that_is_under_way_when_its_batch_stops_stops_too(desk: Any, step: Any) -> None:
    ended(desk, good=1, refused=1)
    prepare(desk)
    step(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")
    assert not any(available for _, available in places_there(desk))
    if step is pause:
        desk.pass_time(minutes=1)
        resume(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own")
        assert places_there(desk) == [(4, 2)]
    else:
        desk.collect()
        assert desk.money()[Account.RESERVED] == 0
    desk.check_books()


@pytest.mark.parametrize("operation", ["CreateAdditionalAssignmentsForHIT", "UpdateExpirationForHIT"])
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_exactly_the_missing_places_whatever_goes_wrong(desk: Any, operation: str, faults: list[Fault]) -> None:
    """Also while collections run in between, and while somebody tops up again at once."""
    ended(desk, good=1, refused=1)
    desk.wire.next(operation, *faults)
    with suppress(Crash, EndpointUnreachable):
        again(desk)
    restarted(desk)
    for _ in range(2):
        desk.collect()
        prepare(desk)
        desk.pass_time(minutes=11)
        desk.publish()
    assert places_there(desk) == [(4, 2)]
    assert hits(desk) == [("open", 4)]
    desk.check_books()
    assert new_work(desk, "AX1", "AX2", "AX3") == [1, 1, 0]
    desk.collect()
    assert hits(desk) == [("closed", 4)]
    assert {effect.state for effect in desk.effects()} == {"done"}
    desk.check_books()


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_exactly_one_sibling_whatever_goes_wrong(desk: Any, faults: list[Fault]) -> None:
    ended(desk, good=7, refused=2, overlap=9)
    desk.wire.next("CreateHITWithHITType", *faults)
    with suppress(Crash, EndpointUnreachable):
        again(desk)
    restarted(desk)
    prepare(desk)
    desk.pass_time(minutes=11)
    desk.publish()
    assert places_there(desk) == [(9, 0), (2, 2)]
    desk.check_books()


def test_an_extension_that_was_refused_gives_its_money_back_and_may_be_asked_for_again(desk: Any) -> None:
    ended(desk, good=1, refused=1)
    desk.wire.next("CreateAdditionalAssignmentsForHIT", Fault.REFUSED)
    again(desk)
    assert places_there(desk) == [(3, 1)]
    desk.check_books()
    desk.pass_time(days=4)
    desk.collect()
    assert again(desk).places == 2
    assert places_there(desk) == [(4, 2)]
    desk.check_books()


@pytest.mark.parametrize("refused", [0, 1])
def test_a_hit_that_cannot_be_opened_again_gives_its_money_back(desk: Any, refused: int) -> None:
    ended(desk, good=1, refused=refused)
    desk.wire.next("UpdateExpirationForHIT", Fault.REFUSED)
    again(desk)
    assert hits(desk) == [("closed", 3 + refused)]
    assert desk.money()[Account.RESERVED] == 0
    desk.check_books()
    assert again(desk).places == 2
    assert places_there(desk) == [(3 + refused, 2)]
    desk.check_books()


def test_a_hit_that_was_deleted_since_gives_its_money_back(desk: Any) -> None:
    ended(desk, good=1, refused=1)
    [good] = desk.of("AW0")
    desk.market.approve(good.assignment_id)
    desk.collect()
    [hit] = desk.market.list_hits()
    desk.market._client.delete_hit(HITId=hit.hit_id)
    again(desk)
    assert {effect.state for effect in desk.effects("expire") + desk.effects("extend")} == {"failed"}
    assert desk.money()[Account.RESERVED] == 0
    desk.check_books()


def test_a_top_up_that_the_account_cannot_pay_waits_and_is_not_closed_meanwhile(poor_desk: Any) -> None:
    desk = poor_desk(18)
    ended(desk, good=1, refused=1)
    [good] = desk.of("AW0")
    desk.market.bonus("AW0", good.assignment_id, 5, "from another program", token="elsewhere")
    with pytest.raises(InsufficientFunds):
        again(desk)
    desk.collect()
    assert prepare(desk).places == 0
    assert {effect.state for effect in desk.effects("expire")} == {"ready"}
    assert desk.money()[Account.RESERVED] == 12


def _in_doubt_beside_another(desk: Any) -> Any:
    """An extension whose reply is lost, beside a place that another program has added."""
    ended(desk, good=1, refused=1)
    prepare(desk)
    desk.wire.next("CreateAdditionalAssignmentsForHIT", Fault.CRASH_AFTER)
    with suppress(Crash):
        desk.publish()
    [hit] = desk.market.list_hits()
    desk.market._client.create_additional_assignments_for_hit(HITId=hit.hit_id, NumberOfAdditionalAssignments=1)
    restarted(desk)
    desk.pass_time(minutes=11)
    desk.publish()
    [effect] = desk.effects("extend")
    assert effect.state == "in_doubt"
    return effect


@pytest.mark.parametrize("over", [False, True])
def test_places_in_doubt_beside_those_of_another_program_can_be_settled(desk: Any, over: bool) -> None:
    """Before or after the life of the HIT is over; the money of every place is kept until then, and given back."""
    effect = _in_doubt_beside_another(desk)
    if over:
        desk.pass_time(days=4)
        desk.collect()
    with desk.store.read() as session:
        # It keeps no `run` waiting once nobody can submit any more.
        assert progress(session, effect.batch_id, desk.clock()).over_hits == over
    evidence = inspect(desk.store, desk.market, effect, desk.clock(), marketplace="own")
    assert (evidence.done_with, evidence.may_fail) == ({"max_assignments": 4}, False)
    resolve(desk.store, effect, evidence, desk.clock, happened=True, actor="ann", reason="Ours is one of them.")
    assert hits(desk) == [("open", 4)]
    desk.pass_time(days=4)
    desk.collect()
    assert hits(desk) == [("closed", 4)]
    assert desk.money()[Account.RESERVED] == 0


def test_places_of_a_hit_that_could_not_be_opened_again_give_their_money_back(desk: Any) -> None:
    """The new end of its life was refused before it is known whether it got the places."""
    desk.wire.next("UpdateExpirationForHIT", Fault.REFUSED)
    effect = _in_doubt_beside_another(desk)
    assert hits(desk) == [("closed", 3)]
    evidence = inspect(desk.store, desk.market, effect, desk.clock(), marketplace="own")
    resolve(desk.store, effect, evidence, desk.clock, happened=True, actor="ann", reason="Ours is one of them.")
    assert hits(desk) == [("closed", 4)]
    assert desk.money()[Account.RESERVED] == 0
