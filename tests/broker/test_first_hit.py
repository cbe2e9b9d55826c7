"""One HIT goes out alone first, and shows whether marketplace and broker have the same tariff."""

from __future__ import annotations

from typing import Any

import pytest
from faulty import Fault

from crowdbroker.broker.publish import publish
from crowdbroker.marketplace import FREE, MTURK_2026, Tariff


def publish_telling(desk: Any) -> tuple[Any, list[str]]:
    told: list[str] = []
    report = publish(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own", tell=told.append)
    return report, told


def test_the_same_tariff_on_both_sides_is_not_worth_a_word(desk: Any) -> None:
    desk.load()
    desk.marketplace.tariff = MTURK_2026
    report, told = publish_telling(desk)
    assert told == []
    assert report.done == 2
    assert len(list(desk.market.list_hits())) == 2


@pytest.mark.parametrize(
    ("theirs", "amount"), [(FREE, "$0.15"), (Tariff(reward_percent=40, reward_minimum_cents=1), "$0.21")]
)
def test_a_difference_is_told_after_the_first_hit(desk: Any, theirs: Tariff, amount: str) -> None:
    desk.load()
    desk.marketplace.tariff = theirs
    out: list[int] = []
    told: list[str] = []

    def tell(sentence: str) -> None:
        out.append(len(list(desk.market.list_hits())))
        told.append(sentence)

    report = publish(desk.store, desk.market, desk.batch(), desk.clock, marketplace="own", tell=tell)
    assert report.done == 2
    assert out == [1]
    assert told[0].startswith(f"Warning: the marketplace set {amount} aside for the first HIT")
    assert "the profile's tariff says $0.18" in told[0]


def test_only_the_first_hit_of_a_batch_is_compared(desk: Any) -> None:
    desk.load()
    desk.wire.next("CreateHITWithHITType", Fault.REFUSED)
    assert publish_telling(desk)[0].failed == 1
    desk.marketplace.tariff = FREE
    report, told = publish_telling(desk)
    assert (report.done, told) == (1, [])


def test_an_account_that_cannot_be_seen_keeps_nothing_from_going_out(desk: Any) -> None:
    desk.load()
    desk.wire.next("GetAccountBalance", None, *[Fault.UNREACHABLE] * 9)
    report, told = publish_telling(desk)
    assert (report.done, told) == (2, [])


def test_a_sandbox_whose_balance_never_moves_says_nothing(desk: Any) -> None:
    desk.load()
    desk.marketplace.switches.change(sandbox_balance=True)
    report, told = publish_telling(desk)
    assert (report.done, told) == (2, [])
