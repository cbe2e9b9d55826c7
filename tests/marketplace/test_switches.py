from __future__ import annotations

import time
from datetime import timedelta

import pytest

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.fidelity import Fidelity, FidelityRefused, read_fidelity
from crowdbroker.marketplace.notifications.disorder import Disorder


def test_everything_is_off_by_default_and_the_clock_is_the_given_one(desk):
    assert desk.market.fidelity == Fidelity()
    assert desk.market.fidelity.on() == {}
    assert desk.market.clock() == desk.clock.now


def test_the_clock_can_be_moved_frozen_and_let_go_on(desk):
    began = desk.clock.now
    desk.market.switches.advance(timedelta(days=3))
    assert desk.market.clock() == began + timedelta(days=3)
    desk.clock.move(hours=1)
    assert desk.market.clock() == began + timedelta(days=3, hours=1)
    desk.market.switches.freeze()
    desk.clock.move(hours=5)
    assert desk.market.clock() == began + timedelta(days=3, hours=1)
    desk.market.switches.advance(timedelta(minutes=2))
    assert desk.market.clock() == began + timedelta(days=3, hours=1, minutes=2)
    desk.market.switches.unfreeze()
    desk.clock.move(minutes=1)
    assert desk.market.clock() == began + timedelta(days=3, hours=1, minutes=3)
    assert desk.market.switches.unfreeze() == desk.market.fidelity
    desk.market.switches.reset_clock()
    assert desk.market.clock() == desk.clock.now


def test_a_clock_is_frozen_at_the_moment_that_is_named(desk):
    moment = desk.clock.now + timedelta(days=400)
    desk.market.switches.freeze(moment)
    assert desk.market.clock() == moment


def test_what_the_moved_clock_makes_due_is_done(desk):
    place = desk.done(desk.hit())
    assert desk.status(place) == "Submitted"
    desk.market.switches.advance(timedelta(days=1))
    assert desk.status(place) == "Approved"
    assert desk.problems() == []


def test_the_clock_does_not_go_back_by_an_advance(desk):
    with pytest.raises(FidelityRefused, match="forward only"):
        desk.market.switches.advance(timedelta(seconds=-1))


def test_no_moment_that_a_calendar_lacks_can_be_reached(desk):
    for _ in range(2):
        desk.market.switches.advance(timedelta(days=250_000))
    with pytest.raises(FidelityRefused, match="clock_offset_ms"):
        desk.market.switches.advance(timedelta(days=250_000))
    assert desk.market.clock().year > 3000
    assert desk.client.get_account_balance()["AvailableBalance"] == "10000.00"


def test_another_process_sees_a_change_within_half_a_second(desk, open_desk):
    other = open_desk()
    assert other.market.fidelity == Fidelity()
    desk.market.switches.change(list_lag_s=5, sandbox_balance=True)
    until = time.monotonic() + 20
    while other.market.fidelity != desk.market.fidelity and time.monotonic() < until:
        time.sleep(0.05)
    assert other.market.fidelity.on() == {"list_lag_s": 5, "sandbox_balance": True}


def test_two_who_change_different_switches_lose_nothing(desk, open_desk):
    other = open_desk()
    assert other.market.fidelity == Fidelity()
    desk.market.switches.change(list_lag_s=5)
    assert other.market.switches.change(strict=False).on() == {"list_lag_s": 5, "strict": False}


def test_what_an_operator_sets_goes_before_the_configuration_until_it_is_reset(open_desk):
    configured = Fidelity(seed=3, http_505=0.5)
    desk = open_desk(fidelity=configured)
    assert desk.market.fidelity == configured
    desk.market.switches.change(list_lag_s=1, http_505=0, seed=Fidelity().seed)
    again = open_desk(fidelity=configured)
    assert again.market.fidelity.on() == {"list_lag_s": 1}
    assert again.market.switches.reset() == configured
    assert again.market.fidelity == configured


def test_switches_are_read_from_texts_as_a_command_line_has_them():
    texts = {"http_505": "0.25", "event_reorder": "yes", "throttle_per_s": '{"CreateHIT": 2, "*": 50}', "seed": "7"}
    changed = Fidelity(list_lag_s=3).changed(texts)
    assert changed.on() == {
        "http_505": 0.25,
        "event_reorder": True,
        "throttle_per_s": {"CreateHIT": 2, "*": 50},
        "seed": 7,
        "list_lag_s": 3,
    }


@pytest.mark.parametrize(
    ("document", "fragment"),
    [
        ({"colour": "red"}, "colour"),
        ({"http_505": 2}, "http_505"),
        ({"http_505": "nan"}, "http_505"),
        ({"reset_after": 0.6, "reply_lost": 0.6}, "more than 1"),
        ({"list_lag_s": -1}, "list_lag_s"),
        ({"throttle_per_s": {"MakeHIT": 1}}, "MakeHIT"),
        ({"throttle_per_s": {"CreateHIT": 0}}, "throttle_per_s"),
        ({"clock": "frozen"}, "clock_frozen_ms"),
        ({"clock_frozen_ms": 5}, "frozen"),
        ({"message_suffix": "loud"}, "message_suffix"),
    ],
)
def test_a_switch_that_cannot_be_is_refused_by_its_name(document, fragment):
    with pytest.raises(FidelityRefused, match=fragment):
        read_fidelity(document)


def test_a_text_that_is_no_json_is_refused():
    with pytest.raises(FidelityRefused, match="is JSON"):
        Fidelity().changed({"throttle_per_s": "CreateHIT=2"})


def test_a_marketplace_opens_on_a_database_whose_switches_were_thrown_before(tmp_path):
    url = f"sqlite:///{tmp_path}/m.db"
    first = Marketplace.open(url)
    first.switches.freeze()
    shown = first.clock()
    first.close()
    second = Marketplace.open(url)
    assert second.clock() == shown
    second.close()


def test_the_switches_of_events_are_the_disorder_that_deliveries_meet():
    fidelity = Fidelity(seed=4, event_duplicate=0.1, event_drop=0.2, event_reorder=True, event_delay_s=7)
    assert fidelity.disorder == Disorder(seed=4, duplicate=0.1, drop=0.2, reorder=True, delay_s=7)
    assert Fidelity().disorder == Disorder()
