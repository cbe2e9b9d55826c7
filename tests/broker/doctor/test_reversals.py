"""Refusals that are taken back, in the doctor's eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from driving import worked
from faulty import Fault
from sqlalchemy import text

from crowdbroker.broker.payers import Payer
from crowdbroker.broker.resolve import inspect, look_again, resolve
from crowdbroker.broker.reverse import reverse


@pytest.fixture
def reversing(desk: Any) -> Any:
    """A refused Assignment whose refusal is to be taken back."""
    _, spammer = worked(desk, payment={"rejection": "automatic", "reject_cap": 0.5})
    desk.judge()
    desk.settle()
    row = next(row for row in desk.of(spammer) if row.state == "rejected")
    reverse(desk.store, desk.batch(), row.id, reason="A mistake.", payer=Payer("ann", None), now=desk.clock())
    return desk


def test_a_reversal_is_clean_before_and_after_it_is_carried_out(reversing: Any, look: Callable[..., Any]) -> None:
    assert look(reversing).findings == []
    assert reversing.settle().done == 1
    assert look(reversing).findings == []
    reversing.check_books()


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.LOST_REQUEST])
def test_a_reversal_in_doubt_is_settled_by_what_the_marketplace_shows(
    reversing: Any, look: Callable[..., Any], fault: Fault
) -> None:
    desk = reversing
    desk.wire.next("ApproveAssignment", fault)
    desk.wire.next("GetAssignment", *[Fault.UNREACHABLE] * 8)
    desk.settle()
    with desk.store.write() as session:
        session.connection().execute(text("UPDATE effect SET state = 'in_doubt' WHERE kind = 'reverse'"))
    [effect] = desk.effects("reverse")
    assert look(desk).wrong[0].check == "in doubt"
    evidence = inspect(desk.store, desk.market, effect, desk.clock(), marketplace="own")
    happened = fault is Fault.LOST_REPLY
    assert look_again(desk.store, effect, evidence, desk.clock, actor="ann") is happened
    if not happened:
        resolve(desk.store, effect, evidence, desk.clock, happened=False, actor="ann", reason="Still refused.")
    assert look(desk).findings == []
    desk.check_books()
