from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, text

from crowdbroker.broker.publish import publish
from crowdbroker.errors import EndpointUnreachable, MarketError, OutcomeUnknown, Throttled
from crowdbroker.simulation.faults import Killed, Touches, WireFault
from crowdbroker.simulation.workflow import DESIGN
from crowdbroker.simulation.world import OWN, World
from crowdbroker.store.tables import EffectRow


@pytest.fixture
def world(scratch: Any) -> Any:
    with World(scratch, DESIGN) as made:
        yield made


def test_a_process_ends_right_before_the_chosen_moment_and_only_once() -> None:
    touches = Touches()
    touches.counting = True
    touches.end_at(1)
    touches.reach("first")
    with pytest.raises(Killed, match="second"):
        touches.reach("second")
    touches.reach("third")
    assert len(touches.moments) == 3


def test_a_commit_before_which_the_process_ends_is_not_made() -> None:
    engine = create_engine("sqlite://")
    touches = Touches()
    touches.counting = True
    with touches.of(engine, "commit"):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (n)"))
        touches.end_at(len(touches.moments))
        with pytest.raises(Killed), engine.begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
    engine.dispose()
    assert touches.commits == 2


HARMLESS = {WireFault.SENT_TWICE, WireFault.OVERTAKEN, WireFault.SLOW, WireFault.SLOW_AND_OVERTAKEN}
SAYS: dict[WireFault, type[MarketError]] = {
    WireFault.REQUEST_LOST: OutcomeUnknown,
    WireFault.REPLY_LOST: OutcomeUnknown,
    WireFault.TIMED_OUT: OutcomeUnknown,
    WireFault.ERROR_BEFORE: OutcomeUnknown,
    WireFault.ERROR_AFTER: OutcomeUnknown,
    WireFault.THROTTLED: Throttled,
    WireFault.UNREACHABLE: EndpointUnreachable,
}
WITHOUT_EFFECT = {WireFault.REQUEST_LOST, WireFault.ERROR_BEFORE, WireFault.THROTTLED, WireFault.UNREACHABLE}


@pytest.mark.parametrize("fault", [*sorted(HARMLESS), *SAYS])
def test_what_a_fault_does_to_a_call(world: Any, fault: WireFault) -> None:
    # As often as the client tries again by itself.
    for number in range(8 if fault in (WireFault.THROTTLED, WireFault.UNREACHABLE) else 1):
        world.wire.fault_after(number, fault)
    if fault in SAYS:
        with pytest.raises(SAYS[fault]):
            world.market.create_qualification_type("x", "y")
    else:
        world.market.create_qualification_type("x", "y")
    assert world.wire.met[fault] >= 1
    assert (world.market.find_qualification_type("x") is None) == (fault in WITHOUT_EFFECT)


def test_a_second_delivery_is_answered_as_one(world: Any) -> None:
    world.wire.fault_after(0, WireFault.SENT_TWICE_LATE)
    with pytest.raises(MarketError, match="already created"):
        world.market.create_qualification_type("x", "y")


def test_time_passes_while_a_reply_is_slow(world: Any) -> None:
    before = world.clock()
    world.wire.fault_after(0, WireFault.SLOW)
    world.market.balance_cents()
    assert (world.clock() - before).total_seconds() == 900


def test_another_broker_works_between_an_effect_and_its_reply(world: Any) -> None:
    publish(world.store, world.market, world.batch(), world.clock, marketplace=OWN)
    calls = world.wire.calls.copy()
    world.wire.fault_after(0, WireFault.OVERTAKEN)
    world.market.balance_cents()
    assert world.wire.calls - calls == {"GetAccountBalance": 1, "ListHITs": 1}


def test_a_call_inside_a_transaction_is_found(world: Any) -> None:
    with world.store.write() as session:
        session.get(EffectRow, 1)
        world.market.balance_cents()
    assert world.wire.wrong == ["GetAccountBalance was called while a transaction was open."]


def test_a_known_token_with_another_request_is_found(world: Any) -> None:
    publish(world.store, world.market, world.batch(), world.clock, marketplace=OWN)
    [hit, *_] = world.market.list_hits()
    world.market.extend(hit.hit_id, 1, token="t")
    with pytest.raises(MarketError):
        world.market.extend(hit.hit_id, 2, token="t")
    [wrong] = world.wire.wrong
    assert "the known token t and another request" in wrong
