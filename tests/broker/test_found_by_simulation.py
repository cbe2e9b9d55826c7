"""What the simulation of faults found in the broker, each as the smallest case."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from faulty import Crash, Fault
from topping import again, ended, hits

from crowdbroker.store.ledger import Account


def test_a_top_up_that_comes_to_light_after_its_own_end_gives_its_money_back(desk: Any) -> None:
    """The HIT is opened and closed here with the end that it had before: its money was given back once already."""
    ended(desk, good=1)
    desk.wire.next("UpdateExpirationForHIT", Fault.CRASH_BEFORE)
    with suppress(Crash):
        again(desk)
    assert desk.money()[Account.RESERVED] == 12
    desk.pass_time(days=4)
    desk.publish()
    desk.collect()
    assert hits(desk) == [("closed", 3)]
    assert desk.money()[Account.RESERVED] == 0
    desk.check_books()
